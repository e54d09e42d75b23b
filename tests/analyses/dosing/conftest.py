"""Pools of simulated patients whose truth is known, and small clinics drawn from them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.dosing.visits import Visits, visits_of
from hipoutcomes.simulate import SCENARIOS, simulate_clinic


def visits_in(scenario, n, seed, folder) -> Visits:
    """Visits of a simulated clinic, through the whole path from its file."""
    path = folder / f"{scenario.name}-{seed}.csv"
    simulate_clinic(n, seed=seed, scenario=scenario).write_csv(path)
    return visits_of(ho.load(path), "pain")


@pytest.fixture(scope="session")
def pools(tmp_path_factory):
    """Large pools by scenario name, each made once; therapists alike, so that truths are shared."""
    made, folder = {}, tmp_path_factory.mktemp("pools")

    def of(name: str) -> Visits:
        if name not in made:
            made[name] = visits_in(replace(SCENARIOS[name], therapist_icc=0.0), 12_000, 7, folder)
        return made[name]

    return of


@pytest.fixture(scope="session")
def had_everyone_come_back(tmp_path_factory):
    """True mean change at each visit from the second on, in a clinic where nobody stops."""
    nobody_stops = replace(
        SCENARIOS["informative_stopping"],
        name="nobody_stops", stop_well=0.0, stop_discouraged=0.0, stop_random=0.0,
        never_measured=0.0, missing=0.0, running=0.0, second_episode=0.0, therapist_icc=0.0,
    )  # fmt: skip
    whole = visits_in(nobody_stops, 20_000, 99, tmp_path_factory.mktemp("truth"))
    means = whole.scores.groupby("session_number")["good"].mean()
    return pd.Series(np.diff(means), index=means.index[1:])


@pytest.fixture
def visit_clinic(changes, hand_clinic):
    """Makes a clinic from each patient's scores before treatment, visit by visit.

    `days` are of visits (weekly without); `after` are scores after treatment; `between` is one
    score on day 42, which is then also the outcome of week 6; a missing score is None.
    """

    def made(scores, *, days=None, after=None, between=None, last_day=1000):
        rows = []
        for patient, path in scores.items():
            when = 7 * np.arange(len(path)) if days is None else days[patient]
            for seq, (score, day) in enumerate(zip(path, when, strict=True)):
                later = None if after is None else after[patient][seq]
                rows.append((patient + 1, seq + 1, int(day), score, later))
        visits = pd.DataFrame(rows, columns=["patient_id", "episode_seq", "day", "before", "after"])
        visits["session_id"] = np.arange(1, len(visits) + 1)
        visits["episode_id"] = visits["patient_id"]
        parts = [
            visits[["patient_id", "day", "session_id", name]]
            .rename(columns={name: "score"})
            .assign(timing=name)
            for name in ("before", "after")
        ]
        asked = pd.Series(between or {}, dtype=float)
        parts.append(
            pd.DataFrame({"patient_id": asked.index + 1, "day": 42, "score": asked.to_numpy()})
            .assign(session_id=np.nan, timing="between")
        )  # fmt: skip
        long = pd.concat(parts, ignore_index=True).dropna(subset=["score"]).assign(measure="pain")
        long["score"] = long["score"].astype(float)
        last = visits.groupby("patient_id")["day"].max()
        size = visits.groupby("patient_id").size()
        first = [np.nan if path[0] is None else path[0] for path in scores.values()]
        final = [asked.get(patient, np.nan) for patient in scores]
        before = [(visits.loc[visits["patient_id"] == p + 1, "day"] < 42).sum() for p in scores]
        episodes = changes(first, final).assign(
            patient_id=[p + 1 for p in scores],
            episode_id=[p + 1 for p in scores],
            last_day=last.to_numpy(),
            n_sessions=size.to_numpy(),
            n_sessions_before=before,
        )
        clinic = hand_clinic(
            [episodes], last_day=last_day, episodes=episodes, links=visits, scores=long
        )
        clinic.episode_rule = ho.EpisodeRule()
        return clinic

    return made
