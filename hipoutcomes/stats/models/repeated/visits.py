"""Whether the visits that patients have allow a covariance of every two, and why not."""

import numpy as np

from hipoutcomes.errors import NotEnoughData

#: With more visits an unstructured covariance is not what anybody wants.
MOST_VISITS = 30


def checked_visits(
    patients: np.ndarray, visits: np.ndarray, n_columns: int, names: list[str]
) -> np.ndarray:
    """Patients measured at both of every two visits, where the visits allow an answer.

    Parameters
    ----------
    patients, visits : ndarray of int, shape (n,)
        Codes; visits from 0.
    n_columns : int
        Coefficients of the model.
    names : list of str
        Of the t visits.

    Returns
    -------
    ndarray of int, shape (t, t)

    Raises
    ------
    NotEnoughData
        When there is one visit only, or too many; a patient has a visit twice; no patient has both
        of two visits; or patients are fewer than the parameters.

    Examples
    --------
    >>> checked_visits(np.repeat(np.arange(6), 2), np.tile([0, 1], 6), 2, ["first", "last"])
    array([[6, 6],
           [6, 6]])
    """
    codes, places = np.unique(patients, return_inverse=True)
    n_patients, n_visits = len(codes), len(names)
    there = np.zeros((n_patients, n_visits), dtype=np.int64)
    np.add.at(there, (places, visits), 1)
    if n_visits < 2:
        raise NotEnoughData(
            f"Every row is of one visit, {names[0]!r}: nothing is repeated.",
            "A repeated-measures model needs two visits or more.",
            "Compare groups at one visit by ancova.",
        )
    if (there > 1).any():
        twice = np.flatnonzero((there > 1).any(axis=1))
        visit = names[int(np.argmax(there[twice[0]] > 1))]
        who = "1 patient has" if len(twice) == 1 else f"{len(twice)} patients have"
        raise NotEnoughData(
            f"{who} two rows or more at one visit, for example at {visit!r}.",
            "A patient is measured once at each planned visit.",
            "Keep one row of each, or give a column of visits that tells them apart.",
        )
    if n_visits > MOST_VISITS:
        raise NotEnoughData(
            f"There are {n_visits} visits; a covariance of every two is fitted for "
            f"{MOST_VISITS} at most.",
            remedy="Give planned visits rather than days, or use mixed_model.",
        )
    pairs = there.T @ there
    _check_enough(pairs, n_patients, n_columns, names)
    return pairs


def check_spread(outcome: np.ndarray, visits: np.ndarray, names: list[str]) -> None:
    """Raise when all scores of a visit are the same, with the visit and the score.

    Examples
    --------
    >>> check_spread(np.array([5.0, 3.0, 5.0, 4.0]), np.array([0, 1, 0, 1]), ["first", "last"])
    Traceback (most recent call last):
        ...
    hipoutcomes.errors.NotEnoughData: The outcome is 5 for all 2 patients at 'first'.
      Scores without spread have no covariance with those of other visits.
      Leave this visit out; a score at the start may be a column of the formula instead.
    """
    for place, name in enumerate(names):
        there = outcome[visits == place]
        if (there == there[0]).all():
            raise NotEnoughData(
                f"The outcome is {there[0]:g} for all {len(there)} patients at {name!r}.",
                "Scores without spread have no covariance with those of other visits.",
                "Leave this visit out; a score at the start may be a column of the formula "
                "instead.",
            )


def _check_enough(pairs: np.ndarray, n_patients: int, n_columns: int, names: list[str]) -> None:
    """Raise when two visits never meet in a patient, or patients are fewer than parameters."""
    never = [
        f"{names[i]} and {names[j]}" for i, j in zip(*np.nonzero(np.triu(pairs == 0)), strict=True)
    ]
    if never:
        more = f" and {len(never) - 3} more pairs" if len(never) > 3 else ""
        raise NotEnoughData(
            f"No patient was measured at both {'; nor at both '.join(never[:3])}{more}.",
            "The covariance of two visits can be seen only in patients who have both.",
            "Leave out a visit, merge visits, or use mixed_model.",
        )
    n_covariances = len(names) * (len(names) + 1) // 2
    if n_patients < n_columns + n_covariances:
        raise NotEnoughData(
            f"{n_patients} patients are too few: the model has {n_columns} coefficients and "
            f"{n_covariances} variances and covariances of {len(names)} visits.",
            f"There must be {n_columns + n_covariances} patients or more.",
            "Leave out columns or visits, or use mixed_model, which has fewer parameters.",
        )


def no_covariance(trouble: str, pairs: np.ndarray, names: list[str]) -> tuple[str, str, str]:
    """What stopped the search, which visits fewest patients have, and what to do.

    Examples
    --------
    >>> no_covariance("it is flat", np.array([[9, 7], [7, 8]]), ["first", "last"])[1]
    'Fewest patients, 7, have both first and last.'
    """
    first, second = np.unravel_index(
        np.argmin(pairs + np.where(np.eye(len(names)), pairs.max() + 1, 0)), pairs.shape
    )
    return (
        f"The covariance of the visits cannot be estimated from these patients: {trouble}.",
        f"Fewest patients, {pairs[first, second]}, have both {names[first]} and {names[second]}.",
        "Leave out a visit that few patients have or whose scores repeat another's, or use "
        "mixed_model, which has fewer parameters.",
    )
