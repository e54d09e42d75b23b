"""The conditions of `Clinic.where`, each as words and the episodes that meet it."""

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd

_LISTS = ("therapist", "condition", "clinic", "procedure")
_EPOCH = date(1970, 1, 1).toordinal()


def episode_filters(
    episodes: pd.DataFrame, wanted: dict[str, object]
) -> Iterator[tuple[str, np.ndarray]]:
    """Turn what a caller wants into conditions.

    Parameters
    ----------
    episodes : DataFrame
        `Episodes.frame`.
    wanted : dict
        As the keywords of `Clinic.where`; None asks nothing.

    Yields
    ------
    (str, ndarray of bool)
        The condition in words, and which episodes meet it; one that lacks the value does not.

    Raises
    ------
    ValueError
        When a value does not occur in the records, or the column was not recorded.
    """
    for name, value in wanted.items():
        if value is None:
            continue
        if name in _LISTS:
            yield _listed(episodes, name, value)
        elif name.startswith("age"):
            yield _aged(episodes, name, float(value))
        else:
            yield _dated(episodes, name, str(value))


def lost(links: pd.DataFrame, gone: pd.DataFrame, kept: pd.DataFrame) -> tuple[int, int]:
    """Patients and sessions that a filter removes altogether.

    Parameters
    ----------
    links : DataFrame
        `EpisodeSessions.frame`.
    gone, kept : DataFrame
        Rows of `Episodes.frame` that do not meet the filter, and that do.
    """
    patients = set(gone["patient_id"]) - set(kept["patient_id"])
    in_gone = links.loc[links["episode_id"].isin(gone["episode_id"]), "session_id"]
    in_kept = links.loc[links["episode_id"].isin(kept["episode_id"]), "session_id"]
    return len(patients), in_gone[~in_gone.isin(in_kept)].nunique()


def _listed(episodes: pd.DataFrame, name: str, value: str | Iterable[str]):
    """Episodes whose therapist, condition, clinic or procedure is among those named."""
    values = [value] if isinstance(value, str) else list(value)
    column = _column(episodes, name)
    known = sorted(map(str, column.dropna().unique()))
    if unknown := [v for v in values if v not in known]:
        raise ValueError(
            f"No episode has {name} {', '.join(map(repr, unknown))}; "
            f"the records hold {', '.join(map(repr, known[:20])) or 'none'}."
        )
    return f"{name} {' or '.join(values)}", column.isin(values).to_numpy()


def _aged(episodes: pd.DataFrame, name: str, years: float):
    """Episodes of patients from, or up to, an age."""
    age = _column(episodes, "age").to_numpy(float)
    if name == "age_from":
        return f"age {years:g} or more", age >= years
    return f"age {years:g} or less", age <= years


def _dated(episodes: pd.DataFrame, name: str, value: str):
    """Episodes that begin from, or up to, a day."""
    try:
        day = date.fromisoformat(value).toordinal() - _EPOCH
    except ValueError:
        raise ValueError(f"{name} must be a day such as '2026-03-31'; it is {value!r}.") from None
    first = _column(episodes, "first_day").astype("Int64").fillna(-(2**62))
    if name == "date_from":
        return f"begun on or after {value}", (first >= day).to_numpy(bool)
    return f"begun on or before {value}", (first <= day).to_numpy(bool)


def _column(episodes: pd.DataFrame, name: str) -> pd.Series:
    """A column of episodes, refused in plain words where nothing was recorded."""
    if name not in episodes or episodes[name].isna().all():
        raise ValueError(f"These records hold no {name.replace('_', ' ')} to filter by.")
    return episodes[name]
