"""Multinomial logistic regression on arrays: the probability of each of several categories."""

import warnings
from dataclasses import dataclass

import numpy as np
from statsmodels.discrete.discrete_model import MNLogit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups
from hipoutcomes.stats.models.categories.separation import (
    MOST_LOG_ODDS,
    MOST_STEPS,
    STEEPEST,
    refuse_separated,
)
from hipoutcomes.stats.models.orthonormal import OrthonormalDesign, orthonormal_design


@dataclass(frozen=True, slots=True, eq=False)
class MultinomialFit:
    """Probabilities of J categories for n rows, from k columns.

    Attributes
    ----------
    beta : ndarray, shape (J - 1, k)
        Log odds ratios of categories 1 to J - 1 against category 0, per unit of each column.
    covariance : ndarray, shape ((J - 1) k, (J - 1) k)
        Of ``beta.ravel()``: the inverse of the information.
    probabilities : ndarray, shape (n, J)
        Of each category, row by row; every row adds to one.
    scores : ndarray, shape (n, (J - 1) k)
        Derivative of each row's log likelihood with respect to ``beta.ravel()``.
    gradient : float
        Largest part of their sum, per row and for columns of mean square one: zero at the maximum.
    log_likelihood : float
    """

    beta: np.ndarray
    covariance: np.ndarray
    probabilities: np.ndarray
    scores: np.ndarray
    gradient: float
    log_likelihood: float

    def predict(self, design: np.ndarray) -> np.ndarray:
        """Probabilities of shape (m, J) for other rows of the same k columns.

        Parameters
        ----------
        design : ndarray, shape (m, k)
        """
        return _softmax(np.asarray(design, dtype=float) @ self.beta.T)


def fit_multinomial(
    design: np.ndarray, codes: np.ndarray, *, start: np.ndarray | None = None
) -> MultinomialFit:
    """Fit the log odds of categories on the columns of a design, by maximum likelihood.

    The estimand: for each category and column, the log odds ratio of that category against
    category 0 between rows one unit apart in the column and alike in the others.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        One row per outcome; the intercept is a column of ones.
    codes : ndarray of int, shape (n,)
        Category of each row, 0 to J - 1; every category must occur.
    start : ndarray, shape (J - 1, k), optional
        Coefficients to start from, such as those of a fit of nearly the same rows.

    Raises
    ------
    NotEnoughData
        When a category has no row, there are fewer than two categories or no more rows than
        columns, columns determine one another, or columns separate the categories so well that
        no finite estimate exists (the columns are named by their positions).
    ValueError
        When a number is missing or infinite, codes are no whole numbers from 0, or shapes do
        not fit.

    Notes
    -----
    ``P(y = j | x) = exp(x'b_j) / (1 + sum_h exp(x'b_h))`` with ``b_0 = 0`` [1]_, by Newton's steps
    (statsmodels' MNLogit) on orthonormal columns. Convergence is judged by the gradient at
    the answer, worked out again here, not by a flag; where it fails, or log odds beyond 12 appear,
    `endless_direction` decides whether the estimate exists at all.

    References
    ----------
    .. [1] Agresti A (2013). Categorical Data Analysis, 3rd ed., section 8.1. Wiley.

    Examples
    --------
    >>> codes = np.array([0, 1, 2, 2])
    >>> fit = fit_multinomial(np.ones((4, 1)), codes)
    >>> fit.probabilities[0].round(6), (fit.beta.round(6) + 0.0).tolist()
    (array([0.25, 0.25, 0.5 ]), [[0.0], [0.693147]])
    """
    codes, n_categories = checked_groups(codes, len(codes))
    check_present(codes, n_categories)
    made = orthonormal_design(design, len(codes))
    coefficients = _coefficients(made, codes, n_categories, start)
    probabilities = _softmax(made.basis @ coefficients.T)
    residuals = np.eye(n_categories)[codes][:, 1:] - probabilities[:, 1:]
    gradient = float(np.abs(residuals.T @ made.basis).max() / len(codes))
    if not gradient <= STEEPEST or np.abs(made.basis @ coefficients.T).max() > MOST_LOG_ODDS:
        _refuse_separated(made.design, codes, n_categories)
    if not gradient <= STEEPEST:
        raise NotEnoughData(
            f"The probabilities of the {n_categories} categories did not settle: the gradient is "
            f"still {gradient:.1g} per row.",
            remedy="Leave out columns, or merge categories.",
        )
    beta = coefficients @ made.root.T
    scores = (residuals[:, :, None] * made.design[:, None, :]).reshape(len(codes), -1)
    return MultinomialFit(
        beta=beta,
        covariance=_covariance(made, probabilities[:, 1:]),
        probabilities=probabilities,
        scores=scores,
        gradient=gradient,
        log_likelihood=float(np.log(probabilities[np.arange(len(codes)), codes]).sum()),
    )


def check_present(codes: np.ndarray, n_categories: int) -> None:
    """Raise when there are fewer than two categories, or one has no row."""
    counts = np.bincount(codes, minlength=n_categories)
    if n_categories < 2:
        raise NotEnoughData(
            f"All {len(codes)} rows are of one category.",
            "Probabilities need two categories or more.",
        )
    if not counts.all():
        raise NotEnoughData(
            f"No row is of category {', '.join(map(str, np.flatnonzero(counts == 0)))}.",
            f"The {n_categories} categories need rows, each.",
            "Leave out the categories that do not occur.",
        )


def _coefficients(
    made: OrthonormalDesign, codes: np.ndarray, n_categories: int, start: np.ndarray | None
) -> np.ndarray:
    """Coefficients (J - 1, k) of the orthonormal columns, wherever Newton's steps end."""
    model = MNLogit(codes, made.basis)
    if start is None:
        first = np.zeros((made.basis.shape[1], n_categories - 1))
    else:
        first = np.linalg.solve(made.root, np.asarray(start, dtype=float).T)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fit = model.fit(
                start_params=first.ravel(order="F"),
                method="newton",
                maxiter=MOST_STEPS,
                tol=1e-12,
                disp=False,
                warn_convergence=False,
            )
        except np.linalg.LinAlgError:
            return np.full((n_categories - 1, made.basis.shape[1]), np.nan)
    return np.asarray(fit.params).T


def _softmax(log_odds: np.ndarray) -> np.ndarray:
    """Probabilities (n, J) from log odds (n, J - 1) against the first category."""
    padded = np.column_stack([np.zeros(len(log_odds)), log_odds])
    powers = np.exp(padded - padded.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _covariance(made: OrthonormalDesign, probabilities: np.ndarray) -> np.ndarray:
    """Inverse of the information about ``beta.ravel()``; probabilities without the first."""
    n_columns, n_others = made.basis.shape[1], probabilities.shape[1]
    information = np.empty((n_others, n_columns, n_others, n_columns))
    for one in range(n_others):
        for two in range(one, n_others):
            weight = -probabilities[:, one] * probabilities[:, two]
            weight += probabilities[:, one] * (one == two)
            block = (made.basis * weight[:, None]).T @ made.basis
            information[one, :, two] = information[two, :, one] = block
    size = n_others * n_columns
    root = np.kron(np.eye(n_others), made.root)
    return root @ np.linalg.inv(information.reshape(size, size)) @ root.T


def _refuse_separated(design: np.ndarray, codes: np.ndarray, n_categories: int) -> None:
    """Raise when no finite estimate exists, with the positions of the columns at fault."""
    n_columns = design.shape[1]
    margins = []
    for seen in range(n_categories):
        for other in set(range(n_categories)) - {seen}:
            rows = design[codes == seen]
            part = np.zeros((len(rows), n_categories, n_columns))
            part[:, seen], part[:, other] = rows, -rows
            margins.append(part[:, 1:].reshape(len(rows), -1))
    refuse_separated(np.concatenate(margins), design)
