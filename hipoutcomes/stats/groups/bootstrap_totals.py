"""Totals over resamples: compiled where the extra `fast` is installed, in NumPy otherwise."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from hipoutcomes.stats.groups.bootstrap_kernel import add_up_draws

#: Draws held in memory at once by NumPy.
_AT_ONCE = 200_000

#: How often each distinct value comes is drawn, rather than each draw, where there are at least so
#: many draws for one distinct value: what a compiled draw is worth, and one of NumPy's.
_DRAWS_PER_VALUE, _NUMPY_DRAWS_PER_VALUE = 100, 20


def resampled_totals(
    table: np.ndarray, n_resamples: int, seed: int, *, stream: int = 0, compiled: bool | None = None
) -> np.ndarray:
    """Column totals of resamples of a table's rows, each of as many rows drawn with replacement.

    Parameters
    ----------
    table : ndarray, shape (m, q)
        One row per patient (or cluster): its own totals.
    n_resamples : int
    seed, stream : int
        One stream of random numbers for each pair, so that the resamples of one group do not
        depend on which other groups are asked for.
    compiled : bool, optional
        Whether to use Numba; by default where it is installed. The two ways draw different
        resamples of the same distribution; each gives the same for the same seed.

    Returns
    -------
    ndarray, shape (n_resamples, q)

    Raises
    ------
    ValueError
        When `compiled` is asked for without the extra `fast`.

    Examples
    --------
    >>> totals = resampled_totals(np.array([[2.0], [2.0], [2.0]]), 4, seed=1)
    >>> totals.ravel()
    array([6., 6., 6., 6.])
    """
    installed = find_spec("numba") is not None
    if compiled and not installed:
        raise ValueError('Compiled resampling needs Numba: pip install "hipoutcomes[fast]".')
    sequence = np.random.SeedSequence([seed, stream])
    table = np.asarray(table, dtype=float)
    use_kernel = installed if compiled is None else compiled
    least = _DRAWS_PER_VALUE if use_kernel else _NUMPY_DRAWS_PER_VALUE
    if (totals := _by_counts(table, n_resamples, sequence, least)) is not None:
        return totals
    if use_kernel:
        return _by_kernel(table, n_resamples, sequence.generate_state(1, np.uint64)[0])
    return _by_draws(table, n_resamples, np.random.default_rng(sequence))


def _by_counts(
    table: np.ndarray, n_resamples: int, sequence: np.random.SeedSequence, least: int
) -> np.ndarray | None:
    """Draw how often each distinct value comes; None where there are too many of them."""
    if table.shape[1] > 1:
        return None
    values, counts = np.unique(table[:, 0], return_counts=True)
    if len(values) * least > len(table):
        return None
    rng = np.random.default_rng(sequence)
    return (rng.multinomial(len(table), counts / len(table), size=n_resamples) @ values)[:, None]


def _by_draws(table: np.ndarray, n_resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Draw positions, some resamples at a time, and add up their rows."""
    m, n_columns = table.shape
    totals = np.empty((n_resamples, n_columns))
    step = max(_AT_ONCE // m, 1)
    for first in range(0, n_resamples, step):
        block = totals[first : first + step]
        places = rng.integers(0, m, size=(len(block), m))
        for column in range(n_columns):
            block[:, column] = table[:, column].take(places).sum(axis=1)
    return totals


def _by_kernel(table: np.ndarray, n_resamples: int, key: np.uint64) -> np.ndarray:
    """Compiled draws, the resamples shared out among the cores."""
    columns = np.ascontiguousarray(table.T)
    totals = np.empty((n_resamples, columns.shape[0]))
    kernel = _compiled_kernel()
    cores = min(os.cpu_count() or 1, n_resamples)
    ends = [n_resamples * part // cores for part in range(cores + 1)]
    with ThreadPoolExecutor(cores) as threads:
        for done in [
            threads.submit(kernel, columns, key, first, last, totals)
            for first, last in pairwise(ends)
        ]:
            done.result()
    return totals


@cache
def _compiled_kernel():
    """The kernel as machine code, kept on disk between runs where that is possible."""
    import numba

    try:
        return numba.njit(nogil=True, cache=True)(add_up_draws)
    except RuntimeError:
        # Numba finds no folder that it may write its cache to.
        return numba.njit(nogil=True)(add_up_draws)
