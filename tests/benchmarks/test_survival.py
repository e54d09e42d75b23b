"""Kaplan-Meier curves of six groups with medians and a log-rank test, beside three peers.

A million patients in whole days; each program in a fresh process, its own imports and the reading
of the data outside its time. lifelines needs an older pandas than this package: name a Python that
has it in HIPOUTCOMES_LIFELINES, or that peer is left out and the run says so. Run with
``python -m pytest -m slow tests/benchmarks/test_survival.py -s``; the page of results beside this
file keeps what was measured.
"""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

N_PATIENTS, N_GROUPS, MOST_DAYS = 1_000_000, 6, 730

READ = """
import json, sys, time
import numpy as np
days, event, group = (np.load(f"{sys.argv[1]}/{name}.npy") for name in ("days", "event", "group"))
"""

OURS = (
    READ
    + """
from hipoutcomes.stats.survival.kaplan_meier import kaplan_meier
from hipoutcomes.stats.survival.log_rank import log_rank
started = time.perf_counter()
curves = kaplan_meier(days, event, group)
test = log_rank(days, event, group)
seconds = time.perf_counter() - started
medians = [curve.median for curve in curves]
print(json.dumps({"seconds": seconds, "chi2": test.statistic, "medians": medians}))
"""
)

STATSMODELS = (
    READ
    + """
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
started = time.perf_counter()
medians = [
    float(SurvfuncRight(days[group == g], event[group == g]).quantile(0.5)) for g in range(6)
]
chi2 = float(survdiff(days, event, group)[0])
print(json.dumps({"seconds": time.perf_counter() - started, "chi2": chi2, "medians": medians}))
"""
)

LIFELINES = (
    READ
    + """
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
started = time.perf_counter()
medians = [
    float(KaplanMeierFitter().fit(days[group == g], event[group == g]).median_survival_time_)
    for g in range(6)
]
chi2 = float(multivariate_logrank_test(days, group, event).test_statistic)
print(json.dumps({"seconds": time.perf_counter() - started, "chi2": chi2, "medians": medians}))
"""
)

R_SURVIVAL = """
library(survival)
folder <- commandArgs(trailingOnly = TRUE)[1]
n <- as.integer(commandArgs(trailingOnly = TRUE)[2])
read <- function(name) readBin(file.path(folder, paste0(name, ".bin")), "integer", n)
days <- read("days"); event <- read("event"); group <- read("group")
started <- proc.time()[["elapsed"]]
curves <- survfit(Surv(days, event) ~ group)
medians <- summary(curves)$table[, "median"]
chi2 <- survdiff(Surv(days, event) ~ group)$chisq
seconds <- proc.time()[["elapsed"]] - started
cat(sprintf('{"seconds": %.6f, "chi2": %.12g, "medians": [%s]}\n', seconds, chi2,
            paste(medians, collapse = ", ")))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A million patients of six groups whose events come at slightly different rates."""
    rng = np.random.default_rng(2026)
    group = rng.integers(0, N_GROUPS, N_PATIENTS)
    until = np.ceil(rng.exponential(200 + 10 * group)).astype(np.int32)
    last_seen = rng.integers(1, MOST_DAYS + 1, N_PATIENTS)
    columns = {
        "days": np.minimum(until, last_seen),
        "event": until <= last_seen,
        "group": group,
    }
    path = tmp_path_factory.mktemp("survival")
    for name, column in columns.items():
        np.save(path / f"{name}.npy", column.astype(np.int64))
        column.astype(np.int32).tofile(path / f"{name}.bin")
    return path


def best(command: list[str], times: int = 3) -> dict:
    """The quickest of several runs, each in a process of its own."""
    runs = []
    for _ in range(times):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return min(runs, key=lambda run: run["seconds"])


@pytest.mark.slow
def test_a_million_patients_are_followed_faster_than_by_any_peer(folder, tmp_path):
    peers = {"statsmodels": best([sys.executable, "-c", STATSMODELS, str(folder)])}
    if lifelines := os.environ.get("HIPOUTCOMES_LIFELINES"):
        peers["lifelines"] = best([lifelines, "-c", LIFELINES, str(folder)])
    if rscript := shutil.which("Rscript"):
        script = tmp_path / "survival.R"
        script.write_text(R_SURVIVAL)
        peers["R survival"] = best([rscript, str(script), str(folder), str(N_PATIENTS)])
    ours = best([sys.executable, "-c", OURS, str(folder)])
    left_out = sorted({"statsmodels", "lifelines", "R survival"} - set(peers))
    ratios = {name: peer["seconds"] / ours["seconds"] for name, peer in peers.items()}
    print(json.dumps({"ours": ours, **peers, "ratios": ratios, "left out": left_out}))
    for name, peer in peers.items():
        assert peer["chi2"] == pytest.approx(ours["chi2"], rel=1e-5), name
        assert peer["medians"] == pytest.approx(ours["medians"]), name
        assert ratios[name] > 1, name
