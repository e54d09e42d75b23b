"""Moments: what a linear mixed model needs of the patients, as sums that add over parts."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.moments.distinct_rows import counting_order, distinct_rows

#: Patterns with fewer patients are kept patient by patient: cheaper than their summed products.
SHARED_BY = 8


@dataclass(frozen=True, slots=True)
class MomentColumns:
    """What parts must share before their moments may be added.

    Attributes
    ----------
    names : tuple of str
        The k columns of the design, then the outcome.
    centres : tuple of float
        What was taken from each of them before summing: naive sums lose digits. Zero for all
        where the design has no intercept to take it back.
    intercept : int or None
        Position of the column of ones, if there is one.
    slope : str
        Column whose slope differs between patients; empty without one.
    slope_centre : float
        What was taken from that column.
    levels : str
        The levels of the factors, in words: equal where the columns mean the same.
    """

    names: tuple[str, ...]
    centres: tuple[float, ...]
    intercept: int | None = None
    slope: str = ""
    slope_centre: float = 0.0
    levels: str = ""

    @property
    def n_random(self) -> int:
        """Random effects of a patient: 1 for the intercept, 2 with a slope."""
        return 2 if self.slope else 1

    @property
    def fingerprint(self) -> str:
        """Sixteen signs that differ where columns, levels or centres differ."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class TherapistSums:
    """Sums of ``A = Z'[X y]`` over the patients of one therapist who share one pattern.

    Attributes
    ----------
    names : tuple of str
        The therapists.
    therapist, pattern, n_patients : ndarray of int, shape (c,)
        Of each of c cells, its therapist and pattern and how many patients it holds. Patterns
        are counted through `Moments.patterns` and on through `Moments.lone_patterns`.
    sums : ndarray, shape (c, q, k + 1)
    """

    names: tuple[str, ...]
    therapist: np.ndarray
    pattern: np.ndarray
    n_patients: np.ndarray
    sums: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums over patients, enough to fit a linear mixed model by REML.

    Patient i has the design X, the outcome y and Z, a column of ones and, with a slope, the
    column that has one; ``A = Z'[X y]``. Moments add over parts of a file, of a cluster or of
    several clinics, when every patient lies in one part and all parts share one `MomentColumns`.

    Attributes
    ----------
    columns : MomentColumns
    n_rows, n_patients : int
    products : ndarray, shape (k + 1, k + 1)
        ``sum [X y]'[X y]``, centred.
    patterns : ndarray, shape (g, h)
        Each distinct ``Z'Z`` that many patients share, its upper triangle row by row: h is 1
        without a slope, 3 with one.
    pattern_patients : ndarray of int, shape (g,)
    pattern_sums : ndarray, shape (g, h, (k + 1) (k + 2) / 2)
        For each pattern ``sum vec(A) vec(A)'``: the upper triangle of ``sum a_r' a_s`` for rows
        r <= s of A; for r < s the sum with its transpose, which is all a fit reads.
    lone_patterns : ndarray, shape (l, h)
        ``Z'Z`` of patients whose pattern few or no others share.
    lone_products : ndarray, shape (q, k + 1, l)
        Their A, patients last.
    therapists : TherapistSums or None
        With patients within therapists.
    left_out : mapping of str to int
        Rows that were not summed, by reason.
    """

    columns: MomentColumns
    n_rows: int
    n_patients: int
    products: np.ndarray
    patterns: np.ndarray
    pattern_patients: np.ndarray
    pattern_sums: np.ndarray
    lone_patterns: np.ndarray
    lone_products: np.ndarray
    therapists: TherapistSums | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_patterns(self) -> int:
        """Distinct ``Z'Z``: the fit takes as many steps."""
        _, inverse = distinct_rows(np.vstack([self.patterns, self.lone_patterns]))
        return int(inverse.max(initial=-1)) + 1

    def __add__(self, other: "Moments") -> "Moments":
        """Moments of two parts together.

        Raises
        ------
        ValueError
            When the parts do not share columns, levels and centres, or only one knows the
            therapists.
        """
        if not isinstance(other, Moments):
            return NotImplemented
        _check_shared(self, other)
        cells = (self.therapists, other.therapists)
        n_shared = (len(self.patterns), len(other.patterns))
        lone = np.vstack([self.lone_patterns, other.lone_patterns])
        shared, inverse = distinct_rows(np.vstack([self.patterns, other.patterns]))
        sums = np.zeros((len(shared), *self.pattern_sums.shape[1:]))
        counts = np.zeros(len(shared), dtype=np.int64)
        for part, places in ((self, inverse[: n_shared[0]]), (other, inverse[n_shared[0] :])):
            sums[places] += part.pattern_sums
            counts[places] += part.pattern_patients
        therapists = None
        if cells[0] is not None:
            lone_places = len(shared) + np.arange(len(lone))
            split = len(self.lone_patterns)
            therapists = _cells_together(
                cells[0], np.concatenate([inverse[: n_shared[0]], lone_places[:split]]),
                cells[1], np.concatenate([inverse[n_shared[0] :], lone_places[split:]]),
            )  # fmt: skip
        both = replace(
            self,
            n_rows=self.n_rows + other.n_rows,
            n_patients=self.n_patients + other.n_patients,
            products=self.products + other.products,
            patterns=shared,
            pattern_patients=counts,
            pattern_sums=sums,
            lone_patterns=lone,
            lone_products=np.concatenate([self.lone_products, other.lone_products], axis=2),
            therapists=therapists,
            left_out={
                why: self.left_out.get(why, 0) + other.left_out.get(why, 0)
                for why in (*self.left_out, *other.left_out)
            },
        )
        return both if therapists is not None else pooled(both)


def pooled(moments: Moments, shared_by: int = SHARED_BY) -> Moments:
    """Moments in which lone patients whose pattern enough others share are summed with them.

    Parameters
    ----------
    moments : Moments
    shared_by : int
        Lone patients are summed where at least so many share a pattern, or where the pattern
        has sums already.
    """
    n_shared = len(moments.patterns)
    if not len(moments.lone_patterns):
        return moments
    rows, inverse = distinct_rows(np.vstack([moments.patterns, moments.lone_patterns]))
    of_lone = inverse[n_shared:]
    many = np.bincount(of_lone, minlength=len(rows)) >= shared_by
    many[inverse[:n_shared]] = True
    summed = many[of_lone]
    if not summed.any():
        return moments
    kept, place = np.flatnonzero(many), np.cumsum(many) - 1
    products = moments.lone_products
    sums = np.zeros((len(kept), *moments.pattern_sums.shape[1:]))
    sums[place[inverse[:n_shared]]] = moments.pattern_sums
    counts = np.zeros(len(kept), dtype=np.int64)
    counts[place[inverse[:n_shared]]] = moments.pattern_patients
    where = place[of_lone[summed]]
    sums += sums_by_pattern(products[:, :, summed], where, len(kept))
    counts += np.bincount(where, minlength=len(kept))
    return replace(
        moments,
        patterns=rows[kept],
        pattern_patients=counts,
        pattern_sums=sums,
        lone_patterns=moments.lone_patterns[~summed],
        lone_products=np.ascontiguousarray(products[:, :, ~summed]),
    )


def sums_by_pattern(products: np.ndarray, pattern: np.ndarray, n_patterns: int) -> np.ndarray:
    """For each pattern ``sum vec(A) vec(A)'``, packed as in `Moments.pattern_sums`.

    Parameters
    ----------
    products : ndarray, shape (q, k + 1, m)
        A of m patients, patients last.
    pattern : ndarray of int, shape (m,)
    n_patterns : int
    """
    n_random, width, _ = products.shape
    order, ends = counting_order(pattern, n_patterns)
    rows = products.reshape(n_random * width, -1).take(order, axis=1)
    crossed = np.stack([rows[:, start:stop] @ rows[:, start:stop].T
                        for start, stop in pairwise(ends)])  # fmt: skip
    return packed_products(crossed, n_random)


def packed_products(crossed: np.ndarray, n_random: int) -> np.ndarray:
    """``sum vec(A) vec(A)'`` of g patterns, shape (g, q (k + 1), q (k + 1)), packed."""
    width = crossed.shape[1] // n_random
    rows, columns = np.triu_indices(width)
    packed = []
    for first in range(n_random):
        for second in range(first, n_random):
            one, other = first * width, second * width
            part = crossed[:, one + rows, other + columns]
            if first != second:
                part = part + crossed[:, one + columns, other + rows]
            packed.append(part)
    return np.stack(packed, axis=1)


def _check_shared(one: Moments, other: Moments) -> None:
    """Raise when two parts may not be added, naming what differs."""
    if one.columns.fingerprint != other.columns.fingerprint:
        mine, theirs = asdict(one.columns), asdict(other.columns)
        differing = [name for name in mine if mine[name] != theirs[name]]
        raise ValueError(
            "These moments are of different designs and cannot be added: "
            f"{', '.join(differing)} differ ({one.columns.fingerprint} and "
            f"{other.columns.fingerprint}).\n  Make every part with the same MomentColumns: equal "
            "columns, levels and centres."
        )
    if (one.therapists is None) != (other.therapists is None):
        raise ValueError(
            "Only one of these moments knows the therapists; make both with them, or both without."
        )


def _cells_together(
    one: TherapistSums, one_places: np.ndarray, other: TherapistSums, other_places: np.ndarray
) -> TherapistSums:
    """Cells of two parts under one list of therapists and of patterns."""
    names = tuple(sorted({*one.names, *other.names}))
    index = {name: place for place, name in enumerate(names)}
    therapist = np.concatenate(
        [np.array([index[n] for n in part.names], dtype=np.intp)[part.therapist]
         for part in (one, other)]
    )  # fmt: skip
    pattern = np.concatenate([one_places[one.pattern], other_places[other.pattern]])
    return cells_summed(
        names,
        therapist,
        pattern,
        np.concatenate([one.n_patients, other.n_patients]),
        np.concatenate([one.sums, other.sums]),
    )


def cells_summed(names, therapist, pattern, n_patients, sums) -> TherapistSums:
    """Cells of one therapist and pattern each, from cells that may repeat."""
    n_patterns = int(pattern.max(initial=-1)) + 1
    keys, places = np.unique(therapist * n_patterns + pattern, return_inverse=True)
    order, ends = counting_order(places, len(keys))
    return TherapistSums(
        names,
        keys // n_patterns,
        keys % n_patterns,
        np.add.reduceat(n_patients[order], ends[:-1]),
        np.add.reduceat(sums[order], ends[:-1], axis=0),
    )


def without_any(columns: MomentColumns) -> NotEnoughData:
    """The error for moments of no rows."""
    return NotEnoughData(
        f"There is no row to sum for {columns.names[-1]}.",
        remedy="Check that the outcome and the columns of the model are recorded.",
    )
