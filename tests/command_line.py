"""Run a command as a person would type it."""

from hipoutcomes.cli.main import main


def run(capsys, *arguments) -> tuple[int, str]:
    """Exit code of a command, and everything that it printed."""
    try:
        main([str(argument) for argument in arguments])
        code = 0
    except SystemExit as end:
        code = end.code or 0
    output = capsys.readouterr()
    return code, output.out + output.err
