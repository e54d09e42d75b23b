"""The sentences of an answer that a page needs beside its chart and table."""

import re

import pandas as pd

from hipoutcomes.report.plain_numbers import between, count, score
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.minimums import Minimums

#: A sentence about a small group; its row says that it is small.
_ABOUT_FEW = re.compile(r"\bonly (\d+) patients?\b")

#: Where those not counted went: said where everyone is described, not again with every grouping.
_ELSEWHERE = "Not counted among them: "


def plain_words(answer: Estimates, minimums: Minimums) -> tuple[str, ...]:
    """What is said before the chart: not group by group, which chart and table show.

    Parameters
    ----------
    answer : Estimates
    minimums : Minimums
    """
    openings = _openings(answer.table)
    if len(openings) > 1:
        openings += (_ELSEWHERE,)
    kept = [
        not sentence.startswith(openings)
        and not _is_about_few(sentence, minimums.disclosure_inside)
        for sentence in answer.words
    ]
    # What leads up to sentences that are not said is not said either.
    leads = [sentence.endswith(":") for sentence in answer.words]
    said = [
        sentence
        for sentence, keep, is_lead, next_kept in zip(
            answer.words, kept, leads, [*kept[1:], False], strict=True
        )
        if keep and (next_kept or not is_lead)
    ]
    spread = how_groups_differ(answer.table, minimums.estimate)
    return (*said[:1], spread, *said[1:]) if spread else tuple(said)


def how_groups_differ(table: pd.DataFrame, minimum: int) -> str:
    """How far the mean changes of groups lie apart; empty where fewer than two have one.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["A", "B", "C"], "quantity": "mean improvement",
    ...     "unit": "points", "estimate": [1.84, 2.61, None]})
    >>> how_groups_differ(table, 10)
    'In the 2 groups with 10 or more patients the mean improvement was 1.8 to 2.6 points. Groups
    differ by chance, and because their patients differ.'
    """
    if "quantity" not in table or len(table) < 2:
        return ""
    if set(table["quantity"]) != {"mean improvement"}:
        return ""
    means = table["estimate"].dropna()
    if len(means) < 2:
        return ""
    run = between(score(means.min()), score(means.max()))
    return (
        f"In the {count(len(means))} groups with {minimum} or more patients the mean improvement "
        f"was {run} {table['unit'].iloc[0]}. Groups differ by chance, and because their patients "
        "differ."
    )


def _is_about_few(sentence: str, minimum: int) -> bool:
    """Whether a sentence is about a group too small to be shown with numbers."""
    return any(0 < int(n) < minimum for n in _ABOUT_FEW.findall(sentence))


def _openings(table: pd.DataFrame) -> tuple[str, ...]:
    """How sentences about single groups begin."""
    if "group" not in table or len(table) < 2:
        return ("\0",)
    return tuple(f"{group}: " for group in table["group"].astype(str).unique())
