"""Does relief last? What a session changes, and what of it is there at the next visit."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.dosing.relief_pairs import relief_pairs
from hipoutcomes.analyses.groups.group_means import clustered_means, without_few
from hipoutcomes.analyses.question import left_out_notes, level_of
from hipoutcomes.charts.relief import relief as relief_chart
from hipoutcomes.charts.visit_alternatives import describe_relief
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.results import Estimates
from hipoutcomes.stats.groups.ratios import ratio_of_means
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    FEWEST_DF,
    cluster_covariance,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import least_squares
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import Minimums

RELIEF = "improvement within the session"
KEPT = "improvement from before the session to the next visit"
SHARE = "improvement at the next visit as a share of the relief within the session"
FADING = "relief lost per week more between visits"

#: Days between visits, as groups: up to each of these, and beyond the last.
_UP_TO = (4, 9, 16, 30)

_RETURNED = (
    "This is about sessions after which the patient came back and was scored. How those fare who "
    "did not come back is not known."
)
_SHARED = (
    "Relief and what is left of it are counted from the same score before treatment. Where that "
    "score was a bad moment, both look better than they are; and what is there at the next visit "
    "holds whatever else changed in between, recovery by itself included."
)
_GAPS = (
    "How many days lie between visits was not left to chance: people may come sooner because "
    "relief fades. So the change per week is no proof of how fast it fades."
)

_METHOD = (
    "Sessions with a score before and after treatment and one before the next visit's. Means of "
    "patients' own means with t intervals; the share is the ratio of two such means (Fieller "
    "1954); the change per week is a least-squares slope over sessions, those of one patient "
    "allowed to agree (CR2; Bell and McCaffrey 2002). One course of care a patient."
)


def carry_over(clinic: Any, outcome: str, *, level: float = 0.95) -> Estimates:
    """What a session changes, what of that is there at the next visit, and how it fades.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure, such as ``pain``.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    ValueError
        When the outcome or the level is not one that exists.
    NotEnoughData
        When too few patients have a session with a score before and after treatment and a scored
        next visit, or the outcome is rated in categories; or when the records have no sessions.

    Notes
    -----
    The estimands, over sessions after which the patient came back (each patient counts once, with
    the mean of their sessions), b the score before treatment, a the score after it and n the score
    before the next visit's, better positive:

    1. the mean of ``a - b``, the relief within the session;
    2. the mean of ``n - b``, the improvement that is there at the next visit;
    3. the second over the first, the share of the relief still there;
    4. the slope of ``a - n``, what was lost again, on the weeks between the two visits: by how
       much more is lost where the next visit was a week later.

    `supporting` holds the three mean scores, and what is lost by the days between visits.

    References
    ----------
    Fieller EC (1954). Some problems in interval estimation. Journal of the Royal Statistical
    Society B 16(2), 175-185.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.carry_over(ho.load("data/demo_sessions.csv"), "pain")
    >>> answer.supporting["points"]["timing"].tolist()
    ['before', 'after', 'next visit']
    """
    level_of(level)
    pairs, measure, sample = relief_pairs(clinic, outcome)
    table = _table(pairs, measure, level)
    points = _points(pairs, measure, level)
    return Estimates(
        name=f"carry-over-{outcome.replace('_', '-')}",
        question=f"Does relief of {measure.noun} last until the next visit?"
        if measure.better == "lower"
        else f"Does the gain in {measure.noun} last until the next visit?",
        words=_words(table, pairs, measure),
        table=table,
        method=_METHOD,
        sample=sample,
        notes=(_RETURNED, _SHARED, _GAPS, sentences.OBSERVED, *left_out_notes(clinic.left_out)),
        supporting={
            "points": points,
            "days between": _by_days(pairs, measure, level, clinic.minimums),
        },
        chart=partial(_points_drawn, points),
        alternative=describe_relief(points),
    )


def _points_drawn(points: pd.DataFrame, table: pd.DataFrame, *, ax=None):
    """Draw the three means that a table of changes was made from."""
    return relief_chart(points, ax=ax)


def _own_means(pairs: pd.DataFrame) -> pd.DataFrame:
    """The mean of each patient's sessions."""
    return pairs.groupby("place")[["before", "after", "next", "relief", "kept", "lost"]].mean()


def _mean(values: pd.Series, level: float) -> dict[str, float]:
    """Mean of patients with its t interval."""
    everyone = np.zeros(len(values), np.int64)
    found = clustered_means(values.to_numpy(float), everyone, 1, np.arange(len(values)), level)
    return found.drop(columns="n_patients").iloc[0].to_dict()


def _table(pairs: pd.DataFrame, measure: Measure, level: float) -> pd.DataFrame:
    """Relief, what is kept of it, the share of it, and the change per week."""
    own = _own_means(pairs)
    rows = [
        {"quantity": RELIEF, "unit": measure.unit, **_mean(own["relief"], level)},
        {"quantity": KEPT, "unit": measure.unit, **_mean(own["kept"], level)},
        {"quantity": SHARE, "unit": "ratio", **_share(own, level)},
        {"quantity": FADING, "unit": f"{measure.unit} per week", **_fading(pairs, level)},
    ]
    table = pd.DataFrame([{"reason": ""} | row for row in rows])
    table.insert(0, "outcome", measure.code)
    table.insert(1, "outcome_label", measure.label)
    table.insert(4, "group", "all")
    reason = table.pop("reason")
    return table.assign(
        level=level, n_patients=len(own), n_sessions=len(pairs), reason=reason.to_numpy()
    )


def _share(own: pd.DataFrame, level: float) -> dict[str, object]:
    """Share of the relief that is there at the next visit."""
    try:
        found = ratio_of_means(own["kept"].to_numpy(), own["relief"].to_numpy(), level)
    except NotEnoughData:
        return {
            "estimate": np.nan,
            "reason": "the relief within a session cannot be told from none",
        }
    names = ("estimate", "std_error", "conf_low", "conf_high", "df")
    return {name: getattr(found, name) for name in names}


def _fading(pairs: pd.DataFrame, level: float) -> dict[str, object]:
    """What is lost more where a week more lies between the visits."""
    nothing = {"estimate": np.nan}
    if pairs["days"].nunique() < 3:
        return nothing | {"reason": "the days between visits are nearly always the same"}
    if pairs["lost"].nunique() < 2:
        return nothing | {"reason": "after every session the same was lost"}
    design = np.column_stack([np.ones(len(pairs)), pairs["days"].to_numpy(float) / 7])
    fit = least_squares(design, pairs["lost"].to_numpy(float))
    inference = clustered_inference(fit, cluster_covariance(fit, pairs["place"].to_numpy()))
    slope = inference.contrasts(np.array([[0.0, 1.0]]), level)
    if not slope.df[0] >= FEWEST_DF:
        return nothing | {"reason": "too few patients had other days between their visits"}
    names = ("estimate", "std_error", "conf_low", "conf_high", "df", "p_value")
    return {name: float(getattr(slope, name)[0]) for name in names}


def _points(pairs: pd.DataFrame, measure: Measure, level: float) -> pd.DataFrame:
    """Mean score before, after and at the next visit."""
    own = _own_means(pairs)
    about = {"outcome": measure.code, "outcome_label": measure.label, "unit": measure.unit}
    rows = [
        {**about, "quantity": f"mean {measure.noun}", "timing": timing, **_mean(own[name], level)}
        for timing, name in (("before", "before"), ("after", "after"), ("next visit", "next"))
    ]
    return pd.DataFrame(rows).assign(
        level=level, n_patients=len(own), n_sessions=len(pairs), reason=""
    )


def _by_days(
    pairs: pd.DataFrame, measure: Measure, level: float, minimums: Minimums
) -> pd.DataFrame:
    """What is lost again until the next visit, by the days until then."""
    starts = (1, *(day + 1 for day in _UP_TO))
    names = [f"{low} to {high} days" for low, high in zip(starts, _UP_TO, strict=False)]
    names.append(f"{starts[-1]} days or more")
    code = np.searchsorted(_UP_TO, pairs["days"].to_numpy())
    n = len(names)
    numbers = clustered_means(pairs["lost"].to_numpy(), code, n, pairs["place"].to_numpy(), level)
    numbers = without_few(numbers, minimums.estimate)
    table = pd.DataFrame(
        {
            "outcome": measure.code,
            "outcome_label": measure.label,
            "quantity": "relief lost again until the next visit",
            "unit": measure.unit,
            "group": names,
            "group_order": range(n),
        }
    )
    table = pd.concat([table, numbers], axis=1).assign(
        level=level, n_sessions=np.bincount(code, minlength=n)
    )
    return table.assign(reason=[minimums.too_few(int(k)) for k in table["n_patients"]])


def _words(table: pd.DataFrame, pairs: pd.DataFrame, measure: Measure) -> tuple[str, ...]:
    """The answer in sentences, all of them about those who came back."""
    rows = table.set_index("quantity")
    relief, kept, share, fading = (rows.loc[name] for name in (RELIEF, KEPT, SHARE, FADING))
    name, days = sentences.confidence(relief["level"]), sentences.number(pairs["days"].median(), 0)
    said = [
        f"Within a session, {measure.noun} was {_moved(relief, measure)}; "
        f"{sentences.counted(relief['n_patients'])} and "
        f"{sentences.counted(relief['n_sessions'], 'session')} after which they came back, in "
        f"brackets the {name}.",
        f"At the next visit, mostly about {days} days later, it was {_moved(kept, measure)} "
        "against before that session.",
    ]
    if share["reason"]:
        said.append(f"What share of the relief that is cannot be said: {share['reason']}.")
    else:
        ends = [f"{sentences.number(100 * share[end], 0)}%" for end in ("conf_low", "conf_high")]
        said.append(
            f"That is {sentences.number(100 * share['estimate'], 0)}% of the change within the "
            f"session ({' to '.join(ends)}); it holds what would have got better by itself, too."
        )
    if fading["reason"]:
        said.append(f"How it fades with the days between cannot be said: {fading['reason']}.")
    else:
        more = "more" if fading["estimate"] >= 0 else "less"
        span = sentences.interval_of(fading["estimate"], fading["conf_low"], fading["conf_high"])
        amount = sentences.in_unit(abs(fading["estimate"]), measure.unit)
        said.append(f"Where the next visit was a week later, {amount} {more} had gone ({span}).")
    return tuple(said)


def _moved(row: pd.Series, measure: Measure) -> str:
    """A change with its interval."""
    span = sentences.interval_of(row["estimate"], row["conf_low"], row["conf_high"])
    return f"{sentences.moved(measure, row['estimate'])} ({span})"
