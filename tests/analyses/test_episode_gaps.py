"""Other gaps between episodes, beside each other."""

import pytest

import hipoutcomes as ho
from hipoutcomes.errors import NotEnoughData


def test_each_gap_gives_what_loading_with_it_gives(demo_clinic, root):
    answer = ho.episode_gaps(demo_clinic, "pain", gaps=(10, 90))
    for gap, row in zip((10, 90), answer.table.itertuples(), strict=True):
        loaded = ho.load(root / "data" / "demo_sessions.csv", episode_rule=ho.EpisodeRule(gap=gap))
        expected = ho.improvement(loaded, "pain").table.iloc[0]
        assert (row.estimate, row.n_patients) == (expected["estimate"], expected["n_patients"])
    assert answer.table["estimate"].nunique() == 2
    assert answer.words[0].startswith("With gaps of 10 days and 90 days, the mean improvement in ")


def test_a_filter_is_not_applied(demo_clinic):
    filtered = demo_clinic.where(age_from=60)
    answer = ho.episode_gaps(filtered, "pain", gaps=(90,))
    assert answer.table["n_patients"].tolist() == (
        ho.improvement(demo_clinic, "pain").table["n_patients"].tolist()
    )


def test_one_row_per_episode_has_nothing_to_regroup(changes, hand_clinic):
    with pytest.raises(NotEnoughData, match="one row per episode, without its sessions"):
        ho.episode_gaps(hand_clinic([changes([6.0], [4.0])], shape="episodes"), "pain")


def test_an_impossible_gap_is_refused(demo_clinic):
    with pytest.raises(ValueError, match="a gap of 1 day or more"):
        ho.episode_gaps(demo_clinic, "pain", gaps=(0,))
