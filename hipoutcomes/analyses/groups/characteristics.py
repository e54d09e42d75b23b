"""What is known of patients at the start, described by group; no tests, for none was planned."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.stats.groups.balance import standardised_difference
from hipoutcomes.stats.groups.summaries import group_summaries
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.instruments import MEASURES
from hipoutcomes.vocabulary.minimums import Minimums

#: Between more groups than this no differences are taken: the largest of so many is chance.
MOST_COMPARED = 30

_NUMBERS = (("age", "Age", "years"), ("duration_weeks", "Duration of the complaint", "weeks"))
_NAMES = (
    ("sex", "Sex", None),
    ("condition", "Condition", CONDITIONS),
    ("side", "Side", None),
    ("technique", "Technique of the first session", TECHNIQUES),
    ("procedure", "Procedure", None),
)
_OF_FIRST_SESSION = ("duration_weeks", "earlier_injuries")


@dataclass(frozen=True, eq=False)
class Characteristic:
    """One thing known of patients at the start.

    Attributes
    ----------
    label : str
    values : ndarray, shape (n patients,)
        Numbers with NaN where missing, or positions in `categories` with -1 where missing.
    unit : str
        Of numbers.
    categories : tuple of str
        Empty where values are numbers.
    """

    label: str
    values: np.ndarray
    unit: str = ""
    categories: tuple[str, ...] = ()

    @property
    def known(self) -> np.ndarray:
        """For whom it was recorded."""
        return self.values >= 0 if self.categories else ~np.isnan(self.values)


def known_at_start(
    clinic: Any, rows: pd.DataFrame, outcomes: Iterable[str] = ()
) -> list[Characteristic]:
    """Everything recorded about patients at the start of their episode.

    Parameters
    ----------
    clinic : Clinic
    rows : DataFrame
        One row per patient, of `Episodes.frame` or `Changes.frame`.
    outcomes : iterable of str
        Measures whose first score belongs among the characteristics.
    """
    rows = _with_first_session(clinic, rows)
    found = [_first_score(clinic, rows, code) for code in outcomes]
    for name, label, unit in _NUMBERS:
        if name in rows:
            found.append(Characteristic(label, _floats(rows[name]), unit))
    for name, label, codelist in _NAMES:
        if name in rows:
            column = rows[name].astype("category").cat.remove_unused_categories()
            words = [codelist.label(c) if codelist else str(c) for c in column.cat.categories]
            codes = column.cat.codes.to_numpy(np.int64)
            found.append(_by_size(Characteristic(label, codes, categories=tuple(words))))
    if "earlier_injuries" in rows:
        flags = _floats(rows["earlier_injuries"])
        codes = np.where(np.isnan(flags), -1, flags == 0).astype(np.int64)
        found.append(Characteristic("Earlier injuries of the hip", codes, categories=("yes", "no")))
    return [characteristic for characteristic in found if characteristic.known.any()]


def describe_patients(
    known: list[Characteristic], groups: Groups, minimums: Minimums
) -> pd.DataFrame:
    """One row per characteristic, category and group, with the difference between groups.

    Parameters
    ----------
    known : list of Characteristic
    groups : Groups
        Of the same patients.
    minimums : Minimums

    Notes
    -----
    Shares are of those for whom the characteristic was recorded. Groups in which too few
    patients for an estimate have it show counts and the reason. The standardised difference is the
    largest between any two groups that are large enough, and is not taken between more than 30
    groups.
    """
    parts = [_described(characteristic, groups, minimums) for characteristic in known]
    names = ["characteristic", "category", *groups.table.columns, "quantity", "unit", "estimate"]
    names += ["std_dev", "median", "quartile_low", "quartile_high", "n_patients", "n_missing"]
    names += ["std_difference", "reason"]
    if not parts:
        return pd.DataFrame({name: [] for name in names})
    return pd.concat(parts, ignore_index=True)[names]


def in_sentence(label: str) -> str:
    """The label of a characteristic for the middle of a sentence.

    Examples
    --------
    >>> in_sentence("Pain, 0-10"), in_sentence("Age"), in_sentence("Oxford Hip Score, 0-48")
    ('pain', 'age', 'Oxford Hip Score')
    """
    nouns = {measure.label: measure.noun for measure in MEASURES.values()}
    return nouns.get(label, label[:1].lower() + label[1:])


def _with_first_session(clinic: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what was recorded at the first session of each episode."""
    sessions = clinic.sessions.frame
    names = [name for name in _OF_FIRST_SESSION if name in sessions]
    if not names:
        return rows
    links = clinic.episode_sessions.frame
    first = links.loc[links["episode_seq"] == 1, ["episode_id", "session_id"]]
    first = first.merge(sessions[["session_id", *names]], on="session_id")
    return rows.merge(first[["episode_id", *names]], on="episode_id", how="left")


def _first_score(clinic: Any, rows: pd.DataFrame, code: str) -> Characteristic:
    """The score at the start of each episode; of an ordinal measure, its categories."""
    measure = MEASURES[code]
    if "baseline" in rows and (rows["measure"] == code).all():
        scores = _floats(rows["baseline"])
    else:
        changes = clinic.changes(code).frame
        scores = _floats(rows["episode_id"].map(changes.set_index("episode_id")["baseline"]))
    if not measure.ordinal:
        return Characteristic(measure.label, scores, measure.unit)
    present = np.unique(scores[~np.isnan(scores)])
    codes = np.where(np.isnan(scores), -1, np.searchsorted(present, scores))
    return Characteristic(measure.label, codes, categories=tuple(f"{x:g}" for x in present))


def _floats(column: pd.Series) -> np.ndarray:
    """A column of numbers or flags, NaN where missing."""
    return column.astype("Float64").to_numpy(float, na_value=np.nan)


def _by_size(characteristic: Characteristic) -> Characteristic:
    """Categories by how many patients have them, the most first."""
    n = len(characteristic.categories)
    if n == 0:
        return Characteristic(characteristic.label, np.full(len(characteristic.values), np.nan))
    size = np.bincount(characteristic.values[characteristic.known], minlength=n)
    order = sorted(range(n), key=lambda i: (-size[i], characteristic.categories[i].casefold()))
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    codes = np.where(characteristic.known, place[characteristic.values], -1)
    categories = tuple(characteristic.categories[i] for i in order)
    return Characteristic(characteristic.label, codes, categories=categories)


def _described(characteristic: Characteristic, groups: Groups, minimums: Minimums) -> pd.DataFrame:
    """All rows of one characteristic."""
    known = characteristic.known
    n_known, n_missing = groups.count(known), groups.count(~known)
    describe = _shares if characteristic.categories else _means
    table = describe(characteristic, groups, n_known)
    place = table.pop("place").to_numpy()
    table = table.assign(
        characteristic=characteristic.label,
        unit="share" if characteristic.categories else characteristic.unit,
        n_missing=n_missing[place],
        std_difference=_difference(characteristic, groups, n_known >= minimums.estimate),
        reason=[minimums.too_few(int(n_known[i])) for i in place],
    )
    few = table["reason"].ne("").to_numpy()
    for name in ("estimate", "std_dev", "median", "quartile_low", "quartile_high"):
        table.loc[few, name] = np.nan
    about = groups.table.iloc[place].reset_index(drop=True)
    return pd.concat([table.reset_index(drop=True), about], axis=1)


def _means(characteristic: Characteristic, groups: Groups, n_known: np.ndarray) -> pd.DataFrame:
    """Mean, spread and quartiles of a number in each group."""
    values, codes = characteristic.values[characteristic.known], groups.codes[characteristic.known]
    numbers = group_summaries(values, codes, n_groups=len(groups))
    return pd.DataFrame(
        {
            "place": np.arange(len(groups)),
            "category": "",
            "quantity": "mean",
            "estimate": numbers.mean,
            "std_dev": numbers.std_dev,
            "median": numbers.median,
            "quartile_low": numbers.quartile_low,
            "quartile_high": numbers.quartile_high,
            "n_patients": numbers.n,
        }
    )


def _shares(characteristic: Characteristic, groups: Groups, n_known: np.ndarray) -> pd.DataFrame:
    """Count and share of each category in each group."""
    n_groups, n_categories = len(groups), len(characteristic.categories)
    known = characteristic.known
    code = characteristic.values[known] * n_groups + groups.codes[known]
    counts = np.bincount(code, minlength=n_groups * n_categories)
    place = np.tile(np.arange(n_groups), n_categories)
    return pd.DataFrame(
        {
            "place": place,
            "category": np.repeat(np.array(characteristic.categories, object), n_groups),
            "quantity": "share",
            "estimate": counts / np.maximum(n_known, 1)[place],
            "std_dev": np.nan,
            "median": np.nan,
            "quartile_low": np.nan,
            "quartile_high": np.nan,
            "n_patients": counts,
        }
    )


def _difference(characteristic: Characteristic, groups: Groups, enough: np.ndarray) -> float:
    """Largest standardised difference between groups that are large enough."""
    large = np.flatnonzero(enough)
    chosen = characteristic.known & np.isin(groups.codes, large)
    if not 2 <= len(large) <= MOST_COMPARED:
        return np.nan
    return standardised_difference(
        characteristic.values[chosen],
        groups.codes[chosen],
        categorical=bool(characteristic.categories),
    )
