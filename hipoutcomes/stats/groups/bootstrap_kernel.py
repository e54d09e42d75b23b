"""The inner loop of the bootstrap of totals, written to be compiled by Numba.

It is plain Python until `bootstrap_totals` compiles it, so that nothing here needs Numba.
"""

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_MIX = np.uint64(0x94D049BB133111EB)
_LOWER_HALF = np.uint64(0xFFFFFFFF)
_BITS_30, _BITS_27, _BITS_31, _BITS_32 = (np.uint64(bits) for bits in (30, 27, 31, 32))

#: Draws made before they are added up: few enough to stay in the fastest memory.
_BATCH = 512


def add_up_draws(
    columns: np.ndarray, key: np.uint64, first: int, last: int, totals: np.ndarray
) -> None:
    """Fill rows `first` to `last` of `totals` with sums over draws with replacement.

    Parameters
    ----------
    columns : ndarray, shape (q, m)
        Each resample draws m of the m places, the same for all q columns.
    key : uint64
        Where the stream of random numbers begins; a row takes the same part of it whichever rows
        are asked for.
    first, last : int
        Rows to fill.
    totals : ndarray, shape (n_resamples, q)

    Notes
    -----
    The k-th 64-bit number is SplitMix64 of ``key + k * 0x9E3779B97F4A7C15`` [1]_ and gives two
    places, each by the upper half of a 32-bit product [2]_; the chance of a place is off by less
    than one part in ``2**32 / m``.

    References
    ----------
    .. [1] Steele GL, Lea D, Flood CH (2014). Fast splittable pseudorandom number generators.
       OOPSLA 2014, 453-472.
    .. [2] Lemire D (2019). Fast random integer generation in an interval. ACM Transactions on
       Modeling and Computer Simulation 29(1), 3.

    Examples
    --------
    >>> totals = np.zeros((2, 1))
    >>> with np.errstate(over="ignore"):
    ...     add_up_draws(np.ones((1, 5)), np.uint64(1), 0, 2, totals)
    >>> totals.tolist()
    [[5.0], [5.0]]
    """
    n_columns, m = columns.shape
    size = np.uint64(m)
    numbers_per_row = np.uint64((m + 1) // 2)
    places = np.empty(_BATCH, dtype=np.uint64)
    for row in range(first, last):
        state = key + _STEP * (numbers_per_row * np.uint64(row))
        for column in range(n_columns):
            totals[row, column] = 0.0
        for start in range(0, m, _BATCH):
            drawn = min(_BATCH, m - start)
            for i in range(0, drawn, 2):
                state += _STEP
                x = (state ^ (state >> _BITS_30)) * _FIRST_MIX
                x = (x ^ (x >> _BITS_27)) * _SECOND_MIX
                x ^= x >> _BITS_31
                places[i] = ((x >> _BITS_32) * size) >> _BITS_32
                places[i + 1] = ((x & _LOWER_HALF) * size) >> _BITS_32
            for column in range(n_columns):
                # Four sums at once: the next addition need not wait for the last.
                a = b = c = d = 0.0
                whole = drawn - drawn % 4
                for i in range(0, whole, 4):
                    a += columns[column, places[i]]
                    b += columns[column, places[i + 1]]
                    c += columns[column, places[i + 2]]
                    d += columns[column, places[i + 3]]
                for i in range(whole, drawn):
                    a += columns[column, places[i]]
                totals[row, column] += (a + b) + (c + d)
