"""Columns of scores become one array per measure, moment and side."""

import numpy as np
import pandas as pd

from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.tables.records import ScoreField
from hipoutcomes.vocabulary.codelists import MOTIONS

Scores = dict[ScoreField, np.ndarray]


def scores_of(columns: list[tuple[ColumnRead, np.ndarray]]) -> tuple[Scores, dict[int, Scores]]:
    """Scores by field, and those that belong to a day after their row, by number of days.

    Parameters
    ----------
    columns : list of (ColumnRead, codes)
        Columns of scores, and the code of each row's value.
    """
    scores: Scores = {}
    later: dict[int, Scores] = {}
    for column, codes in columns:
        target = column.plan.target
        place = later.setdefault(target.days_later, {}) if target.days_later else scores
        place[target.score] = column.numbers(codes)
    return scores, later


def by_mode(scores: Scores, mode: pd.Categorical) -> Scores:
    """Range of motion without a mode goes to the active or passive measure that the row names.

    Parameters
    ----------
    scores : dict of ScoreField to ndarray, shape (n,)
    mode : Categorical, length n
        ``active``, ``passive`` or missing.
    """
    sorted_out: Scores = {}
    for field, values in scores.items():
        if field.measure not in MOTIONS.terms:
            _merge(sorted_out, field, values)
            continue
        for word in ("active", "passive"):
            chosen = np.asarray(mode == word)
            named = ScoreField(f"{field.measure}_{word}", field.timing, field.side)
            if (chosen & ~np.isnan(values)).any():
                _merge(sorted_out, named, np.where(chosen, values, np.nan))
        unnamed = np.where(np.asarray(mode.isna()), values, np.nan)
        if not np.isnan(unnamed).all():
            _merge(sorted_out, field, unnamed)
    return sorted_out


def _merge(scores: Scores, field: ScoreField, values: np.ndarray) -> None:
    """Add scores to a field without writing over those already there."""
    already = scores.get(field)
    scores[field] = values if already is None else np.where(np.isnan(already), values, already)
