"""Rows of one visit become one row."""

from dataclasses import replace

import numpy as np
import pandas as pd

from hipoutcomes.tables.joining.pairs import Told
from hipoutcomes.tables.records import Records
from hipoutcomes.tables.treatments import main_technique, treatment_texts

#: What the appointments say better than a sheet filled by hand.
_OF_APPOINTMENTS = ("therapist", "clinic", "visit_id", "start")
#: What stays as it is in the row that others go into.
_OF_ROW = ("patient_id", "day", "is_visit", "file", "row", "technique")
#: What should be the same wherever it is written.
_ALIKE = ("side", "condition")


def merge_rows(records: Records, head: np.ndarray, planned: np.ndarray) -> tuple[Records, list]:
    """Write into each head what the rows of its visit say; the others are left as they were.

    What was written at the visit goes before what was booked, apart from who, where and when. Of
    several rows the least value in order counts, so that their order changes nothing; of two
    different scores for one moment neither does.

    Parameters
    ----------
    records : Records
    head : ndarray of int, shape (n,)
    planned : ndarray of bool, shape (n,)

    Returns
    -------
    Records
    list of Told
        Rows in which others say otherwise.
    """
    heads = np.unique(head[head != np.arange(len(head))])
    members = np.flatnonzero(np.isin(head, heads))
    visit = np.searchsorted(heads, head[members])
    told = []
    rows = records.rows.copy(deep=False)
    for name in [name for name in rows if name not in _OF_ROW]:
        goes_last = planned[members] ^ (name in _OF_APPOINTMENTS)
        chosen, differs = _chosen(rows[name], members, visit, goes_last)
        column = rows[name].copy()
        there = chosen >= 0
        column.iloc[heads[there]] = rows[name].iloc[chosen[there]].to_numpy()
        rows[name] = column
        if name in _ALIKE and differs.any():
            told.append(Told("join-conflict", heads[differs], name))
    scores = {}
    for field, values in records.scores.items():
        scores[field], differs = _one_score(values, heads, members, visit)
        if differs.any():
            told.append(
                Told("join-scores-differ", heads[differs], f"{field.measure} {field.timing}")
            )
    treatments = _treatments(records.treatments, members, visit, heads, planned)
    rows["technique"] = main_technique(treatments, len(rows))
    extra = {
        name: _one_score(values, heads, members, visit)[0] for name, values in records.extra.items()
    }
    return replace(records, rows=rows, scores=scores, treatments=treatments, extra=extra), told


def records_at(records: Records, kept: np.ndarray) -> Records:
    """The records of some rows, with patients as they were."""
    place = np.full(len(records.rows), -1)
    place[kept] = np.arange(len(kept))
    treatments = records.treatments.assign(record=place[records.treatments["record"].to_numpy()])
    return replace(
        records,
        rows=records.rows.iloc[kept].reset_index(drop=True),
        scores={f: values[kept] for f, values in records.scores.items()},
        treatments=treatments[treatments["record"] >= 0].reset_index(drop=True),
        extra={name: values[kept] for name, values in records.extra.items()},
    )


def _chosen(column: pd.Series, members, visit, goes_last) -> tuple[np.ndarray, np.ndarray]:
    """Row whose value each visit takes, -1 without any; and which visits have several values."""
    values = column.iloc[members].reset_index(drop=True)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    rank = pd.factorize(values, sort=True)[0]
    there = rank >= 0
    frame = pd.DataFrame(
        {
            "visit": visit[there],
            "last": goes_last[there],
            "rank": rank[there],
            "row": members[there],
        }
    ).sort_values(["visit", "last", "rank", "row"])
    n_visits = visit.max() + 1
    chosen = np.full(n_visits, -1)
    first = frame.drop_duplicates("visit")
    chosen[first["visit"]] = first["row"]
    n_values = frame.groupby("visit")["rank"].nunique()
    return chosen, n_values.reindex(range(n_visits), fill_value=0).to_numpy() > 1


def _one_score(values, heads, members, visit) -> tuple[np.ndarray, np.ndarray]:
    """The scores of one field with each visit's only score; and which visits have two."""
    there = ~np.isnan(values[members])
    grouped = pd.Series(values[members][there]).groupby(visit[there])
    least, most = grouped.min(), grouped.max()
    every = range(len(heads))
    differs = (least < most).reindex(every, fill_value=False).to_numpy()
    merged = values.copy()
    merged[heads] = np.where(differs, np.nan, least.reindex(every).to_numpy(float))
    return merged, differs


def _treatments(treatments, members, visit, heads, planned) -> pd.DataFrame:
    """Techniques of each visit from one of its rows: one written at the visit, where it has any."""
    ours = treatments[np.isin(treatments["record"].to_numpy(), members)]
    others = treatments.drop(index=ours.index)
    if ours.empty:
        return treatments
    said = treatment_texts(ours)
    visit_of = pd.Series(visit, index=members)
    rows = pd.DataFrame(
        {"visit": visit_of[said.index].to_numpy(), "planned": planned[said.index], "said": said}
    ).sort_values(["visit", "planned", "said"], kind="stable")
    source = rows.drop_duplicates("visit")
    ours = ours[ours["record"].isin(source.index)]
    record = heads[source["visit"].reindex(ours["record"]).to_numpy()]
    return pd.concat([others, ours.assign(record=record)], ignore_index=True)
