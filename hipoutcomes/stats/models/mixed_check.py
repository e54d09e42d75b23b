"""A fitted mixed model checked a second way, from the rows: convergence is never just a flag."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from hipoutcomes.errors import HipoutcomesError
from hipoutcomes.stats.models.mixed import MixedFit

#: A step to the generalised least-squares answer, in standard errors, or a relative difference,
#: that two computations in the machine's precision would not show.
TOLERANCE = 1e-5

#: Models of no more rows are also computed block by block from the covariance of the rows.
WHOLE_UP_TO = 3000

#: But not where a block (a patient, or a therapist with all patients) has more rows.
LARGEST_BLOCK = 600


class Design(Protocol):
    """A design of n rows and k columns."""

    def block(self, start: int, stop: int) -> np.ndarray:
        """Rows `start` to `stop`, shape (k, stop - start)."""

    def times(self, beta: np.ndarray) -> np.ndarray:
        """``X beta``."""

    def crossed(self, values: np.ndarray) -> np.ndarray:
        """``X'v``."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelRows:
    """The n rows of a mixed model, side by side by patient.

    Attributes
    ----------
    design : Design
    outcome : ndarray, shape (n,)
    starts : ndarray of int, shape (m + 1,)
        First row of each of m patients, and n.
    slope : ndarray, shape (n,), or None
    therapists : ndarray of int, shape (m,), or None
        Therapist of each patient, from 0.
    """

    design: Design
    outcome: np.ndarray
    starts: np.ndarray
    slope: np.ndarray | None = None
    therapists: np.ndarray | None = None


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
        slope of the criterion in a variance that is not at zero, in units of that variance.
        Missing (NaN) for larger ones.
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
    firsts, lengths = rows.starts[:-1], np.diff(rows.starts)
    relative, centre = _about_the_mean(fit, rows)
    z = [None] if rows.slope is None else [None, rows.slope - centre]
    tau = 0.0 if rows.therapists is None else fit.therapist_variance / fit.residual_variance

    def within(values: np.ndarray) -> np.ndarray:
        """``Z'values`` of each patient, shape (q, m)."""
        return np.stack([np.add.reduceat(_scaled(values, column), firsts) for column in z])

    def spread(effects: np.ndarray) -> np.ndarray:
        """``Z effects`` of each row."""
        parts = [_scaled(np.repeat(own, lengths), c) for own, c in zip(effects, z, strict=True)]
        return sum(parts[1:], parts[0])

    squares = _squares(z, firsts, lengths)
    residuals = rows.outcome - rows.design.times(fit.beta)
    own = _effects(relative, squares, within(residuals))
    weighted = residuals - spread(own)
    if tau:
        of_one = _effects(relative, squares, squares[:, 0])
        ones = 1.0 - spread(of_one)
        shared = _of_therapists(rows, tau, within(weighted)[0], within(ones)[0])
        weighted = weighted - np.repeat(shared[rows.therapists], lengths) * ones
        own = own - shared[rows.therapists] * of_one
    score = within(weighted)
    reach = np.sqrt(squares[range(len(z)), range(len(z))] / lengths)
    apart = [np.abs((relative @ score - own) * reach).max()]
    if tau:
        apart.append(np.abs(tau * np.bincount(rows.therapists, score[0]) - shared).max())
    df = fit.n_rows - len(fit.beta)
    step = fit.covariance @ rows.design.crossed(weighted) / fit.residual_variance
    return RowCheck(
        step=float(np.abs(step / np.sqrt(np.diag(fit.covariance))).max()),
        inverse=float(max(apart) / np.sqrt(fit.residual_variance)),
        residual_variance=abs(float(residuals @ weighted) / df / fit.residual_variance - 1),
        score=_score_difference(fit, rows, score, centre),
    )


def _scaled(values: np.ndarray, column: np.ndarray | None) -> np.ndarray:
    return values if column is None else values * column


def _squares(z: list, firsts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """``Z'Z`` of each patient, shape (q, q, m)."""
    counts = lengths.astype(float)
    if len(z) == 1:
        return counts[None, None]
    sums = np.add.reduceat(z[1], firsts)
    return np.array([[counts, sums], [sums, np.add.reduceat(z[1] ** 2, firsts)]])


def _effects(relative: np.ndarray, squares: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Each patient's effects, ``L (I + L'Z'Z L)**-1 L' sums`` with ``L L'`` their covariance."""
    sizes, directions = np.linalg.eigh(relative)
    root = directions * np.sqrt(np.maximum(sizes, 0.0))
    inner = np.einsum("ap,abm,bq->pqm", root, squares, root)
    turned = root.T @ sums
    if len(root) == 1:
        return root @ (turned / (1 + inner[0]))
    a, b, d = 1 + inner[0, 0], inner[0, 1], 1 + inner[1, 1]
    determinant = a * d - b * b
    solved = np.stack([d * turned[0] - b * turned[1], a * turned[1] - b * turned[0]])
    return root @ (solved / determinant)


def _of_therapists(rows: ModelRows, tau: float, sums: np.ndarray, ones: np.ndarray) -> np.ndarray:
    """``tau 1'v / (1 + tau 1'V**-1 1)`` of each therapist."""
    return tau * np.bincount(rows.therapists, sums) / (1 + tau * np.bincount(rows.therapists, ones))


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
        _slope_where_free(fit, _about_the_mean(fit, rows)[0], gradient),
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
    relative, centre = _about_the_mean(fit, rows)
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


def _about_the_mean(fit: MixedFit, rows: ModelRows) -> tuple[np.ndarray, float]:
    """Relative covariance of a patient's slope and level at the mean of its column, and that mean.

    Far from there, level and slope are nearly one, and differences drown in rounding.
    """
    relative = fit.patient_covariance / fit.residual_variance
    if rows.slope is None:
        return relative, 0.0
    centre = float(rows.slope.mean())
    turn = np.array([[1.0, centre], [0.0, 1.0]])
    return turn @ relative @ turn.T, centre


def _slope_where_free(fit: MixedFit, relative: np.ndarray, gradient: np.ndarray) -> float:
    """Largest slope of the criterion along relative changes of variances that are not zero."""
    slopes = gradient[:1, None]
    if len(relative) == 2:
        slopes = np.array([[gradient[0], gradient[1] / 2], [gradient[1] / 2, gradient[2]]])
    sizes, directions = np.linalg.eigh(relative)
    root = directions * np.sqrt(np.maximum(sizes, 0.0))
    found = np.abs(root.T @ slopes @ root).max()
    if fit.therapist_variance is not None:
        tau = fit.therapist_variance / fit.residual_variance
        found = max(found, abs(gradient[-1] * tau))
    return float(found)
