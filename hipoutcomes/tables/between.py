"""Scores of rows that are no visits are scores between visits."""

import numpy as np

from hipoutcomes.tables.records import ScoreField


def between_visits(
    scores: dict[ScoreField, np.ndarray], is_visit: np.ndarray
) -> dict[ScoreField, np.ndarray]:
    """In rows that are no visits, scores before (or else after) treatment are scores between.

    Parameters
    ----------
    scores : dict of ScoreField to ndarray, shape (n,)
    is_visit : ndarray of bool, shape (n,)
    """
    if is_visit.all():
        return scores
    moved = dict(scores)
    for timing in ("before", "after"):
        for field in [f for f in scores if f.timing == timing]:
            values = moved[field]
            target = ScoreField(field.measure, "between", field.side, field.item)
            already = moved.get(target, np.full(len(values), np.nan))
            moving = ~is_visit & ~np.isnan(values) & np.isnan(already)
            if moving.any():
                moved[target] = np.where(moving, values, already)
                moved[field] = np.where(moving, np.nan, values)
    return moved
