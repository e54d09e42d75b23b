"""The REML criterion of a mixed model as a function of its variances, with exact derivatives."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from hipoutcomes.stats.models.mixed.patient_sums import PatientSums
from hipoutcomes.stats.models.mixed.patient_terms import Derived
from hipoutcomes.stats.models.mixed.therapist_sums import one_parameter_more, therapist_part


@dataclass(frozen=True, slots=True, eq=False)
class CriterionPoint:
    """The criterion at one set of variances, relative to the residual variance.

    Attributes
    ----------
    relative : ndarray, shape (J,)
        The packed covariance of a patient's random effects, then the variance between therapists.
    criterion : float
        Minus twice the restricted log-likelihood, the residual variance at its best.
    gradient, hessian : ndarray, shapes (J,) and (J, J)
        In `relative`.
    beta : ndarray, shape (k,)
    inverse : ndarray, shape (k, k)
        ``(X'V**-1X)**-1``; times the residual variance it is the covariance of beta.
    residual : float
        Residual variance.
    slopes : ndarray, shape (J, k, k)
        Derivatives of ``X'V**-1X``.
    scores : ndarray, shape (J,)
        Minus the derivatives of ``(y - Xb)'V**-1(y - Xb)``: what residuals add to the gradient.
    joint_hessian : ndarray, shape (J + 1, J + 1)
        Second derivatives in `relative` and the residual variance, which is then not profiled out.
    """

    relative: np.ndarray
    criterion: float
    gradient: np.ndarray
    hessian: np.ndarray
    beta: np.ndarray
    inverse: np.ndarray
    residual: float
    slopes: np.ndarray
    scores: np.ndarray
    joint_hessian: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """Minus twice the restricted log-likelihood of a linear mixed model.

    With N rows, k columns, ``r2 = (y - Xb)'V**-1(y - Xb)`` at the generalised least-squares b and
    V relative to the residual variance s2:
    ``log|V| + log|X'V**-1X| + (N - k) log(2 pi s2) + r2 / s2``, with ``s2 = r2 / (N - k)`` where
    it is profiled out (Harville 1977, JASA 72:320-338).

    Attributes
    ----------
    sums : PatientSums
    n_rows : int
    """

    sums: PatientSums
    n_rows: int

    def at(self, relative: np.ndarray) -> CriterionPoint | None:
        """The criterion at relative variances; None where the cross products are singular there."""
        cross, log_determinant = self._weighted(relative)
        k = cross.value.shape[0] - 1
        try:
            factor = cho_factor(cross.value[:k, :k], lower=True)
        except LinAlgError:
            return None
        inverse = cho_solve(factor, np.eye(k))
        beta = cho_solve(factor, cross.value[:k, k])
        turned = np.append(-beta, 1.0)
        df = self.n_rows - k
        r2 = float(turned @ cross.value @ turned)
        if not r2 > 0:
            return None
        log_xx = 2 * float(np.log(np.diag(factor[0])).sum())
        scores = cross.first @ turned
        r2_first = scores @ turned
        across = scores[:, :k]
        r2_second = np.einsum("i,jkil,l->jk", turned, cross.second, turned)
        r2_second -= 2 * across @ inverse @ across.T
        spread = inverse @ cross.first[:, :k, :k]
        log_first = np.einsum("jii->j", spread) + log_determinant.first
        log_second = np.einsum("il,jkli->jk", inverse, cross.second[:, :, :k, :k])
        log_second = log_second - np.einsum("jil,kli->jk", spread, spread)
        log_second = log_second + log_determinant.second
        residual = r2 / df
        joint = np.empty((len(r2_first) + 1,) * 2)
        joint[:-1, :-1] = log_second + r2_second / residual
        joint[-1, :-1] = joint[:-1, -1] = -r2_first / residual**2
        joint[-1, -1] = df / residual**2
        return CriterionPoint(
            relative=np.asarray(relative, dtype=float),
            criterion=log_determinant.value + log_xx + df * (1 + np.log(2 * np.pi * residual)),
            gradient=log_first + r2_first / residual,
            hessian=joint[:-1, :-1] - np.outer(r2_first, r2_first) / (df * residual**2),
            beta=beta,
            inverse=inverse,
            residual=residual,
            slopes=cross.first[:, :k, :k],
            scores=-r2_first,
            joint_hessian=joint,
        )

    def _weighted(self, relative: np.ndarray) -> tuple[Derived, Derived]:
        """``sum [X y]'V**-1[X y]`` and ``log|V|``, with derivatives in all parameters."""
        h = self.sums.n_parameters
        of_patients = self.sums.at(relative[:h])
        if self.sums.cells is None:
            return of_patients.cross, of_patients.log_determinant
        taken, added = therapist_part(self.sums.cells, of_patients.terms, float(relative[h]))
        cross = one_parameter_more(of_patients.cross)
        logs = one_parameter_more(of_patients.log_determinant)
        parts = ("value", "first", "second")
        return (
            Derived(*(getattr(cross, part) - getattr(taken, part) for part in parts)),
            Derived(*(getattr(logs, part) + getattr(added, part) for part in parts)),
        )
