"""Days as they leave the clinic: exact, shifted by client, or counted from the first visit."""

import hashlib
import hmac
from typing import Literal

import numpy as np
import pandas as pd

DateRule = Literal["exact", "shifted", "relative"]
#: How days may be written, in the order of how much they give away.
DATE_RULES: tuple[DateRule, ...] = ("exact", "shifted", "relative")

_PURPOSE = b"hipoutcomes/v1|dates|"
#: Whole weeks by which a client's days may be moved back, at most.
_MOST_WEEKS = 52


def shift_of(client: str, secret: bytes) -> int:
    """Days by which everything of one client moves: -364 to -7, in whole weeks.

    The same client and secret give the same shift, in every export; nobody has it back without
    the secret. Whole weeks keep the day of the week.

    Parameters
    ----------
    client : str
        Pseudonym.
    secret : bytes
        Of the clinic's key.
    """
    mark = hmac.new(secret, _PURPOSE + client.encode(), hashlib.sha256).digest()
    return -7 * (1 + int.from_bytes(mark[:8], "big") % _MOST_WEEKS)


def shifted(days: np.ndarray, clients: np.ndarray, secret: bytes) -> np.ndarray:
    """Days of visits, each client's moved back by a number of weeks of their own.

    Parameters
    ----------
    days : ndarray of float, shape (n,)
        Days since 1970-01-01; NaN where there is none.
    clients : ndarray of str, shape (n,)
        Pseudonym of each row.
    secret : bytes

    Returns
    -------
    ndarray of float, shape (n,)
        Days between any two rows of one client stay as they were.

    Examples
    --------
    >>> moved = shifted(np.array([20000.0, 20010.0]), np.array(["c1", "c1"]), b"secret")
    >>> float(moved[1] - moved[0]), bool(((20000 - moved[0]) % 7) == 0)
    (10.0, True)
    """
    place, names = pd.factorize(np.asarray(clients, object))
    moves = np.array([shift_of(str(name), secret) for name in names], float)
    return np.asarray(days, float) + moves[place]


def first_days(days: np.ndarray, clients: np.ndarray, is_visit: np.ndarray) -> np.ndarray:
    """Day of each row's client's first visit; of the first row, where there was no visit.

    Parameters
    ----------
    days : ndarray of float, shape (n,)
    clients : ndarray, shape (n,)
        Anything that tells clients apart.
    is_visit : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)

    Examples
    --------
    >>> first_days(np.array([5.0, 9.0, 4.0]), np.array([1, 1, 1]), np.array([True, True, False]))
    array([5., 5., 5.])
    """
    days = np.asarray(days, float)
    place, names = pd.factorize(np.asarray(clients))
    first = np.full(len(names), np.inf)
    np.fmin.at(first, place[is_visit], days[is_visit])
    any_day = np.full(len(names), np.inf)
    np.fmin.at(any_day, place, days)
    found = np.where(np.isinf(first), any_day, first)
    return np.where(np.isinf(found), np.nan, found)[place]


def in_words(days: np.ndarray) -> pd.Series:
    """Days since 1970-01-01 as 2026-03-05; missing where there is none.

    Examples
    --------
    >>> in_words(np.array([20517.0, np.nan])).tolist()
    ['2026-03-05', nan]
    """
    moments = pd.to_datetime(pd.Series(np.asarray(days, float)), unit="D", errors="coerce")
    return moments.dt.strftime("%Y-%m-%d")


def years_of(days: np.ndarray) -> np.ndarray:
    """Calendar year of each day, NaN where there is none, shape (n,)."""
    return pd.to_datetime(pd.Series(np.asarray(days, float)), unit="D").dt.year.to_numpy(float)
