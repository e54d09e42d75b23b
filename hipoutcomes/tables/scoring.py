"""Answers to items become scores, by each instrument's own rule for missing items.

Never a sum over whatever happens to be there: too few answers give no score and a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hipoutcomes.vocabulary.instruments import INSTRUMENTS, ITEMS, Instrument, Item, Scoring

#: Why a row has no score, by the number in `Scored.reason`.
REASONS = (
    "",
    "no item was answered",
    "too few items were answered",
    "more than one of the alternative items was answered",
)
_SCORED, _NOTHING, _TOO_FEW, _CONFLICT = range(4)

#: Rows scored at a time, few enough to stay in the processor's cache.
_BLOCK = 32_768


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of one measure.

    Attributes
    ----------
    score : ndarray of float64, shape (n,)
        NaN where there is none.
    reason : ndarray of int8, shape (n,)
        Why there is none: place in `REASONS`; 0 where there is a score.
    n_answered : ndarray of int8, shape (n,)
        Items with a usable answer.
    """

    score: np.ndarray
    reason: np.ndarray
    n_answered: np.ndarray


def score_items(
    instrument_code: str, items: Mapping[str, np.ndarray], rule: str | None = None
) -> dict[str, Scored]:
    """Score a questionnaire.

    An answer that the item does not have (5 on an item from 0 to 4, 2.5 where only whole numbers
    occur) counts as missing. An item that is not passed counts as missing throughout.

    Parameters
    ----------
    instrument_code : str
        Such as ``hoos`` or ``oxford_hip_score``.
    items : mapping of str to ndarray, each shape (n,)
        Answers by item code; NaN where missing.
    rule : str, optional
        Missing-item rule; the instrument's first unless told. HOOS has ``2013`` and ``2003``.

    Returns
    -------
    dict of str to Scored
        One entry for each measure of which at least one item was passed.

    Raises
    ------
    ValueError
        When the instrument has no items or is unknown, an item or the rule is not one of its own,
        or the answers are not equally many.

    Notes
    -----
    HOOS, HOOS-12 and HAGOS: ``100 - mean(answers) / 4 * 100``. HOOS-PS and HOOS, JR.: a table of
    the sum, so all items are needed. Oxford Hip Score with one or two items missing: their place
    is taken by the mean of the others, and the score is not rounded. iHOT-12: mean of at least 9
    of 12 (the instrument's own minimum was not found). The sources stand in
    `vocabulary.instruments`.

    Examples
    --------
    >>> answers = [2.0, 1.0, 1.0, 3.0, 4.0]
    >>> items = {f"hoos_ps_{k}": np.array([a, a]) for k, a in enumerate(answers, start=1)}
    >>> items["hoos_ps_5"][1] = np.nan
    >>> scored = score_items("hoos_ps", items)["hoos_ps"]
    >>> scored.score.tolist(), [REASONS[reason] for reason in scored.reason]
    ([58.3, nan], ['', 'too few items were answered'])
    """
    instrument = _instrument(instrument_code)
    answers = _arrays(instrument, items)
    rule = _rule(instrument, rule)
    scored = {
        scoring.measure: _scored(scoring, answers, rule)
        for scoring in instrument.scorings
        if any(item in answers for item in scoring.items)
    }
    if instrument_code == "hoos12":
        scored |= _hoos12_summary(scored)
    return scored


def _instrument(code: str) -> Instrument:
    """An instrument with items."""
    if code not in INSTRUMENTS or not INSTRUMENTS[code].items:
        known = ", ".join(each.code for each in INSTRUMENTS.values() if each.items)
        raise ValueError(f"{code!r} is no instrument with items; those are {known}.")
    return INSTRUMENTS[code]


def _arrays(instrument: Instrument, items: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The answers as arrays of one length."""
    if unknown := sorted(set(items) - set(instrument.items)):
        raise ValueError(
            f"{instrument.code} has no items {', '.join(unknown)}; its items are "
            f"{', '.join(instrument.items)}."
        )
    arrays = {item: np.asarray(answers, dtype=np.float64) for item, answers in items.items()}
    shapes = {answers.shape for answers in arrays.values()}
    if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
        sizes = ", ".join(f"{item} {answers.shape}" for item, answers in arrays.items())
        raise ValueError(f"Every item needs one answer per row, equally many; there are {sizes}.")
    return arrays


def _rule(instrument: Instrument, rule: str | None) -> str:
    """The missing-item rule asked for, or the instrument's default."""
    if rule is not None and rule not in instrument.rules:
        raise ValueError(
            f"{instrument.code} has no rule {rule!r}; it has "
            f"{', '.join(map(repr, instrument.rules))}."
        )
    return rule or instrument.rules[0]


def _scored(scoring: Scoring, answers: Mapping[str, np.ndarray], rule: str) -> Scored:
    """Scores of one measure, a block of rows at a time."""
    there = {item: answers[item] for item in scoring.items if item in answers}
    n = len(next(iter(there.values())))
    score, reason = np.empty(n), np.empty(n, np.int8)
    n_answered = np.empty(n, np.int8)
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        total, count, chosen = _added(scoring, {item: a[rows] for item, a in there.items()})
        why = _reasons(scoring, count, chosen, scoring.minimum[rule])
        block = _combined(scoring, total, count, why == _SCORED)
        score[rows], reason[rows], n_answered[rows] = block, why, count
    return Scored(score, reason, n_answered)


def _added(scoring: Scoring, answers: Mapping[str, np.ndarray]):
    """Sum of the usable answers, how many there are, and how many of the alternatives."""
    n = len(next(iter(answers.values())))
    total, count, chosen = np.zeros(n), np.zeros(n, np.int8), np.zeros(n, np.int8)
    for item, given in answers.items():
        usable = is_usable(given, ITEMS[item])
        total += np.where(usable, given, 0.0)
        count += usable
        if item in scoring.alternatives:
            chosen += usable
    return total, count, chosen


def is_usable(answers: np.ndarray, item: Item) -> np.ndarray:
    """Whether each answer is one that the item has; NaN is not.

    Examples
    --------
    >>> is_usable(np.array([0.0, 4.0, 5.0, 2.5, np.nan]), ITEMS["hoos_p1"]).tolist()
    [True, True, False, False, False]
    """
    if item.allowed:
        return np.isin(answers, item.allowed)
    usable = (answers >= item.lowest) & (answers <= item.highest)
    if item.step:
        usable &= answers == np.rint(answers)
    return usable


def _reasons(scoring: Scoring, count, chosen, minimum: int) -> np.ndarray:
    """Why each row has no score; 0 where it has one."""
    why = np.where(count >= minimum, _SCORED, np.where(count == 0, _NOTHING, _TOO_FEW))
    if scoring.alternatives:
        why = np.where((why == _SCORED) & (chosen == 0), _TOO_FEW, why)
        why = np.where(chosen > 1, _CONFLICT, why)
    return why.astype(np.int8)


def _combined(scoring: Scoring, total, count, has_score: np.ndarray) -> np.ndarray:
    """The score of each row; NaN where it has none."""
    if scoring.combine == "table":
        place = np.where(has_score, total, 0).astype(np.intp)
        return np.where(has_score, np.asarray(scoring.table)[place], np.nan)
    divisor = np.where(has_score, count, np.nan)
    match scoring.combine:
        case "percent of best":
            return 100.0 - total / divisor * 25.0
        case "mean":
            return total / divisor
        case "imputed sum":
            return total * len(scoring.items) / divisor
        case "sum" | "one alternative":
            return np.where(has_score, total, np.nan)
    raise ValueError(f"{scoring.measure} cannot be combined by {scoring.combine!r}.")


def _hoos12_summary(scored: Mapping[str, Scored]) -> dict[str, Scored]:
    """Mean of the three scales of HOOS-12, where all three have a score."""
    parts = list(scored.values())
    if len(parts) < 3:
        return {}
    count = np.sum([part.n_answered for part in parts], axis=0, dtype=np.int8)
    score = np.mean([part.score for part in parts], axis=0)
    why = np.where(np.isnan(score), np.where(count == 0, _NOTHING, _TOO_FEW), _SCORED)
    return {"hoos12_summary": Scored(score, why.astype(np.int8), count)}
