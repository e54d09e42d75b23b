"""Cross products of all patients, weighted by the inverse of their covariance, with derivatives.

``sum [X y]'V**-1[X y] = sum [X y]'[X y] - sum A'KA`` over patients, with A of `moments` and K of
`patient_terms`; derivatives only change the K, so all of them are one matrix product over patterns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hipoutcomes.stats.models.mixed.patient_terms import Derived, PatientTerms
from hipoutcomes.stats.models.moments.moments import Moments

#: Patients with patterns of their own taken at once, so that their products stay in the cache.
_BLOCK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class WeightedSums:
    """Sums over patients at a covariance of their random effects.

    Attributes
    ----------
    cross : Derived
        ``sum [X y]'V**-1[X y]``, shape (k + 1, k + 1).
    log_determinant : Derived
        ``sum log|V|``.
    terms : PatientTerms or None
        Of every pattern, where therapists ask for them.
    """

    cross: Derived
    log_determinant: Derived
    terms: PatientTerms | None


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
        self.products, self.cells = moments.products, moments.therapists
        self.thinned, width = thinned, len(moments.products)
        self.n_parameters = moments.patterns.shape[1]
        self.upper = np.triu_indices(width)
        self.shared_patterns = np.ascontiguousarray(moments.patterns.T)
        self.shared_counts = moments.pattern_patients.astype(float)
        sums = moments.pattern_sums.transpose(1, 0, 2)
        self.shared = sums.reshape(sums.shape[0] * sums.shape[1], sums.shape[2])
        self.lone_patterns = np.ascontiguousarray(moments.lone_patterns[::thinned].T)
        self.lone = np.ascontiguousarray(moments.lone_products[:, :, ::thinned])

    def at(self, relative: np.ndarray) -> WeightedSums:
        """The sums at packed D, `relative` of shape (h,)."""
        terms = PatientTerms.at(relative, self.shared_patterns, self.shared_counts)
        taken, logs, parts = self._shared_cross(terms.weights), terms.log_determinant, [terms]
        for block in self._lone_blocks():
            patterns = self.lone_patterns[:, block]
            terms = PatientTerms.at(relative, patterns, np.ones(patterns.shape[1]))
            taken = taken + self.thinned * self._lone_cross(terms.weights, block)
            logs = logs + self.thinned * terms.log_determinant
            parts.append(terms)
        cross = Derived.of_sets(-taken, self.n_parameters)
        return WeightedSums(
            Derived(self.products + cross.value, cross.first, cross.second),
            Derived.of_sets(logs, self.n_parameters),
            _together(parts) if self.cells is not None else None,
        )

    def _shared_cross(self, weights: np.ndarray) -> np.ndarray:
        """``sum A'KA`` over patients of shared patterns, for each set of weights (s, h, g)."""
        packed = weights.reshape(len(weights), -1) @ self.shared
        sums = np.zeros((len(weights), *self.products.shape))
        sums[:, self.upper[0], self.upper[1]] = packed
        return sums + np.triu(sums, 1).transpose(0, 2, 1)

    def _lone_blocks(self) -> Iterator[slice]:
        """Patients with patterns of their own, so many at a time."""
        for start in range(0, self.lone.shape[2], _BLOCK):
            yield slice(start, start + _BLOCK)

    def _lone_cross(self, weights: np.ndarray, block: slice) -> np.ndarray:
        """The same over a block of patients with patterns of their own."""
        n_sets, width = len(weights), len(self.products)
        rows = self.lone[:, :, block]
        if len(rows) == 1:
            weighted = weights[:, 0, None] * rows[0]
            total = weighted.reshape(n_sets * width, -1) @ rows[0].T
            return total.reshape(n_sets, width, width)
        total = 0.0
        for place, (here, across) in enumerate(((0, 1), (1, 2))):
            weighted = weights[:, here, None] * rows[0]
            weighted += weights[:, across, None] * rows[1]
            total = total + weighted.reshape(n_sets * width, -1) @ rows[place].T
        return total.reshape(n_sets, width, width)


def _together(parts: list[PatientTerms]) -> PatientTerms:
    """Terms of all patterns in a row."""
    return PatientTerms(
        *(np.concatenate([getattr(part, name) for part in parts], axis=-1)
          for name in ("weights", "loadings", "ones")),
        sum(part.log_determinant for part in parts),
    )  # fmt: skip
