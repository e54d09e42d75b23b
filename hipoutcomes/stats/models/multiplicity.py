"""P-values that allow for several comparisons."""

import numpy as np

#: Ways to allow for several comparisons.
ADJUSTMENTS = ("holm", "bh", "none")


def adjusted_p_values(p_values: np.ndarray, method: str = "holm") -> np.ndarray:
    """P-values that allow for having made several comparisons.

    Parameters
    ----------
    p_values : ndarray, shape (m,)
        Missing (NaN) p-values stay missing and are not counted among the comparisons.
    method : {"holm", "bh", "none"}
        Holm keeps the chance of any false finding under the level; Benjamini-Hochberg ("bh")
        the expected share of false ones among the findings.

    Raises
    ------
    ValueError
        When `method` is another word.

    References
    ----------
    Holm S (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6(2), 65-70. Benjamini Y, Hochberg Y (1995). Controlling the false discovery
    rate. Journal of the Royal Statistical Society B 57(1), 289-300.

    Examples
    --------
    >>> adjusted_p_values([0.01, 0.04, 0.03]), adjusted_p_values([0.01, 0.04, 0.03], "bh")
    (array([0.03, 0.06, 0.06]), array([0.03, 0.04, 0.04]))
    """
    if method not in ADJUSTMENTS:
        raise ValueError(f"adjust must be one of {', '.join(ADJUSTMENTS)}; it is {method!r}.")
    adjusted = np.array(p_values, dtype=float)
    there = np.flatnonzero(~np.isnan(adjusted))
    if method == "none" or not len(there):
        return adjusted
    order = there[np.argsort(adjusted[there], kind="stable")]
    sizes, count = adjusted[order], len(order)
    if method == "holm":
        steps = np.maximum.accumulate((count - np.arange(count)) * sizes)
    else:
        steps = np.minimum.accumulate((count / np.arange(1, count + 1) * sizes)[::-1])[::-1]
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted
