"""What patients of one pattern share at a covariance of their random effects, with derivatives.

With the relative covariance D of a patient's random effects and ``W = Z'Z`` of a patient,
``V**-1 = I - Z K Z'`` with ``K = M D`` and ``M = (I + D W)**-1``, and ``T = Z'V**-1 Z = W M``.
In the direction E of an element of D, K changes by ``M E M'``, M by ``-M E T``, T by ``-T E T``.
"""

from dataclasses import dataclass

import numpy as np


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

    @classmethod
    def of_sets(cls, sets: np.ndarray, n_parameters: int) -> "Derived":
        """From sets in a row: the value, the first derivatives, the upper triangle of the second.

        Examples
        --------
        >>> Derived.of_sets(np.array([7.0, 1.0, 2.0, 3.0, 4.0, 5.0]), 2).second.tolist()
        [[3.0, 4.0], [4.0, 5.0]]
        """
        rows, columns = np.triu_indices(n_parameters)
        second = np.empty((n_parameters, n_parameters, *sets.shape[1:]))
        second[rows, columns] = second[columns, rows] = sets[1 + n_parameters :]
        return cls(sets[0], sets[1 : 1 + n_parameters], second)


@dataclass(frozen=True, slots=True, eq=False)
class PatientTerms:
    """Terms of g patterns in sets: the value, first and second derivatives as in `of_sets`.

    Attributes
    ----------
    weights : ndarray, shape (s, h, g)
        K, packed.
    loadings : ndarray, shape (s, q, g)
        ``M e`` with e the first unit vector: ``Z'V**-1 1`` is W times it.
    ones : ndarray, shape (s, g)
        ``1'V**-1 1``, the first element of T.
    log_determinant : ndarray, shape (s,)
        ``log|V|``, summed over the patients.
    """

    weights: np.ndarray
    loadings: np.ndarray
    ones: np.ndarray
    log_determinant: np.ndarray

    @classmethod
    def at(cls, relative: np.ndarray, patterns: np.ndarray, counts: np.ndarray) -> "PatientTerms":
        """Terms at packed D.

        Parameters
        ----------
        relative : ndarray, shape (h,)
        patterns : ndarray, shape (h, g)
        counts : ndarray, shape (g,)
            Patients of each pattern.
        """
        if len(patterns) == 1:
            return _of_intercepts(float(relative[0]), patterns[0], counts)
        return _of_slopes(relative, patterns, counts)


def _of_intercepts(d: float, w: np.ndarray, counts: np.ndarray) -> PatientTerms:
    """Terms where all matrices are numbers."""
    m = 1 / (1 + d * w)
    t = m * w
    return PatientTerms(
        np.stack([m * d, m**2, -2 * m**2 * t])[:, None, :],
        np.stack([m, -m * t, 2 * m * t**2])[:, None, :],
        np.stack([t, -(t**2), 2 * t**3]),
        np.array([counts @ np.log1p(d * w), counts @ t, -(counts @ t**2)]),
    )


def _of_slopes(relative: np.ndarray, patterns: np.ndarray, counts: np.ndarray) -> PatientTerms:
    """Terms where all matrices are two by two."""
    w = _symmetric(patterns)
    d = _symmetric(np.asarray(relative, dtype=float)[:, None])
    (a, b), (c, e) = _times(d, w)
    determinant = (1 + a) * (1 + e) - b * c
    m = np.array([[1 + e, -b], [-c, 1 + a]]) / determinant
    t = _times(w, m)
    mt = m.transpose(1, 0, 2)
    me = [_along(m, place) for place in range(3)]
    te = [_along(t, place) for place in range(3)]
    weights = [_packed(_times(m, d)), *(_packed(_times(part, mt)) for part in me)]
    loadings = [m[:, 0], *(-_first_column(part, t) for part in me)]
    ones = [t[0, 0], *(-_first_column(part, t)[0] for part in te)]
    logs = [counts @ np.log(determinant), *(counts @ (part[0, 0] + part[1, 1]) for part in te)]
    for j, k in zip(*np.triu_indices(3), strict=True):
        both = _times(_times(me[j], t), me[k].transpose(1, 0, 2))
        weights.append(-_packed(both + both.transpose(1, 0, 2)))
        jk, kj = _first_column(te[k], t), _first_column(te[j], t)
        loadings.append(_column(me[j], jk) + _column(me[k], kj))
        ones.append((_column(te[j], jk) + _column(te[k], kj))[0])
        logs.append(-(counts @ np.einsum("ijg,jig->g", te[j], te[k])))
    return PatientTerms(np.stack(weights), np.stack(loadings), np.stack(ones), np.array(logs))


def _symmetric(packed: np.ndarray) -> np.ndarray:
    """Matrices (2, 2, g) from their upper triangles (3, g)."""
    return np.array([[packed[0], packed[1]], [packed[1], packed[2]]])


def _packed(matrices: np.ndarray) -> np.ndarray:
    """The upper triangles (3, g) of symmetric matrices (2, 2, g)."""
    return np.stack([matrices[0, 0], matrices[0, 1], matrices[1, 1]])


def _along(matrices: np.ndarray, place: int) -> np.ndarray:
    """Matrices (2, 2, g) times the direction of D11, D12 or D22: which columns stay, and where."""
    if place == 1:
        return matrices[:, ::-1]
    made = np.zeros_like(matrices)
    column = place // 2
    made[:, column] = matrices[:, column]
    return made


def _times(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Products of matrices (2, 2, g), pair by pair."""
    return np.stack([_column(one, other[:, 0]), _column(one, other[:, 1])], axis=1)


def _column(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Products of matrices (2, 2, g) with vectors (2, g)."""
    return matrices[:, 0] * vectors[0] + matrices[:, 1] * vectors[1]


def _first_column(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The first column of products of matrices."""
    return _column(one, other[:, 0])
