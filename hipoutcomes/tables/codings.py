"""Scores that were written another way: turned, rescaled, or of other activities."""

from collections.abc import Mapping

import numpy as np

from hipoutcomes.vocabulary.codings import CODINGS


def recode(scores: np.ndarray, measure: str, coding: str) -> np.ndarray:
    """Turn scores in another coding of a measure into the coding used here.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        As the file has them; NaN where missing.
    measure : str
        Such as ``oxford_hip_score``.
    coding : str
        Name of the coding of the file, such as ``12-60``; see `vocabulary.codings`.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where the score lies outside the range of the other coding.

    Raises
    ------
    ValueError
        When the measure has no such coding.

    Examples
    --------
    >>> recode(np.array([12.0, 60.0, 48.0, 5.0]), "oxford_hip_score", "12-60").tolist()
    [48.0, 0.0, 12.0, nan]
    >>> recode(np.array([0.0, 41.7]), "hoos_ps", "0 = no difficulty").tolist()
    [100.0, 58.3]
    """
    record = CODINGS.get((measure, coding))
    if record is None:
        known = ", ".join(f"{name!r} of {code}" for code, name in CODINGS)
        raise ValueError(f"There is no coding {coding!r} of {measure}; there is {known}.")
    scores = np.asarray(scores, dtype=np.float64)
    inside = (scores >= record.lowest) & (scores <= record.highest)
    return np.where(inside, record.constant + record.factor * scores, np.nan)


def same_activities(
    first: Mapping[str, np.ndarray], later: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """PSFS at the start and later, each the mean of the activities scored at both.

    Activities that were added later do not count, nor do those that were not asked about again.

    Parameters
    ----------
    first, later : mapping of str to ndarray, each shape (n,)
        Answers by item code (``psfs_1`` ...), one element per patient; NaN where missing.

    Returns
    -------
    tuple of ndarray of float64, each shape (n,)
        Score at the start, and later; NaN where no activity was scored at both.

    References
    ----------
    Stratford P et al. (1995), Physiother Can 47:258-63 (not opened).

    Examples
    --------
    >>> nan = np.nan
    >>> first = {"psfs_1": np.array([2.0]), "psfs_2": np.array([4.0]), "psfs_3": np.array([nan])}
    >>> later = {"psfs_1": np.array([5.0]), "psfs_2": np.array([nan]), "psfs_3": np.array([9.0])}
    >>> [score.tolist() for score in same_activities(first, later)]
    [[2.0], [5.0]]
    """
    shared = [item for item in first if item in later]
    pairs = [(np.asarray(first[i], float), np.asarray(later[i], float)) for i in shared]
    both = [~np.isnan(a) & ~np.isnan(b) for a, b in pairs]
    count = np.sum(both, axis=0)
    divisor = np.where(count > 0, count, np.nan)
    sums = [
        np.sum([np.where(there, pair[k], 0) for pair, there in zip(pairs, both, strict=True)], 0)
        for k in (0, 1)
    ]
    return sums[0] / divisor, sums[1] / divisor


def activities_of_the_start(
    items: Mapping[str, np.ndarray], owner: np.ndarray
) -> dict[str, np.ndarray]:
    """PSFS answers that can be compared with each owner's first answers.

    Of each row only the activities scored at the owner's first row with any answer are kept; a row
    that lacks one of these keeps nothing, because its mean would be of other activities.

    Parameters
    ----------
    items : mapping of str to ndarray, each shape (n,)
        Answers by item code, rows in the order of days; NaN where missing.
    owner : ndarray, shape (n,)
        Patient, or episode, of each row.

    Returns
    -------
    dict of str to ndarray of float64, each shape (n,)

    Examples
    --------
    >>> nan = np.nan
    >>> items = {"psfs_1": np.array([2.0, 5.0, 6.0]), "psfs_2": np.array([4.0, nan, 8.0]),
    ...          "psfs_3": np.array([nan, nan, 9.0])}
    >>> kept = activities_of_the_start(items, np.array([1, 1, 1]))
    >>> {item: answers.tolist() for item, answers in kept.items()}
    {'psfs_1': [2.0, nan, 6.0], 'psfs_2': [4.0, nan, 8.0], 'psfs_3': [nan, nan, nan]}
    """
    codes = list(items)
    answers = np.array([np.asarray(items[code], float) for code in codes])
    answered = ~np.isnan(answers)
    rows = np.flatnonzero(answered.any(axis=0))
    owners, first, of_owner = np.unique(
        np.asarray(owner)[rows], return_index=True, return_inverse=True
    )
    needed = answered[:, rows[first]][:, of_owner] if len(owners) else answered[:, rows]
    complete = (answered[:, rows] | ~needed).all(axis=0)
    kept = np.full(answers.shape, np.nan)
    kept[:, rows] = np.where(needed & complete, answers[:, rows], np.nan)
    return dict(zip(codes, kept, strict=True))
