"""Bootstrap intervals of 20 differences of means, beside SciPy's, in one run.

Twenty cells of two arms of 100 to 10,000 patients each, 5,000 resamples, BCa; scores in whole
points and scores with a fraction. Run with
``python -m pytest -m slow tests/benchmarks/test_bootstrap.py -s``; the page of results beside this
file keeps what was measured.
"""

import json
import time
from importlib.util import find_spec

import numpy as np
import pytest
from scipy import stats

from hipoutcomes.stats.groups import bootstrap_totals
from hipoutcomes.stats.groups.bootstrap import bootstrap_differences

N_CELLS, N_RESAMPLES = 20, 5000

#: The least that SciPy's time must be, in units of ours.
LEAST_COMPILED, LEAST_NUMPY = 10.0, 1.0

#: Resamples that SciPy holds at once: the quickest of 10, 50, 100, 500 and all, where measured.
BATCH = 50


def cells(whole: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Improvements, arms and cells of patients, the arms from 100 to 10,000."""
    rng = np.random.default_rng(2026)
    sizes = np.geomspace(100, 10_000, N_CELLS).astype(int)
    arms = np.concatenate([np.repeat([0, 1], size) for size in sizes])
    groups = np.repeat(np.arange(N_CELLS), 2 * sizes)
    values = rng.normal(2, 2.2, len(arms)) + 0.5 * arms
    return (np.clip(values.round(), -10, 10) if whole else values), arms, groups


def difference(x, y, axis=-1):
    return y.mean(axis=axis) - x.mean(axis=axis)


def by_scipy(values, arms, groups) -> tuple[np.ndarray, np.ndarray]:
    found = []
    for cell in range(N_CELLS):
        part = values[groups == cell], arms[groups == cell]
        sample = part[0][part[1] == 0], part[0][part[1] == 1]
        found.append(
            stats.bootstrap(
                sample, difference, n_resamples=N_RESAMPLES, batch=BATCH, vectorized=True,
                method="BCa", rng=np.random.default_rng(cell),
            ).confidence_interval
        )  # fmt: skip
    return np.array([one.low for one in found]), np.array([one.high for one in found])


def by_us(values, arms, groups) -> tuple[np.ndarray, np.ndarray]:
    found = bootstrap_differences(values, arms, groups=groups, seed=1, n_resamples=N_RESAMPLES)
    return found.conf_low, found.conf_high


def seconds(bootstrapped, data) -> float:
    """Wall time of one run."""
    started = time.perf_counter()
    bootstrapped(*data)
    return time.perf_counter() - started


def paired(data, times: int = 3) -> dict:
    """The quickest of several runs of each, one after the other."""
    runs = [(seconds(by_scipy, data), seconds(by_us, data)) for _ in range(times)]
    peer, ours = (min(run[side] for run in runs) for side in (0, 1))
    return {"scipy": peer, "ours": ours, "ratio": peer / ours}


@pytest.mark.slow
@pytest.mark.parametrize("whole", [True, False], ids=["whole points", "fractions"])
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "numpy"])
def test_twenty_cells_are_bootstrapped_faster_than_by_scipy(compiled, whole, monkeypatch):
    if compiled and find_spec("numba") is None:
        pytest.skip('the extra "fast" is not installed: pip install "hipoutcomes[fast]"')
    if not compiled:
        monkeypatch.setattr(bootstrap_totals, "find_spec", lambda name: None)
    data = cells(whole)
    first = seconds(by_us, data)  # The kernel is compiled, or read from disk.
    found = paired(data)
    print(json.dumps({"compiled": compiled, "whole": whole, "first": first, **found}))
    width = np.subtract(*by_scipy(*data)[::-1])
    for ours, peer in zip(by_us(*data), by_scipy(*data), strict=True):
        # Limits of 5,000 resamples are off by about 1 % of the width.
        np.testing.assert_allclose((ours - peer) / width, 0, atol=0.06)
    assert found["ratio"] >= (LEAST_COMPILED if compiled else LEAST_NUMPY)
