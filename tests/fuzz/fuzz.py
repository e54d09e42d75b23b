"""Feed one target with inputs that reach new code: python tests/fuzz/fuzz.py TARGET [options].

Options are libFuzzer's: -max_total_time=1200 -timeout=5, and a folder for new inputs. Needs
atheris, which the extra 'fuzz' brings. README.md beside this file tells how it was run.
"""

import sys
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=["hipoutcomes"]):
    from targets import TARGETS


def main() -> None:
    """Run one target until told to stop."""
    name, *options = sys.argv[1:]
    warnings.simplefilter("error")
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
