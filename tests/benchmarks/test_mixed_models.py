"""Mixed models of a million sessions, from the typed table to estimates, beside lme4.

Ours is given a pandas frame with categories, its rows in any order and 3 % of outcomes missing,
and must sort, drop, code, sum, fit, check the fit from the rows, and give coefficients, standard
errors, variance components and Satterthwaite's degrees of freedom. lme4 is given a data frame with
factors, ready in memory: only `lmer()` is timed, which gives no degrees of freedom. Each runs in a
process of its own with packages loaded and a small model fitted before. Both run on one core, and
what is compared is the time they spent computing, so that other work on the machine does not count;
the time that passed is printed beside it.

Run with ``python -m pytest -m slow tests/benchmarks/test_mixed_models.py -s``; R needs lme4. The
page of results beside this file keeps what was measured.
"""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

#: Random part in R, our slope, and how many times faster than lme4 we must be.
MODELS = {
    "intercept": ("(1 | patient_id)", "", 40),
    "slope on session number": ("(1 + k | patient_id)", "k", 50),
    "slope on days": ("(1 + day | patient_id)", "day", 8),
}

OURS = """
import json, resource, sys, time
import pandas as pd
import hipoutcomes as ho
formula = "pain ~ technique * k + condition + age + base"
frame, slope = pd.read_pickle(sys.argv[1]), sys.argv[2] or None
ho.mixed_model(frame.head(12_000), formula, patient="patient_id", slope=slope)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started, computed = time.perf_counter(), time.process_time()
model = ho.mixed_model(frame, formula, patient="patient_id", slope=slope)
seconds, computed = time.perf_counter() - started, time.process_time() - computed
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert model.table[["estimate", "std_error", "df"]].notna().all(axis=None)
print(json.dumps({
    "seconds": computed, "passed": seconds, "criterion": model.fit.criterion,
    "patterns": model.fit.n_patterns, "patients": model.fit.n_patients,
    "rows": model.fit.n_rows, "columns": len(model.table),
    "steps": model.fit.n_steps, "residual": model.fit.residual_variance,
    "least df": model.table["df"].min(), "more megabytes": (after - before) / 1024,
}))
"""

PEER = """
suppressMessages(library(lme4))
options(digits = 15)
given <- commandArgs(TRUE)
n <- as.integer(given[2])
read <- function(name, what, size) readBin(file.path(given[1], name), what, n, size)
rows <- data.frame(
  patient_id = factor(read("patient_id", "integer", 4)), k = read("k", "integer", 4),
  day = read("day", "integer", 4), age = read("age", "numeric", 8),
  base = read("base", "numeric", 8), pain = read("pain", "numeric", 8),
  technique = factor(letters[1 + read("technique", "integer", 4)]),
  condition = factor(letters[1 + read("condition", "integer", 4)]))
rows$pain[is.nan(rows$pain)] <- NA
formula <- as.formula(paste("pain ~ technique * k + condition + age + base +", given[3]))
few <- droplevels(rows[rows$patient_id %in% levels(rows$patient_id)[1:500], ])
invisible(suppressWarnings(lmer(formula, few)))
took <- system.time(fit <- suppressWarnings(lmer(formula, rows)))
cat(sprintf('{"seconds": %.3f, "passed": %.3f, "criterion": %.9f, "residual": %.12f}\\n',
            sum(took[1:2]), took[["elapsed"]], REMLcrit(fit), sigma(fit)^2))
"""

ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def sessions(n_patients: int, seed: int, *, missing: float, shuffled: bool = True) -> pd.DataFrame:
    """Sessions of patients as the library's typed table holds them: about six a patient."""
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 12, n_patients)
    patient = np.repeat(np.arange(n_patients, dtype=np.int32), n)
    k = (np.arange(len(patient)) - np.repeat(np.cumsum(n) - n, n)).astype(np.int32)
    usual = rng.integers(0, 6, n_patients)[patient]
    technique = np.where(rng.random(len(k)) < 0.2, rng.integers(0, 6, len(k)), usual)
    condition = rng.integers(0, 5, n_patients)[patient]
    age = rng.normal(50, 12, n_patients).round()[patient]
    base = np.clip(rng.normal(6, 1.5, n_patients).round(), 0, 10)[patient]
    pain = 2 + 0.5 * base - 0.2 * k + 0.1 * technique - 0.02 * technique * k + 0.3 * condition
    pain += 0.01 * age + rng.normal(0, 1.2, n_patients)[patient]
    pain += rng.normal(0, 0.15, n_patients)[patient] * k + rng.normal(0, 1, len(k))
    pain[rng.random(len(k)) < missing] = np.nan
    days = np.cumsum(np.where(k > 0, rng.integers(3, 15, len(k)), 0))
    first_day = np.repeat(days[np.cumsum(n) - n], n)
    frame = pd.DataFrame(
        {
            "patient_id": patient + 1,
            "k": k,
            "day": (days - first_day).astype(np.int32),
            "technique": pd.Categorical.from_codes(technique, list("abcdef")),
            "condition": pd.Categorical.from_codes(condition, list("abcde")),
            "age": age,
            "base": base,
            "pain": pain,
        }
    )
    return frame.iloc[rng.permutation(len(k))].reset_index(drop=True) if shuffled else frame


def measured(*command, env) -> dict:
    """Run a program in a process of its own and read what it prints last."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=True, env=env)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def one_core():
    return {**os.environ, **ONE_CORE}


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    folder = tmp_path_factory.mktemp("million")
    frame = sessions(167_000, seed=2026, missing=0.03)
    frame.to_pickle(folder / "frame.pickle")
    for name in frame:
        column = frame[name].cat.codes if name in ("technique", "condition") else frame[name]
        kind = np.float64 if name in ("age", "base", "pain") else np.int32
        column.to_numpy(dtype=kind).tofile(folder / name)
    (folder / "peer.R").write_text(PEER)
    return folder, len(frame)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_a_million_sessions_are_fitted_many_times_faster_than_by_lme4(million, one_core, model):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    folder, n_rows = million
    random, slope, at_least = MODELS[model]
    assert 990_000 < n_rows < 1_010_000
    runs = [
        measured(sys.executable, "-c", OURS, folder / "frame.pickle", slope, env=one_core)
        for _ in range(3)
    ]
    ours = sorted(runs, key=lambda run: run["seconds"])[1]
    peer = measured("Rscript", folder / "peer.R", folder, n_rows, random, env=one_core)
    ratio = peer["seconds"] / ours["seconds"]
    seconds = [round(run["seconds"], 3) for run in runs]
    print(json.dumps({"model": model, "lme4": peer, "ours": ours, "runs": seconds, "x": ratio}))
    assert ours["columns"] == 18
    assert ours["criterion"] <= peer["criterion"] + 1e-6
    assert ours["residual"] == pytest.approx(peer["residual"], rel=1e-4)
    assert ratio >= at_least


GROWTH = """
import json, sys, time
import pandas as pd
from hipoutcomes.analyses.models.patient_moments import patient_moments
from hipoutcomes.stats.models.mixed.fit import mixed_fit
formula, found = "pain ~ technique * k + condition + age + base", {}
for path in sys.argv[1:]:
    frame = pd.read_pickle(path)
    started = time.perf_counter()
    moments = patient_moments(frame, formula, patient="patient_id", slope="k")
    passed = time.perf_counter() - started
    times = []
    for _ in range(50):
        started = time.process_time()
        fit = mixed_fit(moments)
        times.append(time.process_time() - started)
    found[moments.n_rows] = {"pass": passed, "fit": sorted(times)[:3], "patterns": fit.n_patterns}
print(json.dumps(found))
"""


@pytest.mark.slow
def test_the_fit_itself_does_not_grow_with_the_sessions(tmp_path, one_core):
    paths = []
    for n_patients in (16_700, 1_670_000):
        paths.append(tmp_path / f"{n_patients}.pickle")
        sessions(n_patients, seed=7, missing=0.0).to_pickle(paths[-1])
    found = measured(sys.executable, "-c", GROWTH, *paths, env=one_core)
    print(json.dumps(found))
    (_, small), (n_large, large) = found.items()
    assert int(n_large) > 9_900_000
    assert small["patterns"] == large["patterns"] == 11
    assert min(large["fit"]) <= 1.2 * min(small["fit"])
