"""From answers to the headline: the numbers of page one, and its chart."""

from dataclasses import replace

import pandas as pd

from hipoutcomes.analyses.comparability import can_compare
from hipoutcomes.analyses.completeness import completeness
from hipoutcomes.analyses.immediate import immediate
from hipoutcomes.analyses.improvement import improvement
from hipoutcomes.analyses.missing.sensitivity_line import what_missing_could_change
from hipoutcomes.analyses.responders import responders
from hipoutcomes.analyses.sensitivity import sensitivity
from hipoutcomes.clinic import Clinic
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.page_one.headline import Comparable, Headline, MeanChange, Shares
from hipoutcomes.report.parts import Figure
from hipoutcomes.report.plain_numbers import in_unit
from hipoutcomes.report.sections.answering import Answering
from hipoutcomes.report.sections.outcomes import comparable_groupings
from hipoutcomes.results import Estimates
from hipoutcomes.stats.remeasuring.remeasuring import remeasuring
from hipoutcomes.vocabulary.columns import STATUSES
from hipoutcomes.vocabulary.instruments import MEASURES
from hipoutcomes.vocabulary.thresholds import default_threshold


def headline_of(clinic: Clinic, main: str | None, movement: str | None) -> Headline:
    """Ask what page one needs and keep the numbers.

    Parameters
    ----------
    clinic : Clinic
    main, movement : str or None
        Codes of the main outcome and of a measure of movement or function.
    """
    return Headline(
        n_seen=int(clinic.episodes.frame["patient_id"].nunique()),
        n_sessions=len(clinic.sessions),
        flow=_flow(clinic, main) if main else {},
        when="later" if clinic.shape == "episodes" else "around week 6",
        pain=_beside_re_measuring(_mean_change(_answer(improvement, clinic, main)), clinic),
        mobility=_beside_re_measuring(_mean_change(_answer(improvement, clinic, movement)), clinic),
        shares=_shares(_answer(responders, clinic, main)),
        immediate=_mean_change(_answer(immediate, clinic, main)),
        comparable=_comparable(clinic, main),
        mean_needs=clinic.minimums.estimate,
        missing=_missing(_answer(sensitivity, clinic, main)),
    )


def headline_chart(clinic: Clinic, main: str | None, answering: Answering) -> Figure | None:
    """The one chart of page one: better, same and worse, or else the flow of clients."""
    for ask, name in ((responders, "n_better"), (completeness, "n_patients")):
        answer = _answer(ask, clinic, main)
        if answer is not None and _drawable(answer.table, name):
            return answering.figure(
                answer.plot,
                "page-one",
                f"At a glance: {answering.owner(answer.question)}",
                answer.alternative,
            )
    return None


def _answer(ask, clinic: Clinic, outcome: str | None, *more) -> Estimates | None:
    """The answer, or None where the records do not hold it."""
    if outcome is None:
        return None
    try:
        return ask(clinic, outcome, *more)
    except NotEnoughData:
        return None


def _drawable(table: pd.DataFrame, name: str) -> bool:
    """Whether a chart of this table would show anything."""
    return name in table and bool(table[name].notna().any()) and int(table[name].sum()) > 0


def _flow(clinic: Clinic, main: str) -> dict[str, int]:
    """Clients by what became of them."""
    table = completeness(clinic, main).table
    counts = dict(zip(table["status"], table["n_patients"], strict=True))
    return {status: int(counts.get(status, 0)) for status in STATUSES}


def _missing(answer: Estimates | None) -> str:
    """What those not measured again could change."""
    return "" if answer is None else in_owner_words(what_missing_could_change(answer.table))


def _mean_change(answer: Estimates | None) -> MeanChange | None:
    """First and later mean of one answer about everyone."""
    if answer is None:
        return None
    row = answer.table.iloc[0]
    measure = MEASURES[row["outcome"]]
    return MeanChange(
        measure=measure.code,
        noun=measure.noun,
        label=measure.label,
        unit=measure.unit,
        better=measure.better,
        n=int(row["n_patients"]),
        n_due=int(row.get("n_due", row["n_patients"])),
        first=_number(row, "baseline_mean"),
        later=_number(row, "final_mean"),
        improvement=_number(row, "estimate"),
        low=_number(row, "conf_low"),
        high=_number(row, "conf_high"),
    )


def _beside_re_measuring(change: MeanChange | None, clinic: Clinic) -> MeanChange | None:
    """The same change with the mean that re-measuring alone would give."""
    if change is None or not change.has_estimate:
        return change
    measure, frame = MEASURES[change.measure], clinic.changes(change.measure).frame
    known = frame[frame["is_headline"] & frame["baseline"].notna()]
    try:
        alone = remeasuring(
            known["baseline"].to_numpy(float),
            # Any size of change will do here: only the mean is used.
            threshold=(measure.highest - measure.lowest) / 10,
            sign=measure.sign,
            lowest=measure.lowest,
            highest=measure.highest,
            step=measure.step,
            counted=(known["status"] == "measured").to_numpy(bool),
        )
    except NotEnoughData:
        return change
    return replace(change, alone=(alone.improvement_low, alone.improvement_high))


def _shares(answer: Estimates | None) -> Shares | None:
    """Better, same and worse of one answer about everyone; None where there are no shares."""
    if answer is None:
        return None
    row = answer.table.iloc[0]
    if _number(row, "share_better") is None:
        return None
    threshold = default_threshold(row["outcome"])
    return Shares(
        n_better=int(row["n_better"]),
        n_same=int(row["n_same"]),
        n_worse=int(row["n_worse"]),
        n_eligible=int(row["n_eligible"]),
        n_room_to_worsen=int(row["n_room_to_worsen"]),
        threshold=float(row["threshold"]),
        unit=MEASURES[row["outcome"]].unit,
        share_better=float(row["share_better"]),
        share_worse=float(row["share_worse"]),
        low=_number(row, "conf_low"),
        high=_number(row, "conf_high"),
        expected_better=_range(row, "expected_low", "expected_high"),
        expected_worse=_range(row, "expected_worse_low", "expected_worse_high"),
        threshold_label=threshold.cite if threshold else "",
        operator=str(row["operator"]),
    )


def _comparable(clinic: Clinic, main: str | None) -> tuple[Comparable, ...]:
    """Whether techniques or therapists could be compared, and what that would take."""
    names = comparable_groupings(clinic)
    answer = _answer(can_compare, clinic, main, names) if names else None
    if answer is None:
        return ()
    return tuple(
        Comparable(
            grouping=str(row["group"]),
            n_groups=int(row["n_groups"]),
            n_large_enough=int(row["n_large_enough"]),
            patients_needed=int(row["n_needed"]),
            difference=in_unit(f"{row['difference']:.2g}", str(row["unit"])),
        )
        for _, row in answer.table.iterrows()
    )


def _range(row: pd.Series, low: str, high: str) -> tuple[float, float] | None:
    """Both ends of a range, or None."""
    ends = _number(row, low), _number(row, high)
    return None if None in ends else ends


def _number(row: pd.Series, name: str) -> float | None:
    """A number of a row, None where it is missing."""
    value = row.get(name)
    return None if value is None or pd.isna(value) else float(value)
