"""The readings over visits against what is true, where stopping depends on what is recorded or not.

In both scenarios a visit brings nothing. The truths are found by intervening in the simulator: the
change had everyone come back is that of a clinic where nobody stops.
"""

import numpy as np
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.dosing import attended, next_visit, stopping, until_better
from hipoutcomes.analyses.dosing.visits import visits_of
from hipoutcomes.simulate import SCENARIOS, simulate_clinic
from hipoutcomes.vocabulary.thresholds import default_threshold

pytestmark = pytest.mark.slow

N_CLINICS = 200


def estimated(table):
    """Rows with an estimate, by visit."""
    return table.dropna(subset=["estimate"]).set_index("session_number")


def share_held(drawn, pool, truth, n, reading):
    """Share of clinics whose whole band holds the truth, and the mean bias of the second visit."""
    rng, held, bias = np.random.default_rng(n), [], []
    for _ in range(N_CLINICS):
        rows = estimated(reading(drawn(pool, n, rng)))
        true = truth.reindex(rows.index)
        held.append(((rows["band_low"] <= true) & (true <= rows["band_high"])).all())
        bias.append(rows["estimate"].iloc[0] - true.iloc[0])
    return np.mean(held), np.mean(bias)


def among_returned(visits):
    return next_visit.steps_among_returned(visits, 0.95, 1)


def of_everyone(visits):
    return next_visit.steps_of_everyone(visits, 0.95, 1)[0]


@pytest.mark.parametrize("name", ["informative_stopping", "hidden_stopping"])
def test_the_simple_curve_gives_visits_what_they_do_not_bring(pools, name):
    # The truth is 0: a visit brings nothing. Where people stop when a low score is recorded the
    # line climbs; where they stop for a relief to come it falls, though coming harms nobody.
    row = attended.simple_curve(pools(name), 0.95).iloc[-1]
    assert row["quantity"] == attended.SLOPE
    if name == "informative_stopping":
        assert row["conf_low"] > 0.2
    else:
        assert row["conf_high"] < -0.05


@pytest.mark.parametrize("name", ["informative_stopping", "hidden_stopping"])
@pytest.mark.parametrize("n", [100, 300])
def test_changes_among_those_who_came_back_cover_their_own_truth_however_people_stop(
    drawn, pools, name, n
):
    pool = pools(name)
    truth = pool.steps.groupby("session_number")["change"].mean()
    held, bias = share_held(drawn, pool, truth, n, among_returned)
    # 95 % of 200 clinics, less 3 standard errors of the count.
    assert held > 0.90
    assert abs(bias) < 0.06


@pytest.mark.parametrize("n", [100, 300])
def test_changes_had_everyone_come_back_cover_theirs_where_stopping_depends_on_recorded_scores(
    drawn, pools, had_everyone_come_back, n
):
    pool = pools("informative_stopping")
    held, bias = share_held(drawn, pool, had_everyone_come_back, n, of_everyone)
    assert held > 0.90
    assert abs(bias) < 0.08


def test_where_people_stop_for_a_relief_nobody_records_the_change_is_understated(
    pools, had_everyone_come_back
):
    truth = had_everyone_come_back.loc[2:5].sum()
    seen = estimated(of_everyone(pools("informative_stopping"))).loc[2:5, "estimate"].sum()
    unseen = estimated(of_everyone(pools("hidden_stopping"))).loc[2:5, "estimate"].sum()
    assert truth == pytest.approx(1.21, abs=0.1)
    assert unseen - truth < -0.25
    assert seen - truth > -0.1


@pytest.fixture(scope="module")
def going_on(tmp_path_factory):
    """Going on against stopping, by scenario, in a clinic of 12,000."""
    folder, found = tmp_path_factory.mktemp("going-on"), {}
    for name in ("informative_stopping", "hidden_stopping"):
        simulate_clinic(12_000, seed=7, scenario=name).write_csv(folder / f"{name}.csv")
        clinic = ho.load(folder / f"{name}.csv")
        table = stopping.going_on_or_stopping(clinic, visits_of(clinic, "pain"), 0.95)
        found[name] = estimated(table)
    return found


def test_going_on_brings_nothing_where_stopping_depends_on_recorded_scores(going_on):
    rows = going_on["informative_stopping"]
    assert rows.index.tolist() == [1, 2, 3, 4]
    assert (rows["conf_low"] < 0).all()
    assert (rows["conf_high"] > 0).all()
    assert (rows["conf_high"] - rows["conf_low"]).loc[2:].max() < 0.4


def test_going_on_seems_to_harm_where_people_stop_for_a_relief_nobody_records(going_on):
    assert (going_on["hidden_stopping"]["conf_high"] < -0.2).all()


def test_where_nothing_changes_the_share_confirmed_lies_in_the_range_of_noise(tmp_path):
    simulate_clinic(4000, seed=3, scenario=SCENARIOS["null"]).write_csv(tmp_path / "null.csv")
    visits = visits_of(ho.load(tmp_path / "null.csv"), "pain")
    rows = estimated(until_better.sessions_until_better(visits, default_threshold("pain"), 0.95))
    assert len(rows) > 6
    assert (rows["expected_low"] < rows["estimate"]).all()
    assert (rows["estimate"] < rows["expected_high"]).all()
