"""The issues of one file, gathered column by column."""

import numpy as np
import pandas as pd

from hipoutcomes.ingest.checks import CHECKS, Check
from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.vocabulary.columns import ISSUES

NAMES = tuple(column.name for column in ISSUES)
_KEY = ["file", "sheet", "row", "column", "code"]

#: What is done about a check that refuses nothing, a cell, a row.
_ACTIONS = {"nothing": "accepted", "cell": "cell_missing", "row": "row_quarantined"}


class IssueLog:
    """Gathers issues; `frame` gives them sorted by row, each place and code once.

    Parameters
    ----------
    file, sheet : str
    """

    def __init__(self, file: str, sheet: str):
        self.file, self.sheet = file, sheet
        self._parts: list[pd.DataFrame] = []

    def cells(self, column: ColumnRead, rows: np.ndarray, accepted: np.ndarray) -> None:
        """Log the refused and questioned cells of one column.

        Parameters
        ----------
        column : ColumnRead
        rows : ndarray of int, shape (n,)
            Row numbers as a spreadsheet shows them.
        accepted : ndarray of bool, shape (n,)
            Rows whose cells count.
        """
        worth = [i for i, parsed in enumerate(column.parsed) if _worth_telling(parsed.code)]
        if not worth:
            return
        is_worth = np.zeros(len(column.parsed) + 1, bool)
        is_worth[worth] = True
        codes = column.cells.codes
        places = np.flatnonzero(is_worth[codes])
        places = places[accepted[places]]
        if len(places) == 0:
            return
        value = codes[places]
        told = {i: self._told(column.parsed[i].code, column.parsed[i].note) for i in worth}
        lists = {name: _by_value(told, name, value) for name in next(iter(told.values()))}
        typed = np.full(len(column.parsed), None, object)
        typed[worth] = [as_typed(column.cells.values[i]) for i in worth]
        self._append(
            row=rows[places],
            column=column.plan.heading,
            field=str(column.plan.target),
            value=typed[value],
            **lists,
        )

    def rows(self, code: str, rows, *, column="", field="", values="", note="", action="") -> None:
        """Log whole rows, or one line about a column or file (row 0)."""
        if len(rows):
            told = self._told(code, note)
            if action:
                told["action"] = action
            self._append(row=rows, column=column, field=field, value=values, **told)

    def frame(self) -> pd.DataFrame:
        """The issues, one row each; columns as `vocabulary.columns.ISSUES`."""
        return sorted_issues(self._parts)

    def _told(self, code: str, note: str) -> dict[str, str]:
        """The words of one check, with what is particular to the cell."""
        check: Check = CHECKS[code]
        message = check.message
        if note:
            message = f"{message.rstrip('.')} ({note.rstrip('.')})."
        return {
            "code": code,
            "severity": check.severity,
            "message": message,
            "suggestion": check.suggestion,
            "action": _ACTIONS[check.refuses],
        }

    def _append(self, **columns) -> None:
        """Add rows, with file and sheet."""
        self._parts.append(pd.DataFrame({"file": self.file, "sheet": self.sheet, **columns}))


def sorted_issues(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Issues of several columns or files as one frame, sorted, each place and code once."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in NAMES}).astype(
            {"row": np.int32}
        )
    frame = pd.concat(parts, ignore_index=True)[list(NAMES)]
    order = np.lexsort((frame["row"].to_numpy(), pd.factorize(frame["file"])[0]))
    frame = frame.iloc[order]
    frame = frame[~frame.duplicated(_KEY)].reset_index(drop=True)
    categories = dict.fromkeys(("file", "code", "severity", "action"), "category")
    return frame.astype({"row": np.int32, **categories})


def _worth_telling(code: str) -> bool:
    """Whether a cell with this code belongs in the issues: notes that refuse nothing do not."""
    return bool(code) and (CHECKS[code].severity != "note" or CHECKS[code].refuses != "nothing")


def _by_value(told: dict[int, dict], name: str, value: np.ndarray) -> pd.Categorical:
    """One word of each issue, from the words of its distinct value."""
    words = sorted({entry[name] for entry in told.values()})
    place = {word: i for i, word in enumerate(words)}
    lookup = np.full(max(told) + 1, -1, np.int32)
    for i, entry in told.items():
        lookup[i] = place[entry[name]]
    return np.array(words, object)[lookup[value]]
