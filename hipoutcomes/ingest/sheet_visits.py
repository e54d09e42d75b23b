"""Visits of a list of appointments as rows of a score sheet."""

from datetime import date

import numpy as np
import pandas as pd

from hipoutcomes.ingest.sheet_columns import APPOINTMENT, TIME, VISIT
from hipoutcomes.tables.records import Records
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

#: Column of the records -> heading of the sheet.
_WORDS = {"therapist": "Therapist", "side": "Side", "sex": "Sex"}


def visits_to_fill(records: Records, since: date | str | None = None) -> pd.DataFrame:
    """Rows of a score sheet, one for each visit that took place, by day and time.

    Parameters
    ----------
    records : Records
        Of a list of appointments. No name of a client is in them, and none gets into the sheet.
    since : date or str, optional
        Visits before this day are left out.

    Returns
    -------
    DataFrame
        Every cell text, empty where nothing is known; columns are headings of the sheet.
    """
    rows = records.rows
    kept = rows["is_visit"].to_numpy()
    if since is not None:
        day = date.fromisoformat(since) if isinstance(since, str) else since
        kept = kept & (rows["day"].to_numpy() >= (day - date(1970, 1, 1)).days)
    start = rows["start"].to_numpy(float) if "start" in rows else np.full(len(rows), np.nan)
    places = np.flatnonzero(kept)
    places = places[np.lexsort((start[places], rows["day"].to_numpy()[places]))]
    at = rows.iloc[places]
    columns = {
        "Client": records.patients[at["patient_id"].to_numpy() - 1],
        "Date": at["day"].to_numpy().astype("datetime64[D]").astype(str),
        "Row type": VISIT,
        **{heading: _texts(at[name]) for name, heading in _WORDS.items() if name in at},
        "Technique": _techniques(records, places),
        "Condition": [CONDITIONS.label(code) if code else "" for code in _texts(at["condition"])],
    }
    if "visit_id" in at:
        columns[APPOINTMENT.heading] = _texts(at["visit_id"])
    if not np.isnan(start[places]).all():
        columns[TIME.heading] = [_clock(minutes) for minutes in start[places]]
    columns["Minutes"] = _numbers(_minutes(records)[places])
    if "age" in at:
        columns["Age"] = _numbers(at["age"].to_numpy(float))
    return pd.DataFrame(columns)


def _texts(column: pd.Series) -> list[str]:
    """Words of a column, empty where missing."""
    return [
        "" if missing else str(word) for word, missing in zip(column, column.isna(), strict=True)
    ]


def _numbers(values: np.ndarray) -> list[str]:
    """Numbers as typed, empty where missing."""
    return ["" if np.isnan(value) else f"{value:g}" for value in values]


def _minutes(records: Records) -> np.ndarray:
    """Length of each visit, or else the minutes of its techniques together."""
    given = records.treatments
    minutes = given["minutes"].to_numpy(float)
    record = given["record"].to_numpy()
    known = ~np.isnan(minutes)
    total = np.bincount(record[known], minutes[known], len(records.rows)).astype(float)
    total[total == 0] = np.nan
    if "minutes" not in records.rows:
        return total
    recorded = records.rows["minutes"].to_numpy(float)
    return np.where(np.isnan(recorded), total, recorded)


def _clock(minutes: float) -> str:
    """Minutes since midnight as a time of day."""
    return "" if np.isnan(minutes) else f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _techniques(records: Records, places: np.ndarray) -> list[str]:
    """Techniques of each visit as a person types them, with their minutes where known."""
    given = records.treatments
    several = given["record"].duplicated(keep=False).to_numpy()
    said: dict[int, list[str]] = {}
    for record, code, minutes, one_of_several in zip(
        given["record"], given["technique"], given["minutes"], several, strict=True
    ):
        label = TECHNIQUES.label(code)
        if one_of_several and not np.isnan(minutes):
            label = f"{label} {minutes:g}"
        said.setdefault(record, []).append(label)
    return ["; ".join(said.get(place, ())) for place in places.tolist()]
