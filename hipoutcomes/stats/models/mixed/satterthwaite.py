"""Satterthwaite's degrees of freedom for sums of coefficients of a mixed model."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.stats.models.mixed.optimum import Optimum, factored


@dataclass(frozen=True, slots=True, eq=False)
class Satterthwaite:
    """How well the variance of any sum of k coefficients is known.

    Attributes
    ----------
    covariance : ndarray, shape (k, k)
        Of the coefficients.
    slopes : ndarray, shape (P, k, k)
        Its derivatives in the P variance parameters that are not zero, the residual variance last.
    uncertainty : ndarray, shape (P, P)
        Covariance of these parameters: twice the inverse Hessian of minus twice the restricted
        log-likelihood, none of them profiled out.
    """

    covariance: np.ndarray
    slopes: np.ndarray
    uncertainty: np.ndarray

    @classmethod
    def at(cls, found: Optimum, back: np.ndarray, with_slope: bool) -> "Satterthwaite":
        """From an optimum in scaled columns and the matrix back to the columns.

        Notes
        -----
        A variance of zero has no uncertainty that a Hessian could show: it is left out of the
        parameters, as if known. A correlation of 1 or -1 leaves two parameters for intercept and
        slope. `lmerTest` comes to the same, as derivatives in its triangle vanish there.
        """
        point = found.point
        made = factored(found.theta, with_slope)
        free = _free(found.theta, with_slope)
        n_all = len(point.relative) + 1
        chain = np.zeros((n_all, len(free) + 1))
        chain[:-1, :-1] = made.first[:, free]
        chain[-1, -1] = 1.0
        hessian = chain.T @ point.joint_hessian @ chain
        bend = np.einsum("j,jab->ab", point.gradient, made.second)
        hessian[:-1, :-1] += bend[np.ix_(free, free)]
        turn = back @ point.inverse
        in_relative = -point.residual * (turn @ point.slopes @ turn.T)
        in_residual = turn @ back.T
        slopes = np.concatenate([in_relative, in_residual[None]])
        slopes = np.einsum("jp,jkl->pkl", chain, slopes)
        return cls(point.residual * in_residual, slopes, 2 * _inverse(hessian))

    def degrees_of_freedom(self, weights: np.ndarray) -> np.ndarray:
        """Degrees of freedom of each weighted sum of coefficients.

        Parameters
        ----------
        weights : ndarray, shape (m, k)

        Returns
        -------
        ndarray, shape (m,)

        Notes
        -----
        ``2 v**2 / (g'Ag)`` with v = c'Vc the variance of the sum, g its gradient in the variance
        parameters and A their covariance [1]_ [2]_.

        References
        ----------
        .. [1] Giesbrecht FG, Burns JC (1985). Two-stage analysis based on a mixed model:
           large-sample asymptotic theory and small-sample simulation results. Biometrics 41(2),
           477-486.
        .. [2] Kuznetsova A, Brockhoff PB, Christensen RHB (2017). lmerTest package: tests in linear
           mixed effects models. Journal of Statistical Software 82(13).
        """
        weights = np.atleast_2d(np.asarray(weights, dtype=float))
        variance = np.einsum("mk,kl,ml->m", weights, self.covariance, weights)
        slope = np.einsum("mk,pkl,ml->mp", weights, self.slopes, weights)
        spread = np.einsum("mp,pr,mr->m", slope, self.uncertainty, slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(spread > 0, 2 * variance**2 / spread, np.nan)


def _free(theta: np.ndarray, with_slope: bool) -> list[int]:
    """Elements of the factor that may move: all but what a variance of zero holds at zero."""
    if not with_slope:
        return [place for place, value in enumerate(theta) if value]
    patient = [] if not theta[:3].any() else [0, 1, 2] if theta[2] else [0, 1]
    return patient + [place for place in range(3, len(theta)) if theta[place]]


def _inverse(hessian: np.ndarray) -> np.ndarray:
    """The inverse over directions in which the criterion curves upwards."""
    lengths = np.sqrt(np.maximum(np.diag(hessian), 1e-300))
    sizes, directions = np.linalg.eigh(hessian / np.outer(lengths, lengths))
    kept = sizes > 1e-10
    turned = directions[:, kept] / lengths[:, None]
    return (turned / sizes[kept]) @ turned.T
