"""Cross products of all patients, weighted by the inverse of their covariance, with derivatives.

With the relative covariance D of a patient's random effects and ``W = Z'Z`` of a patient,
``V**-1 = I - Z K Z'`` with ``K = M D``, ``M = (I + D W)**-1``. So the weighted cross products are
``sum [X y]'V**-1[X y] = sum [X y]'[X y] - sum A'KA``; derivatives only change the K.
"""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.stats.models.moments import Moments

#: Patients of patterns of their own taken at once, so that they stay in the cache.
_BLOCK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A quantity with its first and second derivatives in J variance parameters.

    Attributes
    ----------
    value : ndarray
    first : ndarray, shape (J, ...)
    second : ndarray, shape (J, J, ...)
    """

    value: np.ndarray
    first: np.ndarray
    second: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PatientTerms:
    """What patients of one pattern share at given D, each with its derivatives.

    Attributes
    ----------
    weights : ndarray, shape (S, h, g)
        The packed K of each of g patterns and its derivatives; S counts the value, the first
        derivatives and the second ones (upper triangle of the Hessian, row by row).
    loadings : ndarray, shape (S, q, g)
        ``M e`` with e the first unit vector, likewise.
    ones : ndarray, shape (S, g)
        ``1'V**-1 1`` of a patient of the pattern, likewise.
    log_determinant : Derived
        Of all patients together.
    """

    weights: np.ndarray
    loadings: np.ndarray
    ones: np.ndarray
    log_determinant: Derived


class PatientSums:
    """The sums of patients, at any covariance of their random effects.

    Parameters
    ----------
    moments : Moments
    thinned : int
        Of patients with patterns of their own, take every so-many-th for all: near enough for a
        start.
    """

    def __init__(self, moments: Moments, thinned: int = 1):
        lone = moments.lone_patterns[::thinned]
        self.patterns = np.vstack([moments.patterns, lone]).T
        self.counts = np.concatenate(
            [moments.pattern_patients.astype(float), np.full(len(lone), float(thinned))]
        )
        self.n_shared, self.thinned = len(moments.patterns), thinned
        self.products = moments.products
        self.width = len(self.products)
        self.upper = np.triu_indices(self.width)
        h = len(self.patterns)
        self.n_random = 1 if h == 1 else 2
        self.shared = np.ascontiguousarray(
            moments.pattern_sums.transpose(1, 0, 2).reshape(h * self.n_shared, len(self.upper[0]))
        )
        self.lone = moments.lone_products[:, ::thinned]

    def terms(self, relative: np.ndarray) -> PatientTerms:
        """What patients share at packed D, `relative` of shape (h,)."""
        if self.n_random == 1:
            return self._intercept_terms(float(relative[0]))
        return self._slope_terms(relative)

    def cross(self, weights: np.ndarray) -> np.ndarray:
        """``sum A'KA`` over all patients for each set of weights (S, h, g): (S, k + 1, k + 1)."""
        n_sets = len(weights)
        packed = weights[:, :, : self.n_shared].reshape(n_sets, -1) @ self.shared
        sums = np.zeros((n_sets, self.width, self.width))
        sums[:, self.upper[0], self.upper[1]] = packed
        sums += np.triu(sums, 1).transpose(0, 2, 1)
        if self.lone.shape[1]:
            sums += self.thinned * self._lone_cross(weights[:, :, self.n_shared :])
        return sums

    def derived(self, sets: np.ndarray) -> Derived:
        """Sets as value, first and second derivatives."""
        h = len(self.patterns)
        rows, columns = np.triu_indices(h)
        second = np.empty((h, h, *sets.shape[1:]))
        second[rows, columns] = second[columns, rows] = sets[1 + h :]
        return Derived(sets[0], sets[1 : 1 + h], second)

    def _lone_cross(self, weights: np.ndarray) -> np.ndarray:
        """The part of patients with patterns of their own, block by block."""
        n_sets, width = len(weights), self.width
        total = np.zeros((width, n_sets * width))
        for start in range(0, self.lone.shape[1], _BLOCK):
            block = slice(start, start + _BLOCK)
            own = weights[:, :, block].transpose(1, 2, 0)[..., None]
            rows = self.lone[:, block, None, :]
            if self.n_random == 1:
                total += self.lone[0, block].T @ (own[0] * rows[0]).reshape(-1, n_sets * width)
                continue
            for place, (here, across) in enumerate(((0, 1), (1, 2))):
                weighted = own[here] * rows[0]
                weighted += own[across] * rows[1]
                total += self.lone[place, block].T @ weighted.reshape(-1, n_sets * width)
        return total.reshape(width, n_sets, width).transpose(1, 0, 2)

    def _intercept_terms(self, d: float) -> PatientTerms:
        w, n = self.patterns[0], self.counts
        m = 1 / (1 + d * w)
        t = m * w
        log_determinant = Derived(n @ np.log1p(d * w), np.array([n @ t]), np.array([[-(n @ t**2)]]))
        weights = np.stack([m * d, m**2, -2 * m**2 * t])[:, None, :]
        loadings = np.stack([m, -m * t, 2 * m * t**2])[:, None, :]
        ones = np.stack([t, -(t**2), 2 * t**3])
        return PatientTerms(weights, loadings, ones, log_determinant)

    def _slope_terms(self, relative: np.ndarray) -> PatientTerms:
        w, n = _symmetric(self.patterns), self.counts
        d = _symmetric(np.asarray(relative, dtype=float)[:, None])
        i_plus_dw = _times(d, w)
        i_plus_dw[0, 0] += 1
        i_plus_dw[1, 1] += 1
        determinant = i_plus_dw[0, 0] * i_plus_dw[1, 1] - i_plus_dw[0, 1] * i_plus_dw[1, 0]
        adjoint = [[i_plus_dw[1, 1], -i_plus_dw[0, 1]], [-i_plus_dw[1, 0], i_plus_dw[0, 0]]]
        m = np.array(adjoint) / determinant
        t = _times(w, m)
        # Directions of D11, D12 and D22; M E for each is one or two columns of M.
        me = [_times(m, e) for e in _DIRECTIONS]
        et = [_times(e, t) for e in _DIRECTIONS]
        mt = m.transpose(1, 0, 2)
        sets = [_packed(_times(m, d)), *(_packed(_times(part, mt)) for part in me)]
        loadings = [m[:, 0], *(-_times(part, t)[:, 0] for part in me)]
        ones = [t[0, 0], *(-_times(t, part)[0, 0] for part in et)]
        first = np.array([n @ _trace(part) for part in et])
        second = np.empty((3, 3))
        for j in range(3):
            for k in range(j, 3):
                metem = _times(_times(me[j], t), me[k].transpose(1, 0, 2))
                sets.append(-_packed(metem + metem.transpose(1, 0, 2)))
                etet = _times(et[j], et[k])
                second[j, k] = second[k, j] = -(n @ _trace(etet))
                both = etet + _times(et[k], et[j])
                loadings.append(_times(m, both)[:, 0])
                ones.append(_times(t, both)[0, 0])
        log_determinant = Derived(n @ np.log(determinant), first, second)
        return PatientTerms(np.stack(sets), np.stack(loadings), np.stack(ones), log_determinant)


_DIRECTIONS = (
    np.array([[1.0, 0.0], [0.0, 0.0]])[:, :, None],
    np.array([[0.0, 1.0], [1.0, 0.0]])[:, :, None],
    np.array([[0.0, 0.0], [0.0, 1.0]])[:, :, None],
)


def _symmetric(packed: np.ndarray) -> np.ndarray:
    """Matrices (2, 2, g) from their upper triangles (3, g)."""
    return np.array([[packed[0], packed[1]], [packed[1], packed[2]]])


def _packed(matrices: np.ndarray) -> np.ndarray:
    """The upper triangles (3, g) of symmetric matrices (2, 2, g)."""
    return np.stack([matrices[0, 0], matrices[0, 1], matrices[1, 1]])


def _times(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Products of matrices (2, 2, g), pair by pair."""
    return np.array(
        [[one[i, 0] * other[0, j] + one[i, 1] * other[1, j] for j in range(2)] for i in range(2)]
    )


def _trace(matrices: np.ndarray) -> np.ndarray:
    return matrices[0, 0] + matrices[1, 1]
