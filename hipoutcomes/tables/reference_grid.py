"""The cells of a reference grid: every level of every factor, and the means of the numbers."""

from collections.abc import Mapping

import pandas as pd

from hipoutcomes.errors import NotEnoughData

#: A reference grid with more cells than this is refused.
LARGEST_GRID = 200_000


def reference_cells(
    levels: Mapping[str, pd.Series], middles: Mapping[str, float], first: tuple[str, ...]
) -> pd.DataFrame:
    """Every combination of the levels of all factors, other columns at their mean.

    Parameters
    ----------
    levels : mapping of str to Series
        Levels of each factor, in the index.
    middles : mapping of str to float
        Value of every other column.
    first : tuple of str
        Factors that vary most slowly, in this order: rows of one combination of their levels
        stand together.

    Raises
    ------
    NotEnoughData
        When there would be too many cells.

    Examples
    --------
    >>> levels = {"sex": pd.Series([3, 4], [0, 1]), "arm": pd.Series([5, 2], ["a", "b"])}
    >>> reference_cells(levels, {"age": 50.0}, ("arm",)).to_numpy().tolist()
    [['a', 0, 50.0], ['a', 1, 50.0], ['b', 0, 50.0], ['b', 1, 50.0]]
    """
    names = [*first, *(name for name in levels if name not in first)]
    n_cells = 1
    for name in names:
        n_cells *= len(levels[name])
    if n_cells > LARGEST_GRID:
        raise NotEnoughData(
            f"The reference grid of {', '.join(names)} has {n_cells:,} cells.",
            f"At most {LARGEST_GRID:,} are allowed.",
            "Merge levels, or leave a factor out.",
        )
    kinds = [list(levels[name].index) for name in names]
    cells = pd.MultiIndex.from_product(kinds, names=names).to_frame(index=False)
    return cells.assign(**middles)
