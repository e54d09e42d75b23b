"""Differences between two groups under each reading, and what would overturn them."""

from itertools import combinations

import pandas as pd

from hipoutcomes.analyses.missing import readings
from hipoutcomes.analyses.missing.due_patients import DuePatients
from hipoutcomes.analyses.missing.mean_readings import extreme_means, observed_mean
from hipoutcomes.stats.groups.intervals import Interval
from hipoutcomes.stats.missing.assumed_means import mean_if
from hipoutcomes.stats.missing.differences import difference_bounds, difference_of
from hipoutcomes.stats.missing.flip_point import flip_of_mean

#: Between more groups than this no differences are taken: the largest of so many is chance.
MOST_GROUPS = 6

#: Readings whose difference is the difference of two rows.
_SAME_FOR_BOTH = (
    readings.OBSERVED,
    readings.WEIGHTED,
    readings.IMPUTED,
    readings.NO_CHANGE,
)


def differences(groups: dict[str, DuePatients], rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """One row per pair of groups and reading.

    Parameters
    ----------
    groups : dict of str to DuePatients
        Groups large enough for a contrast.
    rows : DataFrame
        Readings of the mean, of all groups.
    level : float
    """
    found = [
        row
        for pair in combinations(groups, 2)
        for row in _pair(pair, groups, rows[rows["estimate"].notna()], level)
    ]
    return pd.DataFrame(found)


def _pair(
    names: tuple[str, str], groups: dict[str, DuePatients], rows: pd.DataFrame, level: float
) -> list[dict]:
    """All readings of one difference."""
    first, second = (groups[name] for name in names)
    about = {
        "contrast": f"{names[0]} minus {names[1]}",
        "n_patients": first.n_measured,
        "n_other": second.n_measured,
        "n_not_measured": first.n_missing + second.n_missing,
    }
    made = [
        {"reading": reading, **_numbers(difference_of(*pair, level)), "reason": ""}
        for reading in _SAME_FOR_BOTH
        if (pair := _both(rows, names, reading))
    ]
    ends = extreme_means(first, level), extreme_means(second, level)
    bounds = difference_bounds(*ends, level)
    for reading, one, other in (
        (f"worst possible for {names[0]}, best for {names[1]}", ends[0][0], ends[1][1]),
        (f"best possible for {names[0]}, worst for {names[1]}", ends[0][1], ends[1][0]),
    ):
        made.append(
            {
                "reading": reading,
                **_numbers(difference_of(one, other, level)),
                "bound_low": bounds.low,
                "bound_high": bounds.high,
                "reason": "",
            }
        )
    made += [_flip(names, first, second, level, turned) for turned in (False, True)]
    return [{**about, **row} for row in made]


def _both(rows: pd.DataFrame, names: tuple[str, str], reading: str) -> tuple | None:
    """The estimates of both groups under one reading; None where one has none."""
    found = []
    for name in names:
        row = rows[(rows["group"] == name) & (rows["reading"] == reading)]
        if row.empty:
            return None
        numbers = row.iloc[0][["estimate", "std_error", "conf_low", "conf_high", "df"]]
        found.append(Interval(*(float(number) for number in numbers)))
    return tuple(found)


def _numbers(made: Interval) -> dict:
    """An interval as columns."""
    return {
        "estimate": made.estimate,
        "std_error": made.std_error,
        "df": float(made.df),
        "conf_low": made.conf_low,
        "conf_high": made.conf_high,
    }


def _flip(
    names: tuple[str, str], first: DuePatients, second: DuePatients, level: float, turned: bool
) -> dict:
    """What those missing from one group would have to have done for the groups to be alike.

    Those missing from the other group are taken to be like those of it who were measured.
    """
    this, other = (second, first) if turned else (first, second)
    name = names[1] if turned else names[0]
    reading = f"{readings.FLIP_GROUP}{name}"
    target = float(other.improvement.mean())
    if not this.n_missing:
        return {"reading": reading, "reason": f"nobody of {name} is missing"}
    above = this.improvement.mean() > target
    sign = 1.0 if above else -1.0
    ends = (this.worst, this.best) if above else (-this.best, -this.worst)
    flip = flip_of_mean(sign * this.improvement, *ends, sign * target)
    if flip.verdict != "fails below":
        return {
            "reading": reading,
            "reason": "no scores that they could have had would make the two alike",
        }
    assumed = sign * flip.assumed
    pair = [mean_if(this.improvement, this.n_missing, assumed, level), observed_mean(other, level)]
    if turned:
        pair.reverse()
    return {
        "reading": reading,
        "assumed": assumed,
        **_numbers(difference_of(*pair, level)),
        "reason": "",
    }
