"""The inner loop of the bootstrap of totals, written to be compiled by Numba.

It is plain Python until `bootstrap_totals` compiles it, so that nothing here needs Numba.
"""

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)
_ROW_MIXES = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_DRAW_MIXES = np.uint64(0xED5AD4BB), np.uint64(0xAC4C1B51), np.uint64(0x31848BAB)
_LOWER_HALF = np.uint64(0xFFFFFFFF)
_11, _14, _15, _17, _27, _30, _31, _32 = map(np.uint64, (11, 14, 15, 17, 27, 30, 31, 32))

#: Draws made before they are added up: few enough to stay in the fastest memory.
_BATCH = 1024


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
    Each row has a 64-bit number of its own, SplitMix64 of the key and its place [1]_. Its i-th draw
    mixes the lower half plus i by three 32-bit multiplications (Wellons's triple32 [2]_), the upper
    half put in between, so that rows walk through different orders; arithmetic of 32 bits runs
    several draws at a time. A place is the upper half of its product with m [3]_; the chance of a
    place is off by less than one part in ``2**32 / m``.

    References
    ----------
    .. [1] Steele GL, Lea D, Flood CH (2014). Fast splittable pseudorandom number generators.
       OOPSLA 2014, 453-472.
    .. [2] Wellons C (2018). Prospecting for hash functions. nullprogram.com, 31 July 2018.
    .. [3] Lemire D (2019). Fast random integer generation in an interval. ACM Transactions on
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
    first_mix, second_mix, third_mix = _DRAW_MIXES
    places = np.empty(_BATCH, dtype=np.uint32)
    for row in range(first, last):
        own = key + _STEP * np.uint64(row)
        own = (own ^ (own >> _30)) * _ROW_MIXES[0]
        own = (own ^ (own >> _27)) * _ROW_MIXES[1]
        own ^= own >> _31
        begin, between = own & _LOWER_HALF, own >> _32
        for column in range(n_columns):
            totals[row, column] = 0.0
        for start in range(0, m, _BATCH):
            drawn = min(_BATCH, m - start)
            at = begin + np.uint64(start)
            for i in range(drawn):
                x = (at + np.uint64(i)) & _LOWER_HALF
                x = ((x ^ (x >> _17)) * first_mix) & _LOWER_HALF
                x = ((x ^ (x >> _11) ^ between) * second_mix) & _LOWER_HALF
                x = ((x ^ (x >> _15)) * third_mix) & _LOWER_HALF
                x ^= x >> _14
                places[i] = (x * size) >> _32
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
