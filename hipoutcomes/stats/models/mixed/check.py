"""A fitted mixed model checked a second way, from the rows: convergence is never just a flag."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from hipoutcomes.errors import HipoutcomesError
from hipoutcomes.stats.models.mixed.best_predictions import (
    ModelRows,
    about_the_mean,
    best_predictions,
    within_patients,
)
from hipoutcomes.stats.models.mixed.fit import MixedFit

#: Largest distance between two computations, in standard errors or relative. Ordinary models come
#: to 1e-7 and less; a spread between patients of a hundred times the residual one to 1e-4.
TOLERANCE = 1e-3

#: Models of no more rows are also computed block by block from the covariance of the rows.
WHOLE_UP_TO = 3000

#: But not where a block (a patient, or a therapist with all patients) has more rows.
LARGEST_BLOCK = 600


@dataclass(frozen=True, slots=True)
class RowCheck:
    """How far a fit and the rows disagree; zero in all but rounding.

    Attributes
    ----------
    step : float
        Largest step from a coefficient to its generalised least-squares value at the estimated
        variances, in its standard errors.
    inverse : float
        Largest difference, relative to the spread of residuals, between residuals and the
        covariance of the rows times the residuals weighted by its inverse (in a patient's level,
        in the reach of their slope, and in a therapist's level).
    residual_variance : float
        Relative difference of the residual variance.
    score : float
        Largest relative difference of what the residuals add to the gradient of the criterion.
    criterion, covariance, gradient : float
        For a model of up to 3,000 rows, from the covariance of the rows block by block: difference
        of the criterion, largest relative difference of a variance of a coefficient, and largest
        slope of the criterion along a variance that is not at zero, as a step in about its
        standard error. Missing (NaN) for larger ones.
    """

    step: float
    inverse: float
    residual_variance: float
    score: float
    criterion: float = float("nan")
    covariance: float = float("nan")
    gradient: float = float("nan")

    @property
    def largest(self) -> float:
        """The largest of them."""
        return float(np.nanmax([getattr(self, name) for name in self.__dataclass_fields__]))


def checked_from_rows(fit: MixedFit, rows: ModelRows) -> RowCheck:
    """Compare a fit with the rows it is said to describe.

    Parameters
    ----------
    fit : MixedFit
    rows : ModelRows

    Raises
    ------
    HipoutcomesError
        When they disagree by more than rounding.

    Notes
    -----
    With residuals ``e = y - X b`` and ``v = V**-1 e``, the coefficients are the generalised
    least-squares ones at V exactly when ``X'v = 0``; then ``e'v`` is the residual variance times
    its degrees of freedom, and the residuals enter the gradient of the criterion in a variance
    through ``(Z'v)(Z'v)'``. None of this uses the moments that were fitted. For smaller models
    the criterion, its gradient and the covariance of the coefficients are computed as well, from V
    as it is defined and its Cholesky factor.
    """
    check = _residual_check(fit, rows)
    if fit.n_rows <= WHOLE_UP_TO and max(map(len, _blocks(rows))) <= LARGEST_BLOCK:
        criterion, covariance, gradient = _whole(fit, rows)
        check = replace(check, criterion=criterion, covariance=covariance, gradient=gradient)
    if not check.largest <= TOLERANCE:
        raise HipoutcomesError(
            f"The fitted model and its rows disagree: {check}.",
            f"Two computations of one model differ by less than {TOLERANCE:g}.",
            "Columns that nearly determine one another, or of very different size, can do this: "
            "leave out or rescale columns.",
        )
    return check


def _residual_check(fit: MixedFit, rows: ModelRows) -> RowCheck:
    """The comparison through residuals."""
    found = best_predictions(fit, rows)
    score = within_patients(rows, found.weighted, found.centre)
    lengths = np.diff(rows.starts)
    reach = np.sqrt(found.squares[range(len(score)), range(len(score))] / lengths)
    apart = [np.abs((found.relative @ score - found.about_mean) * reach).max()]
    if rows.therapists is not None:
        tau = fit.therapist_variance / fit.residual_variance
        total = tau * np.bincount(rows.therapists, score[0])
        apart.append(np.abs(total - found.therapists).max())
    df = fit.n_rows - len(fit.beta)
    step = fit.covariance @ rows.design.crossed(found.weighted) / fit.residual_variance
    variance = float(found.residuals @ found.weighted) / df
    return RowCheck(
        step=float(np.abs(step / np.sqrt(np.diag(fit.covariance))).max()),
        inverse=float(max(apart) / np.sqrt(fit.residual_variance)),
        residual_variance=abs(variance / fit.residual_variance - 1),
        score=_score_difference(fit, rows, score, found.centre),
    )


def _score_difference(fit: MixedFit, rows: ModelRows, score: np.ndarray, centre: float) -> float:
    """Largest relative difference of the residuals' part of the gradient."""
    expected = fit.residual_scores.copy()
    if rows.slope is not None:
        level, both, slope = expected[:3]
        expected[1] = both - 2 * centre * level
        expected[2] = slope - centre * both + centre**2 * level
    got = [score[0] @ score[0]]
    if rows.slope is not None:
        got += [2 * (score[0] @ score[1]), score[1] @ score[1]]
    if rows.therapists is not None:
        total = np.bincount(rows.therapists, score[0])
        got.append(total @ total)
    size = np.abs(expected)
    if rows.slope is not None:
        size[1] = 2 * np.sqrt(size[0] * size[2])
    return float((np.abs(np.array(got) - expected) / np.maximum(size, 1e-300)).max())


def _whole(fit: MixedFit, rows: ModelRows) -> tuple[float, float, float]:
    """Differences of criterion and covariance, and the gradient, from V as it is defined."""
    n, k = len(rows.outcome), len(fit.beta)
    data = np.vstack([rows.design.block(0, n), rows.outcome]).T
    crossed, log_v = np.zeros((k + 1, k + 1)), 0.0
    traces, turned = [], []
    for block in _blocks(rows):
        covariance, directions = _covariance(fit, rows, block)
        factor = cho_factor(covariance, lower=True)
        weighted = cho_solve(factor, data[block])
        crossed += data[block].T @ weighted
        log_v += 2 * float(np.log(np.diag(factor[0])).sum())
        inverse = cho_solve(factor, np.eye(len(block)))
        traces.append([np.sum(inverse * direction) for direction in directions])
        turned.append([weighted.T @ direction @ weighted for direction in directions])
    inverse = np.linalg.inv(crossed[:k, :k])
    beta = inverse @ crossed[:k, k]
    residual = float(crossed[k, k] - beta @ crossed[:k, k]) / (n - k)
    log_xx = float(np.linalg.slogdet(crossed[:k, :k])[1])
    criterion = log_v + log_xx + (n - k) * (1 + np.log(2 * np.pi * residual))
    sums, coefficients = np.sum(turned, axis=0), np.append(-beta, 1.0)
    gradient = np.sum(traces, axis=0) - np.einsum("ij,pij->p", inverse, sums[:, :k, :k])
    gradient -= np.einsum("i,pij,j->p", coefficients, sums, coefficients) / residual
    ratio = np.diag(inverse) * residual / np.diag(fit.covariance)
    return (
        abs(float(criterion) - fit.criterion),
        float(np.abs(ratio - 1).max()),
        _slope_where_free(fit, about_the_mean(fit, rows)[0], gradient),
    )


def _blocks(rows: ModelRows) -> list[np.ndarray]:
    """The rows of each patient, or of each therapist: blocks independent of one another."""
    own = [np.arange(start, stop) for start, stop in pairwise(rows.starts)]
    if rows.therapists is None:
        return own
    return [
        np.concatenate([own[patient] for patient in np.flatnonzero(rows.therapists == code)])
        for code in np.unique(rows.therapists)
    ]


def _covariance(
    fit: MixedFit, rows: ModelRows, block: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """V of a block relative to the residual variance, and its derivatives in the variances."""
    patient = np.searchsorted(rows.starts, block, side="right")
    same = (patient[:, None] == patient).astype(float)
    relative, centre = about_the_mean(fit, rows)
    parts, sizes = [same], [relative[0, 0]]
    if rows.slope is not None:
        z = rows.slope[block] - centre
        parts += [same * (z[:, None] + z), same * np.outer(z, z)]
        sizes += [relative[0, 1], relative[1, 1]]
    if rows.therapists is not None:
        parts.append(np.ones_like(same))
        sizes.append(fit.therapist_variance / fit.residual_variance)
    covariance = np.eye(len(block)) + sum(s * part for s, part in zip(sizes, parts, strict=True))
    return covariance, parts


def _slope_where_free(fit: MixedFit, relative: np.ndarray, gradient: np.ndarray) -> float:
    """Largest slope of the criterion along variances that are not zero, in their standard errors.

    With m patients the criterion curves by about m / 2 in the logarithm of a variance.
    """
    slopes = gradient[:1, None]
    if len(relative) == 2:
        slopes = np.array([[gradient[0], gradient[1] / 2], [gradient[1] / 2, gradient[2]]])
    sizes, directions = np.linalg.eigh(relative)
    root = directions * np.sqrt(np.maximum(sizes, 0.0))
    found = np.abs(root.T @ slopes @ root).max()
    if fit.therapist_variance is not None:
        tau = fit.therapist_variance / fit.residual_variance
        found = max(found, abs(gradient[-1] * tau))
    return float(found * np.sqrt(2 / fit.n_patients))
