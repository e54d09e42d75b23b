"""Multiple imputation of a later score from what is known of each patient at the start."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_values
from hipoutcomes.stats.models.least_squares.linear import LeastSquares, least_squares

#: Fewer patients due or measured than this get no imputation: of 15 patients, four in ten of them
#: not measured, 95 % intervals held the mean in 92.7 %; of 30 in 93.8 %.
FEWEST_DUE, FEWEST_MEASURED = 30, 10

#: Each column of the imputation model needs so many patients measured.
PATIENTS_PER_COLUMN = 10

#: Patients measured of whom one lends the score, in `matched_imputations`.
DONORS = 5


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """M draws of what the model could be: coefficients (M, q) and residual spreads (M,)."""

    beta: np.ndarray
    sigma: np.ndarray


def matched_imputations(
    outcome: np.ndarray,
    design: np.ndarray,
    design_missing: np.ndarray,
    *,
    n_imputations: int,
    seed: int,
    donors: int = DONORS,
) -> np.ndarray:
    """Lend those not measured the later score of a patient measured who was predicted alike.

    The estimand that they serve is that of everyone due: what those not measured would have scored,
    were they like those measured who are alike at the start.

    Parameters
    ----------
    outcome : ndarray, shape (m,)
        Later scores of those measured.
    design : ndarray, shape (m, q)
        What is known of them at the start; the first column is ones.
    design_missing : ndarray, shape (k, q)
        The same of those not measured.
    n_imputations : int
        Completed data sets M, 2 or more.
    seed : int
        Of the random generator.
    donors : int
        Patients measured, nearest in prediction, of whom one at random lends the score.

    Returns
    -------
    ndarray, shape (M, k)
        Scores that were given by someone, so always on the scale.

    Raises
    ------
    NotEnoughData
        When too few were measured for the columns, columns determine one another, or all
        outcomes are alike.
    ValueError
        With fewer than two data sets, or a number that is missing.

    Notes
    -----
    It is assumed that, among patients alike in the design, being measured has nothing to do with
    the outcome. With b and RSS of least squares on those measured and df = m - q, each data set
    draws ``sigma**2 = RSS / chi2(df)``, then ``beta = b + sigma (X'X)**(-1/2) z`` with z standard
    normal: the posterior under a flat prior [1]_. Those measured are predicted with b, those not
    measured with beta, and of the `donors` nearest one at random lends the score [2]_ [3]_; ties
    are in random order.

    Scores drawn from the normal model itself were tried and rejected: they leave the scale, and
    with 200 patients the interval of a share held it in 87 to 93 % only. Lent scores held the mean
    in 93.8 to 97.4 % and the share in 96.0 to 98.4 % (30, 60 and 200 patients, a quarter or
    four in ten not measured, 2,000 samples each). Few patients have few neighbours, so the mean
    then leans towards those measured: by a tenth of a point of pain with 30 patients, a fortieth
    with 200. `statsmodels.imputation.mice` was not used: it works on data frames, and draws
    coefficients without drawing their residual spread.

    References
    ----------
    .. [1] Rubin DB (1987). Multiple Imputation for Nonresponse in Surveys. Wiley, example 5.1.
    .. [2] Little RJA (1988). Missing-data adjustments in large surveys. Journal of Business &
       Economic Statistics 6(3), 287-296.
    .. [3] Morris TP, White IR, Royston P (2014). Tuning multiple imputation by predictive mean
       matching and local residual draws. BMC Medical Research Methodology 14, 75 ("type 1").

    Examples
    --------
    >>> x = np.column_stack([np.ones(12), np.arange(12.0)])
    >>> lent = matched_imputations(x[:, 1] % 5, x, x[:2], n_imputations=3, seed=1)
    >>> set(lent.ravel()) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    True
    """
    rng = np.random.default_rng(seed)
    fit = _fit(outcome, design, n_imputations)
    outcome, design = np.asarray(outcome, dtype=float), np.asarray(design, dtype=float)
    draws = _draw(fit, n_imputations, rng)
    known = design @ fit.beta
    wanted = draws.beta @ np.asarray(design_missing, dtype=float).T
    return np.array([_lent(outcome, known, each, min(donors, len(known)), rng) for each in wanted])


def _fit(outcome: np.ndarray, design: np.ndarray, n_imputations: int) -> LeastSquares:
    """Least squares on those measured, where they are enough."""
    outcome, design = checked_values(outcome, "outcome"), np.asarray(design, dtype=float)
    if n_imputations < 2:
        raise ValueError(f"n_imputations must be 2 or more; it is {n_imputations!r}.")
    n_measured, n_columns = len(outcome), design.shape[1]
    if n_measured < max(FEWEST_MEASURED, (n_columns - 1) * PATIENTS_PER_COLUMN):
        raise NotEnoughData(
            f"Imputation needs {FEWEST_MEASURED} patients measured, and {PATIENTS_PER_COLUMN} for "
            f"each column known at the start; there are {n_measured} for {n_columns - 1}.",
            remedy="Leave out columns.",
        )
    return least_squares(design, outcome)


def _draw(fit: LeastSquares, n_imputations: int, rng: np.random.Generator) -> _Draws:
    """Draws from the posterior of coefficients and residual spread."""
    sigma = fit.sigma * np.sqrt(fit.df / rng.chisquare(fit.df, n_imputations))
    away = rng.standard_normal((n_imputations, len(fit.beta))) @ fit.root.T
    return _Draws(fit.beta + sigma[:, None] * away, sigma)


def _lent(
    outcome: np.ndarray, known: np.ndarray, wanted: np.ndarray, donors: int, rng
) -> np.ndarray:
    """One outcome for each prediction wanted, from one of the nearest predictions known."""
    order = np.lexsort((rng.random(len(known)), known))
    ranked = known[order]
    # Of a sorted row the nearest `donors` lie within as many places to either side.
    place = np.searchsorted(ranked, wanted)[:, None] + np.arange(-donors, donors)
    there = (place >= 0) & (place < len(ranked))
    place = np.clip(place, 0, len(ranked) - 1)
    distance = np.where(there, np.abs(ranked[place] - wanted[:, None]), np.inf)
    nearest = np.argpartition(distance, donors - 1, axis=1)[:, :donors]
    chosen = nearest[np.arange(len(wanted)), rng.integers(donors, size=len(wanted))]
    return outcome[order[place[np.arange(len(wanted)), chosen]]]
