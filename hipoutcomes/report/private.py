"""The private folder: the one file that quotes cells, and a note that says so."""

from pathlib import Path

import pandas as pd

from hipoutcomes.privacy.cells import safe_frame

_README = """These files are NOT FOR SHARING.

issues.csv lists every cell and row that was set aside or questioned, with the value as it was
typed, so that you can find and correct it in your own file: file, sheet, row as your spreadsheet
shows it, column, value, reason, and what to do. It can contain names and notes about clients.

Nothing outside this folder quotes your records. Remove this folder before you send the report to
anyone.
"""


def write_private(folder: Path, issues: pd.DataFrame) -> None:
    """Write `issues.csv` and the note into a folder that only its owner can open.

    Parameters
    ----------
    folder : Path
        Made here, readable by the owner only.
    issues : DataFrame
        `Issues.frame`.
    """
    folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    for name, text in (
        ("README.txt", _README),
        ("issues.csv", safe_frame(issues).to_csv(index=False, lineterminator="\r\n")),
    ):
        path = folder / name
        # The byte order mark lets Excel read accents; the file is for a person with Excel.
        path.write_bytes(text.encode("utf-8-sig" if name.endswith(".csv") else "utf-8"))
        path.chmod(0o600)
