"""The covariance of the visits at which the REML criterion is least."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.stats.models.repeated.sums import (
    Criterion,
    Derivatives,
    VisitPattern,
    reml_criterion,
    reml_derivatives,
    symmetric_units,
)

#: The search ends when a step would lower the deviance by less than half of this.
_SMALL = 1e-18

#: Under this decrease the deviance's own rounding hides whether it fell.
_ROUNDING = 1e-7

#: The least eigenvalue of a correlation of visits that counts as free of the others.
_SINGULAR = 1e-8

_SINGULAR_TROUBLE = "the best fit lets the scores of some visits fix those of another"

_MOST_STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Where a search ended.

    Attributes
    ----------
    covariance : ndarray, shape (t, t)
    criterion : Criterion
    derivatives : Derivatives
    steps : int
    trouble : str
        Why this is no minimum; empty where it is one.
    """

    covariance: np.ndarray
    criterion: Criterion
    derivatives: Derivatives
    steps: int
    trouble: str


def least_deviance(patterns: list[VisitPattern], n_visits: int) -> Found:
    """Search the covariance of the visits by Newton steps that always go down.

    Parameters
    ----------
    patterns : list of VisitPattern
    n_visits : int

    Notes
    -----
    From the moments of the outcome; each step solves with the second derivatives where they are
    positive definite, with their expectation (Fisher scoring) where they are not, and is halved
    until the covariance is positive definite and the deviance has fallen [1]_.

    References
    ----------
    .. [1] Jennrich RI, Schluchter MD (1986). Unbalanced repeated-measures models with structured
       covariance matrices. Biometrics 42(4), 805-820.
    """
    units = symmetric_units(n_visits)
    covariance = _moments(patterns, n_visits)
    at = reml_criterion(patterns, covariance)
    for step in range(_MOST_STEPS):
        slopes = reml_derivatives(patterns, covariance, at)
        if _is_singular(covariance):
            return Found(covariance, at, slopes, step, _SINGULAR_TROUBLE)
        change = _downhill(slopes)
        fall = -float(slopes.gradient @ change)
        if fall < _SMALL:
            return Found(covariance, at, slopes, step, _trouble(slopes))
        moved = _step(patterns, covariance, at, np.tensordot(change, units, 1), fall)
        if moved is None:
            trouble = "" if fall < _ROUNDING else "no step lowers the deviance"
            return Found(covariance, at, slopes, step, trouble or _trouble(slopes))
        covariance, at = moved
    return Found(covariance, at, slopes, _MOST_STEPS, f"it went on for {_MOST_STEPS} steps")


def _moments(patterns: list[VisitPattern], n_visits: int) -> np.ndarray:
    """Mean products of the outcome at every two visits, pulled to where they are a covariance."""
    sums, counts = np.zeros((2, n_visits, n_visits))
    for pattern in patterns:
        places = np.ix_(pattern.visits, pattern.visits)
        sums[places] += pattern.products[:, :, -1, -1]
        counts[places] += len(pattern.rows)
    made = sums / counts
    spread = np.sqrt(np.maximum(np.diag(made), 1e-8 * np.diag(made).max()))
    correlation = made / np.outer(spread, spread)
    np.fill_diagonal(correlation, 1.0)
    while np.linalg.eigvalsh(correlation)[0] < 0.05:
        correlation = 0.8 * correlation + 0.2 * np.eye(n_visits)
    return correlation * np.outer(spread, spread)


def _downhill(slopes: Derivatives) -> np.ndarray:
    """A Newton step, or a step of Fisher scoring where the deviance does not bend upwards."""
    for bend in (slopes.observed, slopes.expected):
        scale = np.sqrt(np.abs(np.diag(bend)))
        scale = np.where(scale > 0, scale, 1.0)
        try:
            lower = np.linalg.cholesky(bend / np.outer(scale, scale))
        except np.linalg.LinAlgError:
            continue
        half = np.linalg.solve(lower, slopes.gradient / scale)
        return -np.linalg.solve(lower.T, half) / scale
    return -slopes.gradient / float(np.abs(slopes.gradient).max())


def _step(
    patterns: list[VisitPattern],
    covariance: np.ndarray,
    at: Criterion,
    change: np.ndarray,
    fall: float,
) -> tuple[np.ndarray, Criterion] | None:
    """The covariance after a step, halved until the deviance falls; None where it never does."""
    for halving in range(40):
        moved = covariance + change / 2**halving
        there = reml_criterion(patterns, moved)
        if there is None:
            continue
        rounding = 1e-11 * abs(at.deviance)
        if there.deviance < at.deviance or (
            fall < _ROUNDING and there.deviance <= at.deviance + rounding
        ):
            return moved, there
    return None


def _is_singular(covariance: np.ndarray) -> bool:
    """Whether the correlations leave some direction without spread."""
    spread = np.sqrt(np.diag(covariance))
    return bool(np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < _SINGULAR)


def _trouble(slopes: Derivatives) -> str:
    """Why a place without slope is no minimum; empty where it is one."""
    scale = np.sqrt(np.abs(np.diag(slopes.observed)))
    bend = slopes.observed / np.outer(scale, scale)
    flat = not np.linalg.eigvalsh(bend)[0] > _SINGULAR
    return "the deviance is flat in some direction" if flat else ""
