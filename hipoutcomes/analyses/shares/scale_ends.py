"""Later scores that stand at an end of the scale, where a mean says little."""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.arms import arms
from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.groups.proportions import agresti_coull
from hipoutcomes.stats.models.categories.ordinal import fit_ordinal

#: From this share of scores at an end on, the scale is said to run out (Terwee 2007).
MOST_AT_AN_END = 0.15

#: A scale with more distinct scores than this is no list of ordered categories.
_MOST_CATEGORIES = 21


def at_the_ends(question: Question, groups: Groups, level: float) -> pd.DataFrame:
    """Share of later scores at the best and at the worst end of the scale, by group.

    Parameters
    ----------
    question : Question
    groups : Groups
    level : float
    """
    measure, there = question.measure, question.measured
    final, codes = question.rows["final"].to_numpy(float)[there], groups.codes[there]
    n = np.bincount(codes, minlength=len(groups))
    ends = (measure.lowest, measure.highest)[:: -measure.sign]
    parts = []
    for end, name in zip(ends, ("best", "worst"), strict=True):
        count = np.bincount(codes[final == end], minlength=len(groups))
        share, few = agresti_coull(count, n, level), n < question.minimums.estimate
        parts.append(
            pd.DataFrame(
                {
                    "outcome": measure.code,
                    "outcome_label": measure.label,
                    "quantity": f"share of later scores at the {name} end of the scale ({end:g})",
                    "unit": "share",
                    "group": groups.table["group"],
                    "estimate": np.where(few, np.nan, share.estimate),
                    "conf_low": np.where(few, np.nan, share.conf_low),
                    "conf_high": np.where(few, np.nan, share.conf_high),
                    "level": level,
                    "n_patients": n,
                    "reason": [question.minimums.too_few(each) for each in n.tolist()],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def end_notes(ends: pd.DataFrame) -> tuple[str, ...]:
    """What must be said where many later scores stand at an end."""
    many = ends[ends["estimate"] > MOST_AT_AN_END]
    said = []
    for quantity, rows in many.groupby("quantity", sort=False):
        who = sentences.listed(
            sentences.percent(row.estimate)
            + ("" if row.group == "all" else f" of those of {row.group}")
            for row in rows.itertuples()
        )
        said.append(
            f"More than 15% of later scores stand at an end of the scale ({quantity}: {who}), "
            "where no further change can show: read the shares and the curve rather than a mean."
        )
    return tuple(said)


def ordinal_contrasts(question: Question, groups: Groups, level: float) -> pd.DataFrame:
    """Odds ratio of a better later score between groups, for patients with like first scores.

    The estimand: between two groups, the ratio of the odds of a later score beyond any cut of the
    scale among patients with the same first score, taken to be the same at every cut.

    Parameters
    ----------
    question : Question
    groups : Groups
    level : float

    Notes
    -----
    Proportional odds (`stats.models.categories.ordinal`), Wald intervals on the log scale; the
    first score is the only covariate. Groups under the minimum for a contrast take no part. Where
    the odds ratios cannot be had, the one row says why.
    """
    there = question.measured
    n = groups.count(there)
    kept = np.flatnonzero(arms(groups) & (n >= question.minimums.contrast))
    used = there & np.isin(groups.codes, kept)
    try:
        rows = _odds_ratios(question, groups, kept, used, level)
    except NotEnoughData as problem:
        reason = problem.found.rstrip(".")
        nothing = dict.fromkeys(("estimate", "conf_low", "conf_high"), np.nan)
        rows = [{"contrast": "", **nothing, "n_patients": int(used.sum()), "reason": reason}]
    about = {
        "outcome": question.measure.code,
        "outcome_label": question.measure.label,
        "quantity": "odds ratio of a better later score, first scores alike",
        "unit": "",
    }
    made = pd.DataFrame(rows).assign(**about, level=level)
    return made[[*about, *made.columns.drop(list(about))]]


def _odds_ratios(question, groups, kept, used, level) -> list[dict]:
    """One row per pair of the groups kept."""
    if len(kept) < 2:
        least = question.minimums.contrast
        raise NotEnoughData(f"No two groups have {least} measured patients each.")
    final = question.measure.sign * question.rows["final"].to_numpy(float)[used]
    scores, categories = np.unique(final, return_inverse=True)
    if len(scores) > _MOST_CATEGORIES:
        raise NotEnoughData(
            f"There are {len(scores)} distinct later scores, more than ordered categories take."
        )
    first = question.rows["baseline"].to_numpy(float)[used]
    member = groups.codes[used][:, None] == kept[1:]
    fit = fit_ordinal(np.column_stack([member.astype(float), first]), categories)
    n_cuts, n_slopes = len(fit.cuts), len(kept) - 1
    beta = np.r_[0.0, fit.beta[:n_slopes]]
    covariance = np.zeros((len(kept), len(kept)))
    covariance[1:, 1:] = fit.covariance[n_cuts : n_cuts + n_slopes, n_cuts : n_cuts + n_slopes]
    names, n = groups.table["group"].to_numpy(), np.bincount(groups.codes[used])
    rows, reach = [], ndtri((1 + level) / 2)
    for one in range(len(kept)):
        for other in range(one + 1, len(kept)):
            apart = beta[one] - beta[other]
            variance = covariance[one, one] + covariance[other, other] - 2 * covariance[one, other]
            ends = np.exp(apart + reach * np.sqrt(variance) * np.array([-1.0, 1.0]))
            rows.append(
                {
                    "contrast": f"{names[kept[one]]} / {names[kept[other]]}",
                    "estimate": float(np.exp(apart)),
                    "conf_low": float(ends[0]),
                    "conf_high": float(ends[1]),
                    "n_patients": int(n[kept[one]]),
                    "n_other": int(n[kept[other]]),
                    "reason": "",
                }
            )
    return rows
