"""Best linear predictions of the levels and slopes of patients and therapists, from their rows."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hipoutcomes.stats.models.mixed.fit import MixedFit


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


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Best linear predictions of the random effects of m patients, and the residuals behind them.

    Attributes
    ----------
    patients : ndarray, shape (q, m)
        Each patient's own intercept (and slope): departures from the coefficients, in units of the
        outcome (per unit of the slope's column).
    therapists : ndarray, shape (t,), or None
        Each therapist's own intercept.
    residuals : ndarray, shape (n,)
        ``y - X b``.
    weighted : ndarray, shape (n,)
        ``V**-1 (y - X b)``, V relative to the residual variance.
    about_mean : ndarray, shape (q, m)
        `patients` with the intercept at `centre`.
    centre : float
        Mean of the slope's column.
    relative : ndarray, shape (q, q)
        Covariance of `about_mean`, relative to the residual variance.
    squares : ndarray, shape (q, q, m)
        ``Z'Z`` of each patient, about the mean.
    """

    patients: np.ndarray
    therapists: np.ndarray | None
    residuals: np.ndarray
    weighted: np.ndarray
    about_mean: np.ndarray
    centre: float
    relative: np.ndarray
    squares: np.ndarray


def best_predictions(fit: MixedFit, rows: ModelRows) -> Predictions:
    """Predict each patient's own level and slope at the estimated variances.

    The estimand: how far a patient's own mean (and slope) lies from what the coefficients say of
    patients with the same columns, drawn towards zero the more, the fewer rows the patient has.

    Parameters
    ----------
    fit : MixedFit
    rows : ModelRows

    Notes
    -----
    ``G Z'V**-1 (y - X b)``, with G the covariance of the effects [1]_; as ``L (I + L'Z'ZL)**-1 L'``
    times ``Z'(y - X b)`` with ``L L' = G`` relative to the residual variance, which holds where a
    variance is zero too.

    References
    ----------
    .. [1] Robinson GK (1991). That BLUP is a good thing: the estimation of random effects.
       Statistical Science 6(1), 15-32.
    """
    relative, centre = about_the_mean(fit, rows)
    lengths = np.diff(rows.starts)
    squares = _squares(rows, lengths, centre)
    residuals = rows.outcome - rows.design.times(fit.beta)
    own = _effects(relative, squares, within_patients(rows, residuals, centre))
    weighted = residuals - _of_rows(rows, own, lengths, centre)
    therapists = None
    if rows.therapists is not None:
        tau = fit.therapist_variance / fit.residual_variance
        of_one = _effects(relative, squares, squares[:, 0])
        ones = 1.0 - _of_rows(rows, of_one, lengths, centre)
        sums = [np.add.reduceat(values, rows.starts[:-1]) for values in (weighted, ones)]
        total, room = (np.bincount(rows.therapists, values) for values in sums)
        therapists = tau * total / (1 + tau * room)
        weighted = weighted - np.repeat(therapists[rows.therapists], lengths) * ones
        own = own - therapists[rows.therapists] * of_one
    patients = own.copy()
    if len(own) == 2:
        patients[0] -= centre * own[1]
    return Predictions(patients, therapists, residuals, weighted, own, centre, relative, squares)


def within_patients(rows: ModelRows, values: np.ndarray, centre: float) -> np.ndarray:
    """``Z'values`` of each patient, shape (q, m), the slope's column less `centre`."""
    firsts = rows.starts[:-1]
    sums = [np.add.reduceat(values, firsts)]
    if rows.slope is not None:
        sums.append(np.add.reduceat(values * (rows.slope - centre), firsts))
    return np.stack(sums)


def _of_rows(
    rows: ModelRows, effects: np.ndarray, lengths: np.ndarray, centre: float
) -> np.ndarray:
    """``Z effects`` of each row."""
    values = np.repeat(effects[0], lengths)
    if rows.slope is not None:
        values += np.repeat(effects[1], lengths) * (rows.slope - centre)
    return values


def _squares(rows: ModelRows, lengths: np.ndarray, centre: float) -> np.ndarray:
    """``Z'Z`` of each patient, shape (q, q, m)."""
    counts = lengths.astype(float)
    if rows.slope is None:
        return counts[None, None]
    z, firsts = rows.slope - centre, rows.starts[:-1]
    sums = np.add.reduceat(z, firsts)
    return np.array([[counts, sums], [sums, np.add.reduceat(z**2, firsts)]])


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


def about_the_mean(fit: MixedFit, rows: ModelRows) -> tuple[np.ndarray, float]:
    """Relative covariance of a patient's slope and level at the mean of its column, and that mean.

    Far from there, level and slope are nearly one, and differences drown in rounding.
    """
    relative = fit.patient_covariance / fit.residual_variance
    if rows.slope is None:
        return relative, 0.0
    centre = float(rows.slope.mean())
    turn = np.array([[1.0, centre], [0.0, 1.0]])
    return turn @ relative @ turn.T, centre
