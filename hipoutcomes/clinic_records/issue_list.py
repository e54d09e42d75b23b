"""list_issues(): what imports set aside or questioned, in words and places."""

from pathlib import Path

import pandas as pd

from hipoutcomes.clinic_records.joined_snapshot import STORE
from hipoutcomes.errors import OutputError
from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.privacy.cells import safe_frame
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.private_folder import open_private_folder
from hipoutcomes.store.store import Store
from hipoutcomes.vocabulary.columns import ISSUES


def list_issues(directory: str | Path) -> pd.DataFrame:
    """One row per cell or row that was set aside or questioned, the most frequent reason first.

    Parameters
    ----------
    directory : path
        Folder of the clinic.

    Returns
    -------
    DataFrame
        `import_id`, and the columns of `vocabulary.columns.ISSUES`; values are not kept, and empty.

    Raises
    ------
    StoreError
        When there are no records, or they cannot be opened.
    """
    with Store(Path(directory) / STORE) as store:
        found = store.issues()
    links = Links.load(open_private_folder(Path(directory)).path)
    said = in_words(found, links)
    said.insert(0, "import_id", found["import_id"].to_numpy())
    counts = said["code"].map(said["code"].value_counts()).to_numpy(int)
    return said.iloc[(-counts).argsort(kind="stable")].reset_index(drop=True)


def write_issues(issues: pd.DataFrame, path: Path, *, as_lines: bool = False) -> Path:
    """Write issues as CSV, or as lines of JSON.

    Raises
    ------
    OutputError
        When the place cannot be written to.
    """
    if as_lines:
        text = issues.to_json(orient="records", lines=True, force_ascii=False)
    else:
        text = safe_frame(issues).to_csv(index=False)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be written: {problem.strerror or problem}.",
            remedy="Name another place.",
        ) from None
    return path


def in_words(issues: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Issues of all imports with the words of their reasons; values are not kept."""
    codes = issues["code"].astype(object)
    frame = pd.DataFrame(
        {
            "file": [links.own_id(name) for name in issues["file"]],
            "sheet": "",
            "row": issues["row"].to_numpy("int32"),
            "column": issues["field"].astype("str"),
            "field": issues["field"].astype("str"),
            "value": "",
            "code": codes,
            "severity": issues["severity"],
            "message": [CHECKS[code].message for code in codes],
            "suggestion": [CHECKS[code].suggestion for code in codes],
            "action": issues["action"],
        }
    )[[column.name for column in ISSUES]]
    return frame.astype(dict.fromkeys(("file", "code", "severity", "action"), "category"))
