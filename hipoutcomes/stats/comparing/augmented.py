"""Weighted means of arms with an outcome model beside: overlap weights, augmented."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.overlap import OverlapWeights, overlap_weights
from hipoutcomes.stats.comparing.propensity import Propensity, fit_propensity
from hipoutcomes.stats.inputs import checked_groups, checked_values


@dataclass(frozen=True, slots=True, eq=False)
class AugmentedMeans:
    """Mean outcome of J arms among patients who could have been in any, from n patients.

    Attributes
    ----------
    means : ndarray, shape (J,)
        In units of the outcome.
    influence : ndarray, shape (n, J)
        What each patient adds to the error of each mean, the fit of both models included.
    covariance : ndarray, shape (J, J)
        Of the means: ``influence.T @ influence``.
    weights : OverlapWeights
    propensity : Propensity
    """

    means: np.ndarray
    influence: np.ndarray
    covariance: np.ndarray
    weights: OverlapWeights
    propensity: Propensity


def augmented_means(columns: np.ndarray, arms: np.ndarray, outcome: np.ndarray) -> AugmentedMeans:
    """Mean outcome in each arm among patients who could have had any of them.

    The estimand: the mean outcome that patients alike in the columns would have in each arm, over
    the population of `overlap_weights`, if arms were by chance among patients alike in the columns.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
        From `orthonormal_columns`.
    arms : ndarray of int, shape (n,)
        Arm of each patient, 0 to J - 1.
    outcome : ndarray, shape (n,)

    Raises
    ------
    NotEnoughData
        When an arm has no patient, or there are no more patients than coefficients.
    ValueError
        When a number is missing, or shapes do not fit.

    Notes
    -----
    With weights w, tilt h and m_j(x) the prediction for arm j of one least-squares model of the
    outcome on arms and columns, ``sum(h m_j) / sum(h) + sum_j(w (y - m_j)) / sum_j(w)``, the
    second sums over arm j [1]_ [2]_. It is right for the population of the true tilt when the
    model of the arms is right; and, where the differences between arms are alike for everyone,
    also when only the model of the outcome is. The covariance is the sandwich of all estimating
    equations stacked (arms, outcome, means) [3]_, times ``n / (n - k - J + 1)`` for the
    coefficients of the outcome model.

    References
    ----------
    .. [1] Li F, Li F (2019). Annals of Applied Statistics 13(4), 2389-2415.
    .. [2] Mao H, Li L, Greene T (2019). Propensity score weighting analysis and treatment effect
       discovery. Statistical Methods in Medical Research 28(8), 2439-2454.
    .. [3] Stefanski LA, Boos DD (2002). The calculus of M-estimation. The American Statistician
       56(1), 29-38.

    Examples
    --------
    >>> found = augmented_means(np.ones((6, 1)), np.array([0, 0, 0, 1, 1, 1]),
    ...                         np.array([1.0, 2.0, 3.0, 2.0, 4.0, 9.0]))
    >>> found.means.round(6)
    array([2., 5.])
    """
    outcome = checked_values(outcome, "outcome")
    columns = np.asarray(columns, dtype=float)
    arms, n_arms = checked_groups(arms, len(outcome))
    n_rows, n_coefficients = len(outcome), columns.shape[1] + n_arms - 1
    if n_rows <= n_coefficients:
        raise NotEnoughData(
            f"{n_coefficients} coefficients need more than {n_coefficients} patients; there are "
            f"{n_rows}."
        )
    propensity = fit_propensity(columns, arms, n_arms=n_arms)
    weights = overlap_weights(propensity.probabilities, arms)
    design = np.column_stack([np.eye(n_arms)[arms], columns[:, 1:]])
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ (design.T @ outcome)
    means, influence = _stacked(columns, arms, outcome, design, bread, beta, propensity, weights)
    influence = influence * np.sqrt(n_rows / (n_rows - n_coefficients))
    return AugmentedMeans(means, influence, influence.T @ influence, weights, propensity)


def resampled_means(
    columns: np.ndarray,
    arms: np.ndarray,
    outcome: np.ndarray,
    *,
    resamples: int,
    seed: int,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """The means of `augmented_means` in resamples of the patients, both models fitted anew.

    Parameters
    ----------
    columns, arms, outcome
        As in `augmented_means`.
    resamples : int
    seed : int
    start : ndarray, shape (J - 1, k), optional
        Coefficients of the propensity to start from.

    Returns
    -------
    ndarray, shape (resamples, J)
        Rows are missing (NaN) where a resample held no patient of an arm.

    Notes
    -----
    Patients are drawn with replacement; each resample counts every patient 0, 1, 2, ... times.

    Examples
    --------
    >>> found = resampled_means(np.ones((6, 1)), np.array([0, 0, 0, 1, 1, 1]),
    ...                         np.array([1.0, 2.0, 3.0, 2.0, 4.0, 9.0]), resamples=4, seed=1)
    >>> found.shape
    (4, 2)
    """
    rng = np.random.default_rng(seed)
    outcome, n_arms = np.asarray(outcome, dtype=float), int(np.max(arms)) + 1
    design = np.column_stack([np.eye(n_arms)[arms], columns[:, 1:]])
    found = np.full((resamples, n_arms), np.nan)
    for place in range(resamples):
        counts = rng.multinomial(len(arms), np.full(len(arms), 1 / len(arms))).astype(float)
        if (np.bincount(arms, counts, n_arms) > 0).all():
            found[place] = _means_of(columns, arms, outcome, design, counts, start)
    return found


def _means_of(columns, arms, outcome, design, counts, start) -> np.ndarray:
    """The augmented means where patients count as often as `counts` says."""
    n_arms = design.shape[1] - columns.shape[1] + 1
    propensity = fit_propensity(columns, arms, n_arms=n_arms, counts=counts, start=start)
    weights = overlap_weights(propensity.probabilities, arms)
    weighted = design * counts[:, None]
    beta = np.linalg.lstsq(weighted.T @ design, weighted.T @ outcome, rcond=1e-10)[0]
    tilt, weight = weights.tilt * counts, weights.weight * counts
    shared = float(tilt @ (columns[:, 1:] @ beta[n_arms:])) / tilt.sum()
    residual = outcome - design @ beta
    return (
        beta[:n_arms]
        + shared
        + (np.bincount(arms, weight * residual, n_arms) / np.bincount(arms, weight, n_arms))
    )


def _stacked(
    columns, arms, outcome, design, bread, beta, propensity, weights
) -> tuple[np.ndarray, np.ndarray]:
    """Means, and each patient's influence on them through every estimating equation."""
    n_rows, n_arms = propensity.probabilities.shape
    given = np.eye(n_arms)[arms]
    residual = outcome - design @ beta
    of_beta = (design * residual[:, None]) @ bread
    probabilities = propensity.probabilities
    scores = (given - probabilities)[:, 1:, None] * columns[:, None, :]
    of_gamma = scores.reshape(n_rows, -1) @ np.linalg.pinv(propensity.information)
    tilt, weight = weights.tilt, weights.weight
    by_arm = tilt[:, None] / np.maximum(probabilities, 1e-300)
    total, shared = tilt.sum(), columns[:, 1:] @ beta[n_arms:]
    means, influence = np.empty(n_arms), np.empty((n_rows, n_arms))
    for j in range(n_arms):
        own = given[:, j] * weight
        predicted = beta[j] + shared
        first, second = tilt @ predicted / total, own @ residual / own.sum()
        means[j] = first + second
        tilted = tilt * (predicted - first) / total
        left = own * (residual - second) / own.sum()
        # How tilt and weight move with the log odds of each arm but the first.
        moved = tilted[:, None] * (by_arm - probabilities) + left[:, None] * (
            by_arm - np.eye(n_arms)[j]
        )
        to_gamma = (moved[:, 1:].T @ columns).ravel()
        counterfactual = np.column_stack([np.tile(np.eye(n_arms)[j], (n_rows, 1)), columns[:, 1:]])
        to_beta = tilt @ counterfactual / total - own @ design / own.sum()
        influence[:, j] = tilted + left + of_gamma @ to_gamma + of_beta @ to_beta
    return means, influence
