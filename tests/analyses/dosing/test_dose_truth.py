"""The readings over visits against what is true, where stopping depends on what is recorded or not.

In both scenarios a visit brings nothing. The truths are found by intervening in the simulator: the
change had everyone come back is that of a clinic where nobody stops. How often intervals hold them
is kept by tests/calibration/test_visits.py.
"""

import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.dosing import attended, next_visit, stopping, until_better
from hipoutcomes.analyses.dosing.visits import visits_of
from hipoutcomes.simulate import SCENARIOS, simulate_clinic
from hipoutcomes.vocabulary.thresholds import default_threshold

pytestmark = pytest.mark.slow


def estimated(table):
    """Rows with an estimate, by visit."""
    return table.dropna(subset=["estimate"]).set_index("session_number")


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
