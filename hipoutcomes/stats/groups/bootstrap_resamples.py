"""Resamples of patients, drawn whole and with replacement: by position, or as counts."""

from collections.abc import Iterator

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups


def resampled_patients(
    n_patients: int, n_resamples: int, seed: int, *, strata: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Positions of the patients in each resample, one array after another.

    A patient stands for everything recorded of them: what is resampled are patients (or
    therapists, whichever is the unit), never rows, so that the scores of one patient stay together.

    Parameters
    ----------
    n_patients : int
        Patients to draw from; each resample draws as many, with replacement.
    n_resamples : int
    seed : int
        The same seed gives the same resamples.
    strata : ndarray of int, shape (n_patients,), optional
        Codes from 0. Each stratum keeps its number of patients in every resample, as arms of fixed
        size do; without it the whole sample is one stratum.

    Yields
    ------
    ndarray of int, shape (n_patients,)
        Positions from 0, stratum by stratum.

    Raises
    ------
    NotEnoughData
        With fewer than two patients, where no resample differs from another.
    ValueError
        When `n_resamples` is under 1, or there is not one stratum code per patient.

    References
    ----------
    Davison AC, Hinkley DV (1997). Bootstrap Methods and their Application, sections 2.2 and 3.8.
    Cambridge University Press.

    Examples
    --------
    >>> [patients.tolist() for patients in resampled_patients(4, 2, seed=1)]
    [[1, 2, 3, 3], [0, 0, 3, 3]]
    """
    members = _members(n_patients, n_resamples, strata)
    return _drawn(members, n_resamples, np.random.default_rng(seed))


def resampled_counts(
    n_patients: int, n_resamples: int, seed: int, *, strata: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """How often each patient is in each resample of `resampled_patients`, as weights.

    A model that takes weights per row is refitted with ``counts[patient_of_row]``, without copying
    a row.

    Parameters
    ----------
    n_patients : int
    n_resamples : int
    seed : int
    strata : ndarray of int, shape (n_patients,), optional
        As for `resampled_patients`.

    Yields
    ------
    ndarray of int, shape (n_patients,)
        Counts that add up to `n_patients`, and in each stratum to its own number.

    Raises
    ------
    NotEnoughData
        With fewer than two patients.
    ValueError
        When `n_resamples` is under 1, or there is not one stratum code per patient.

    Examples
    --------
    >>> [counts.tolist() for counts in resampled_counts(4, 2, seed=1)]
    [[0, 1, 1, 2], [2, 0, 0, 2]]
    """
    resamples = resampled_patients(n_patients, n_resamples, seed, strata=strata)
    return (np.bincount(patients, minlength=n_patients) for patients in resamples)


def _members(n_patients: int, n_resamples: int, strata: np.ndarray | None) -> list[np.ndarray]:
    """Positions of the patients of each stratum that has any."""
    if n_resamples < 1:
        raise ValueError(f"n_resamples must be 1 or more; it is {n_resamples!r}.")
    if n_patients < 2:
        raise NotEnoughData(f"A bootstrap needs 2 patients or more; there are {n_patients}.")
    if strata is None:
        return [np.arange(n_patients)]
    codes, n_strata = checked_groups(strata, n_patients, name="strata")
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(codes, minlength=n_strata))[:-1])
    return [part for part in parts if len(part)]


def _drawn(
    members: list[np.ndarray], n_resamples: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Draw within each stratum, resample after resample."""
    for _ in range(n_resamples):
        yield np.concatenate([part[rng.integers(0, len(part), len(part))] for part in members])
