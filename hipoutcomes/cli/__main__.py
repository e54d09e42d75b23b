"""Run the command line: python -m hipoutcomes.cli."""

from hipoutcomes.cli.main import main

if __name__ == "__main__":
    main()
