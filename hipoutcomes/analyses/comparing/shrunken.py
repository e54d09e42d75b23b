"""Adjusted means of arms judged together, with every place that each could be in."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.analyses.comparing.readings import Models
from hipoutcomes.analyses.comparing.tables import about
from hipoutcomes.stats.comparing.quasi_variances import quasi_variances
from hipoutcomes.stats.groups.shrinkage import shrunken_means

#: Fewer arms than this say nothing of how far arms lie apart.
FEWEST_ARMS = 3


def shrunken_rows(
    compared: Compared, models: Models, level: float, seed: int
) -> pd.DataFrame | None:
    """Adjusted means pulled towards one another, and the interval of each one's place.

    Parameters
    ----------
    compared : Compared
    models : Models
    level : float
    seed : int

    Returns
    -------
    DataFrame or None
        None with fewer than three arms.

    Notes
    -----
    Errors that the means share cancel in their differences and are left out
    (`stats.comparing.quasi_variances`), so the intervals are for comparing arms with one another.
    """
    if len(compared.arms) < FEWEST_ARMS:
        return None
    own = np.sqrt(quasi_variances(models.means_covariance))
    found = shrunken_means(models.means.estimate, own, seed=seed, level=level)
    quantity = "adjusted mean improvement, partially pooled"
    return about(compared.question, quantity, len(own)).assign(
        group=compared.arms,
        estimate=found.estimate,
        std_error=found.std_error,
        conf_low=found.conf_low,
        conf_high=found.conf_high,
        level=level,
        n_patients=compared.n_patients.astype("int64"),
        place_low=found.rank_low.astype("int64"),
        place_high=found.rank_high.astype("int64"),
    )


def place_words(table: pd.DataFrame, plural: str) -> list[str]:
    """Places that chance leaves open, lest the order of estimates be read as a ranking.

    Examples
    --------
    >>> place_words(pd.DataFrame({"group": ["Swedish", "Cupping"], "place_low": [1, 1],
    ...                           "place_high": [2, 2]}), "techniques")
    ['By adjusted mean, Swedish could be in any place from 1 to 2 and Cupping from 1 to 2, of 2:
    this is no ranking of techniques.']
    """
    wide = table[table["place_low"] < table["place_high"]]
    if wide.empty:
        return []
    parts = [
        f"{row.group}{{}} from {row.place_low} to {row.place_high}" for row in wide.itertuples()
    ]
    parts = [
        part.format("" if place else " could be in any place") for place, part in enumerate(parts)
    ]
    return [
        f"By adjusted mean, {sentences.listed(parts)}, of {len(table)}: this is no ranking of "
        f"{plural}."
    ]
