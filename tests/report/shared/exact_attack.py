"""An attacker of one row: whole scores from 0 to 10, every sum they can have, and no rounding.

For a mean, an interval and a number of clients there are few possible sums of changes. For each,
integer programming looks for the fewest and the most clients better, the same or worse.
"""

import math

import numpy as np
from scipy import stats
from scipy.optimize import Bounds, LinearConstraint, milp

#: First score and improvement of every client there can be; later score = first - improvement.
CLIENTS = np.array([(s, s - later) for s in range(11) for later in range(11)])
START, CHANGE = CLIENTS.T
IS = {"better": CHANGE >= 2, "same": abs(CHANGE) < 2, "worse": CHANGE <= -2}


def possible(n, means, known, classes):
    """Fewest and most clients of some classes, given what a row shows.

    Parameters
    ----------
    n : int
        Clients measured.
    means : tuple of float
        Mean first score, low and high end of the interval, mean change.
    known : dict of str to int
        Clients of classes that are shown.
    classes : tuple of str
    """
    start, low, high, change = means
    t, half = stats.t.ppf(0.975, n - 1), 0.05 + 1e-9
    wanted = sum(IS[name].astype(float) for name in classes)
    found = []
    for total in range(math.ceil(n * (change - half)), math.floor(n * (change + half)) + 1):
        mean = total / n
        narrow = max(mean - low - half, high - half - mean, 0)
        wide = min(mean - low + half, high + half - mean)
        if wide < narrow:
            continue
        squares = [(n - 1) * (w * math.sqrt(n) / t) ** 2 + n * mean**2 for w in (narrow, wide)]
        lines = [(np.ones(len(CLIENTS)), n, n), (CHANGE, total, total), (CHANGE**2, *squares),
                 (START, n * (start - half), n * (start + half))]  # fmt: skip
        lines += [(IS[name], k, k) for name, k in known.items()]
        terms, least, most = zip(*lines, strict=True)
        for sign in (1, -1):
            answer = milp(
                sign * wanted,
                constraints=LinearConstraint(np.array(terms, float), least, most),
                integrality=np.ones(len(CLIENTS)),
                bounds=Bounds(0, np.inf),
            )
            if answer.x is not None:
                found.append(round(sign * answer.fun))
    return min(found), max(found)
