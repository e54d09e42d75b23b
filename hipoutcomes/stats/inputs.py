"""What every statistic asks of its arrays: finite numbers, group codes, a level inside 0 to 1."""

import numpy as np


def checked_values(values, name: str = "values") -> np.ndarray:
    """Finite numbers as one row of floats.

    Raises
    ------
    ValueError
        When a value is missing or infinite, or the array has more than one dimension.

    Examples
    --------
    >>> checked_values([1, 2])
    array([1., 2.])
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"{name} must have one dimension; it has {values.ndim}.")
    if not np.isfinite(values).all():
        n_bad = int((~np.isfinite(values)).sum())
        raise ValueError(
            f"{name} holds {n_bad} missing or infinite numbers of {len(values)}; "
            "leave them out first, and count them."
        )
    return values


def checked_groups(
    groups, n_values: int, n_groups: int | None = None, *, name: str = "groups"
) -> tuple[np.ndarray, int]:
    """Group codes from 0, one for each value, and the number of groups.

    Raises
    ------
    ValueError
        When there is not one whole code per value, or a code is outside 0 to `n_groups` - 1.

    Examples
    --------
    >>> checked_groups([0, 2, 2], 3)
    (array([0, 2, 2]), 3)
    """
    groups = np.asarray(groups)
    if groups.shape != (n_values,):
        raise ValueError(
            f"{name} must have shape ({n_values},) like the values; it has {groups.shape}."
        )
    if n_values and not np.issubdtype(groups.dtype, np.integer):
        raise ValueError(f"{name} must be whole-number codes from 0; they are {groups.dtype}.")
    groups = groups.astype(np.intp, copy=False)
    lowest, highest = int(groups.min(initial=0)), int(groups.max(initial=-1))
    n_groups = highest + 1 if n_groups is None else n_groups
    if lowest < 0 or highest >= n_groups:
        raise ValueError(
            f"{name.removesuffix('s')} codes must lie in 0 to {n_groups - 1}; "
            f"they run from {lowest} to {highest}."
        )
    return groups, n_groups


def checked_inside(value: float, name: str, low: float = 0.0, high: float = 1.0) -> float:
    """A number strictly between two bounds.

    Raises
    ------
    ValueError
        When it is not.

    Examples
    --------
    >>> checked_inside(0.95, "level")
    0.95
    """
    if not low < value < high:
        raise ValueError(f"{name} must lie between {low:g} and {high:g}; it is {value!r}.")
    return value
