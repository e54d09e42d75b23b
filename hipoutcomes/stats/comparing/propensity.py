"""The probability of each arm given what was known at the start, fast enough to be fitted often."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, qr, solve

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups, checked_values

#: Newton's steps before giving up; arms that overlap take about six.
MOST_STEPS = 40

#: A gradient per patient under this, for columns of mean square one, is a maximum.
FLAT = 1e-7

#: Log odds beyond this (1 in 160,000) mean that the arms are of different patients.
MOST_LOG_ODDS = 12.0

_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Propensity:
    """Probabilities of J arms for n patients, from k columns.

    Attributes
    ----------
    beta : ndarray, shape (J - 1, k)
        Log odds ratios of arms 1 to J - 1 against arm 0, per unit of each column.
    probabilities : ndarray, shape (n, J)
    information : ndarray, shape ((J - 1) k, (J - 1) k)
        Of ``beta.ravel()``.
    settled : bool
        The likelihood has its maximum here, and nobody's arm was all but certain. Otherwise some
        kinds of patients came to one arm only, and the probabilities are those at the last step.
    """

    beta: np.ndarray
    probabilities: np.ndarray
    information: np.ndarray
    settled: bool


def orthonormal_columns(columns: np.ndarray) -> np.ndarray:
    """A constant and columns at right angles that span the same covariates.

    Parameters
    ----------
    columns : ndarray, shape (n, m)
        Covariates, without a constant; columns that others determine add nothing.

    Returns
    -------
    ndarray, shape (n, k)
        Each of mean square one, the constant first.

    Examples
    --------
    >>> orthonormal_columns(np.array([[1.0, 2.0], [3.0, 6.0]])).round(9).tolist()
    [[1.0, -1.0], [1.0, 1.0]]
    """
    columns = np.asarray(columns, dtype=float).reshape(len(columns), -1)
    checked_values(columns.ravel(), "columns")
    centred = columns - columns.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    varies = spread > _ROUNDING * np.maximum(np.abs(columns).max(axis=0, initial=0.0), 1.0)
    scaled = centred[:, varies] / spread[varies]
    basis, upper, _ = qr(scaled, mode="economic", pivoting=True)
    sizes = np.abs(np.diag(upper))
    kept = sizes > 1e-9 * np.sqrt(len(columns))
    signs = np.where(np.diag(upper)[kept] < 0, -1.0, 1.0)
    rest = basis[:, : len(sizes)][:, kept] * signs * np.sqrt(len(columns))
    return np.column_stack([np.ones(len(columns)), rest])


def fit_propensity(
    columns: np.ndarray,
    arms: np.ndarray,
    *,
    n_arms: int | None = None,
    counts: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> Propensity:
    """Fit the probability of each arm by multinomial logistic regression.

    The estimand: for each patient, the chance of each arm among patients alike in the columns.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
        From `orthonormal_columns`: columns of mean square one, the constant first.
    arms : ndarray of int, shape (n,)
        Arm of each patient, 0 to J - 1.
    n_arms : int, optional
        J, where not every arm need occur.
    counts : ndarray, shape (n,), optional
        How often each patient counts, as in a resample; once unless given.
    start : ndarray, shape (J - 1, k), optional
        Coefficients to start from.

    Raises
    ------
    NotEnoughData
        When an arm has no patient.

    Notes
    -----
    ``P(arm j | x) = exp(x'b_j) / (1 + sum_h exp(x'b_h))`` by Newton's steps, halved until the
    likelihood rises. It is `stats.models.categories.multinomial` without its diagnostics, several
    hundred times faster in resamples; where columns separate the arms it stops with `settled` False
    instead of raising, for then the answer is that they cannot be compared.

    References
    ----------
    Imbens GW (2000). The role of the propensity score in estimating dose-response functions.
    Biometrika 87(3), 706-710. Agresti A (2013). Categorical Data Analysis, 3rd ed., section 8.1.

    Examples
    --------
    >>> fitted = fit_propensity(np.ones((4, 1)), np.array([0, 1, 2, 2]))
    >>> fitted.probabilities[0].round(6), fitted.settled
    (array([0.25, 0.25, 0.5 ]), True)
    """
    columns = np.asarray(columns, dtype=float)
    arms, n_arms = checked_groups(arms, len(columns), n_arms)
    counts = np.ones(len(arms)) if counts is None else np.asarray(counts, dtype=float)
    if not (np.bincount(arms, counts, n_arms) > 0).all():
        raise NotEnoughData(
            "An arm without a patient has no probability.",
            f"Patients in each arm: {np.bincount(arms, counts, n_arms).astype(int).tolist()}.",
        )
    given = np.eye(n_arms)[arms]
    beta = np.zeros((n_arms - 1, columns.shape[1])) if start is None else start.copy()
    likelihood, probabilities = _likelihood(columns, arms, counts, beta)
    total = counts.sum()
    for _ in range(MOST_STEPS):
        gradient = ((given - probabilities)[:, 1:] * counts[:, None]).T @ columns
        if np.abs(gradient).max() <= FLAT * total:
            break
        information = _information(columns, probabilities, counts)
        step = _step(information, gradient)
        for _ in range(12):
            reached, there = _likelihood(columns, arms, counts, beta + step)
            if reached >= likelihood - 1e-12 * abs(likelihood):
                break
            step = step / 2
        beta, probabilities, gained = beta + step, there, reached - likelihood
        likelihood = reached
        if np.abs(columns @ beta.T).max() > 2 * MOST_LOG_ODDS or gained <= 1e-14 * total:
            break
    gradient = ((given - probabilities)[:, 1:] * counts[:, None]).T @ columns
    steep = np.abs(gradient).max() > 100 * FLAT * total
    far = np.abs((columns @ beta.T)[counts > 0]).max() > MOST_LOG_ODDS
    return Propensity(
        beta,
        probabilities,
        _information(columns, probabilities, counts),
        bool(not steep and not far),
    )


def _likelihood(
    columns: np.ndarray, arms: np.ndarray, counts: np.ndarray, beta: np.ndarray
) -> tuple[float, np.ndarray]:
    """Log likelihood and probabilities at these coefficients."""
    odds = np.column_stack([np.zeros(len(columns)), columns @ beta.T])
    odds -= odds.max(axis=1, keepdims=True)
    powers = np.exp(odds)
    sums = powers.sum(axis=1)
    own = odds[np.arange(len(arms)), arms] - np.log(sums)
    return float(counts @ own), powers / sums[:, None]


def _information(columns: np.ndarray, probabilities: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Minus the second derivatives of the log likelihood, arm by arm."""
    n_columns, n_rest = columns.shape[1], probabilities.shape[1] - 1
    made = np.empty((n_rest, n_columns, n_rest, n_columns))
    for one in range(n_rest):
        for two in range(one, n_rest):
            p, q = probabilities[:, one + 1], probabilities[:, two + 1]
            weight = counts * p * ((one == two) - q)
            made[one, :, two] = columns.T @ (weight[:, None] * columns)
            made[two, :, one] = made[one, :, two].T
    return made.reshape(n_rest * n_columns, -1)


def _step(information: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Newton's step; kept finite where arms are separated and the information vanishes."""
    flat = information.copy()
    flat[np.diag_indices_from(flat)] += 1e-10 * max(float(np.trace(information)), 1e-300)
    try:
        step = solve(flat, gradient.ravel(), assume_a="pos", check_finite=False)
    except LinAlgError:
        step = np.linalg.lstsq(flat, gradient.ravel(), rcond=None)[0]
    return step.reshape(gradient.shape)
