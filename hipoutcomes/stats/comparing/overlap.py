"""Overlap weights for two arms or more, what they leave of a sample, and the balance they give."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hipoutcomes.stats.inputs import checked_groups


@dataclass(frozen=True, slots=True, eq=False)
class OverlapWeights:
    """Weights that turn n patients in J arms into patients who could have been in any arm.

    Attributes
    ----------
    tilt : ndarray, shape (n,)
        How much of each patient belongs to that population, 0 to 1 / J.
    weight : ndarray, shape (n,)
        `tilt` over the probability of the arm the patient was in.
    n_effective : ndarray, shape (J,)
        Unweighted patients that would tell as much, in each arm.
    """

    tilt: np.ndarray
    weight: np.ndarray
    n_effective: np.ndarray


def overlap_weights(probabilities: np.ndarray, arms: np.ndarray) -> OverlapWeights:
    """Generalised overlap weights.

    The estimand these weights serve: means of patients who could have had any of the arms, each
    patient counting by how evenly the arms might have been theirs.

    The population they stand for: patients who could have had any of the arms, counted the more
    the more evenly their chances were spread over all of them.

    Parameters
    ----------
    probabilities : ndarray, shape (n, J)
        Of each arm, from `fit_propensity`.
    arms : ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        When there is not one arm per patient.

    Notes
    -----
    With e_j(x) the probability of arm j, the tilt is ``h(x) = 1 / sum_j 1 / e_j(x)`` and the
    weight of a patient in arm z ``h(x) / e_z(x)`` [1]_. Of all weights that are a function of x
    over the probability it gives the least sum of variances where the outcome's spread is alike;
    with two arms it is one minus the probability of the arm received [2]_. No weight exceeds 1, so
    none needs cutting. The effective number is ``(sum w)**2 / sum w**2`` [3]_.

    References
    ----------
    .. [1] Li F, Li F (2019). Propensity score weighting for causal inference with multiple
       treatments. Annals of Applied Statistics 13(4), 2389-2415.
    .. [2] Li F, Morgan KL, Zaslavsky AM (2018). Balancing covariates via propensity score
       weighting. Journal of the American Statistical Association 113(521), 390-400.
    .. [3] Kish L (1965). Survey Sampling. Wiley.

    Examples
    --------
    >>> found = overlap_weights(np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([0, 1]))
    >>> found.tilt.round(4), found.weight.round(4)
    (array([0.16, 0.25]), array([0.8, 0.5]))
    """
    probabilities = np.asarray(probabilities, dtype=float)
    n_rows, n_arms = probabilities.shape
    arms, _ = checked_groups(arms, n_rows, n_arms)
    # A probability of zero gives a tilt of zero: nobody like that could have had any arm.
    safe = np.maximum(probabilities, 1e-300)
    smallest = safe.min(axis=1)
    tilt = smallest / (smallest[:, None] / safe).sum(axis=1)
    weight = tilt / safe[np.arange(n_rows), arms]
    sums = np.bincount(arms, weight, n_arms)
    squares = np.bincount(arms, weight**2, n_arms)
    n_effective = np.divide(sums**2, squares, out=np.zeros(n_arms), where=squares > 0)
    return OverlapWeights(tilt, weight, n_effective)


def largest_differences(
    columns: np.ndarray, arms: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Largest standardised difference of each characteristic between two arms.

    Parameters
    ----------
    columns : ndarray, shape (n, m)
        One characteristic per column: numbers, or 0 and 1 for a category.
    arms : ndarray of int, shape (n,)
        Arm of each patient, 0 to J - 1.
    weights : ndarray, shape (n,), optional
        Equal unless given.

    Returns
    -------
    ndarray, shape (m,)
        In standard deviations, 0 or more; infinite where arms differ in what varies in none.

    Raises
    ------
    ValueError
        When there is not one arm per patient.

    Notes
    -----
    The difference of (weighted) means over the root of the mean variance of all arms before
    weighting [1]_, so that numbers before and after weighting can be compared.

    References
    ----------
    .. [1] Li F, Li F (2019). Annals of Applied Statistics 13(4), 2389-2415, section 4.

    Examples
    --------
    >>> age = np.array([[40.0], [60.0], [50.0], [70.0]])
    >>> largest_differences(age, np.array([0, 0, 1, 1])).round(3)
    array([0.707])
    """
    columns = np.asarray(columns, dtype=float)
    arms, n_arms = checked_groups(arms, len(columns))
    weights = np.ones(len(columns)) if weights is None else np.asarray(weights, dtype=float)
    there = np.flatnonzero(np.bincount(arms, weights, n_arms) > 0)
    means = np.array([np.average(columns[arms == j], axis=0, weights=weights[arms == j])
                      for j in there])  # fmt: skip
    variances = [columns[arms == j].var(axis=0, ddof=1) for j in there if (arms == j).sum() > 1]
    spread = np.sqrt(np.mean(variances, axis=0)) if variances else np.zeros(columns.shape[1])
    pairs = list(combinations(range(len(there)), 2))
    if not pairs:
        return np.full(columns.shape[1], np.nan)
    gap = np.max([np.abs(means[one] - means[two]) for one, two in pairs], axis=0)
    gap = np.where(gap < 1e-12, 0.0, gap)
    return np.where(spread > 1e-12, gap / np.where(spread > 1e-12, spread, 1.0),
                    np.where(gap > 0, np.inf, 0.0))  # fmt: skip
