"""Proportional-odds regression on arrays: categories in order, one odds ratio for every cut."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from statsmodels.miscmodels.ordinal_model import OrderedModel

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups
from hipoutcomes.stats.models.categories.multinomial import check_present
from hipoutcomes.stats.models.categories.separation import (
    MOST_LOG_ODDS,
    STEEPEST,
    Separated,
    endless_direction,
)
from hipoutcomes.stats.models.orthonormal import orthonormal_design

#: Newton's steps that follow statsmodels, which stops a little short of the maximum.
_LAST_STEPS = 10


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalFit:
    """Probabilities of J ordered categories for n rows, from k columns.

    Attributes
    ----------
    cuts : ndarray, shape (J - 1,)
        Log odds of lying at or under each category but the last, where every column is zero.
    beta : ndarray, shape (k,)
        Log odds ratios of lying higher, per unit of each column; the same at every cut.
    covariance : ndarray, shape (J - 1 + k, J - 1 + k)
        Of cuts and `beta`, in this order: the inverse of the observed information.
    probabilities : ndarray, shape (n, J)
    gradient : float
        Largest part of the gradient, per row and for columns of mean square one.
    log_likelihood : float
    """

    cuts: np.ndarray
    beta: np.ndarray
    covariance: np.ndarray
    probabilities: np.ndarray
    gradient: float
    log_likelihood: float

    def standardised(self, designs: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Mean probability of each category over rows, once for each of m designs of them.

        Parameters
        ----------
        designs : iterable of ndarray, shape (n, k)
            The rows, with a factor set to each of its levels in turn.

        Returns
        -------
        shares : ndarray, shape (m, J)
        covariance : ndarray, shape (m J, m J)
            Of ``shares.ravel()``, by the delta method, for these rows.
        """
        shares, slopes = [], []
        for design in designs:
            under = expit(self.cuts - (design @ self.beta)[:, None])
            steep = under * (1 - under)
            by_cut = np.column_stack([np.diag(steep.mean(axis=0)), -steep.T @ design / len(design)])
            ends = np.zeros((1, by_cut.shape[1]))
            slopes.append(np.diff(np.concatenate([ends, by_cut, ends]), axis=0))
            shares.append(np.diff(np.concatenate([[0.0], under.mean(axis=0), [1.0]])))
        slopes = np.concatenate(slopes)
        return np.array(shares), slopes @ self.covariance @ slopes.T


def fit_ordinal(design: np.ndarray, codes: np.ndarray) -> OrdinalFit:
    """Fit the odds of lying in a higher category on the columns of a design.

    The estimand: for each column, the log odds ratio of lying above a cut between rows one unit
    apart in the column and alike in the others, taken to be the same wherever the cut is made.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        One row per outcome, without an intercept: the cuts stand for it.
    codes : ndarray of int, shape (n,)
        Category of each row, 0 (lowest) to J - 1; every category must occur.

    Raises
    ------
    NotEnoughData
        When there are fewer than three categories or one has no row, rows are too few, columns
        determine one another (named by positions from 1: column 0 is the constant that the cuts
        stand for), or columns separate the categories.
    ValueError
        When a number is missing or infinite, codes are no whole numbers from 0, or shapes do
        not fit.

    Notes
    -----
    ``log(P(y <= j) / P(y > j)) = cut_j - x'b`` [1]_, by statsmodels' OrderedModel on orthonormal
    columns, and Newton's steps from where it stops. The information is worked out, not taken
    as a difference of gradients, and convergence is judged by the gradient.

    References
    ----------
    .. [1] McCullagh P (1980). Regression models for ordinal data. Journal of the Royal Statistical
       Society B 42(2), 109-142.

    Examples
    --------
    >>> sick = np.repeat([[0.0], [1.0]], 6, axis=0)
    >>> fit = fit_ordinal(sick, np.array([0, 0, 0, 1, 1, 2, 0, 1, 1, 2, 2, 2]))
    >>> fit.cuts.round(3) + 0.0, fit.beta.round(3)
    (array([0.   , 1.609]), array([1.609]))
    """
    codes, n_categories = checked_groups(codes, len(codes))
    check_present(codes, n_categories)
    if n_categories < 3:
        raise NotEnoughData(
            "There are 2 categories; an order needs 3 or more.", remedy="Use logistic regression."
        )
    ones = np.ones((len(codes), 1))
    made = orthonormal_design(np.column_stack([ones, design]), len(codes))
    slopes = made.basis[:, 1:]
    start = _start(slopes, codes)
    point, gradient, information = _finished(start, slopes, codes, n_categories)
    if not gradient <= STEEPEST or np.abs(slopes @ point[n_categories - 1 :]).max() > MOST_LOG_ODDS:
        _refuse_separated(made.design[:, 1:], codes, n_categories)
    if not gradient <= STEEPEST:
        raise NotEnoughData(
            f"The odds ratios did not settle: the gradient is still {gradient:.1g} per row.",
            remedy="Leave out columns, or merge categories.",
        )
    turn = np.eye(len(point))
    turn[n_categories - 1 :, n_categories - 1 :] = made.root[1:, 1:]
    turn[: n_categories - 1, n_categories - 1 :] = -made.root[0, 1:]
    point = turn @ point
    cuts, beta = point[: n_categories - 1], point[n_categories - 1 :]
    probabilities = _probabilities(cuts, made.design[:, 1:] @ beta)
    return OrdinalFit(
        cuts=cuts,
        beta=beta,
        covariance=turn @ np.linalg.inv(information) @ turn.T,
        probabilities=probabilities,
        gradient=gradient,
        log_likelihood=float(np.log(probabilities[np.arange(len(codes)), codes]).sum()),
    )


def _start(slopes: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Cuts and coefficients of orthonormal columns, wherever statsmodels stops."""
    model = OrderedModel(codes, slopes, distr="logit")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fit = model.fit(method="bfgs", maxiter=200, disp=False, skip_hessian=True)
    n_columns = slopes.shape[1]
    cuts = model.transform_threshold_params(fit.params)[1:-1]
    return np.concatenate([cuts, fit.params[:n_columns]])


def _finished(
    point: np.ndarray, slopes: np.ndarray, codes: np.ndarray, n_categories: int
) -> tuple[np.ndarray, float, np.ndarray]:
    """The maximum by Newton's steps, the gradient there per row, and the information."""
    for _ in range(_LAST_STEPS):
        score, information = _derivatives(point, slopes, codes, n_categories)
        gradient = float(np.abs(score).max() / len(codes))
        if not np.isfinite(gradient) or gradient <= 1e-3 * STEEPEST:
            break
        try:
            point = point + np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
    return point, gradient, information


def _derivatives(
    point: np.ndarray, slopes: np.ndarray, codes: np.ndarray, n_categories: int
) -> tuple[np.ndarray, np.ndarray]:
    """Score and observed information about cuts and coefficients."""
    n_cuts = n_categories - 1
    cuts = np.concatenate([[-np.inf], point[:n_cuts], [np.inf]])
    at = slopes @ point[n_cuts:]
    steps = np.eye(n_categories + 1)[:, 1:-1]
    upper = np.column_stack(
        [steps[codes + 1], np.where(codes < n_cuts, -1.0, 0.0)[:, None] * slopes]
    )
    lower = np.column_stack([steps[codes], np.where(codes > 0, -1.0, 0.0)[:, None] * slopes])
    with np.errstate(all="ignore"):
        high, low = expit(cuts[codes + 1] - at), expit(cuts[codes] - at)
        within = high - low
        up, down = high * (1 - high) / within, low * (1 - low) / within
        score = upper.T @ up - lower.T @ down
        bend_up = up**2 - up * (1 - 2 * high)
        bend_down = down**2 + down * (1 - 2 * low)
    crossed = upper.T @ (lower * (up * down)[:, None])
    information = upper.T @ (upper * bend_up[:, None]) + lower.T @ (lower * bend_down[:, None])
    return score, information - crossed - crossed.T


def _probabilities(cuts: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Probability of each category (n, J) at these linear predictors."""
    under = expit(cuts - at[:, None])
    return np.diff(np.column_stack([np.zeros(len(at)), under, np.ones(len(at))]), axis=1)


def _refuse_separated(design: np.ndarray, codes: np.ndarray, n_categories: int) -> None:
    """Raise when no finite estimate exists, with the positions of the columns at fault."""
    steps = np.eye(n_categories + 1)[:, 1:-1]
    above, under = codes < n_categories - 1, codes > 0
    margins = [
        np.column_stack([steps[codes[above] + 1], -design[above]]),
        np.column_stack([-steps[codes[under]], design[under]]),
    ]
    direction = endless_direction(np.concatenate(margins))
    if direction is not None:
        raise Separated(tuple(map(int, np.flatnonzero(direction[n_categories - 1 :]))))
