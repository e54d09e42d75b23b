"""Under which technique an episode is counted."""

import numpy as np
import pandas as pd

from hipoutcomes.tables.exposure_rules import first_session, most_used

LINKS = pd.DataFrame(
    {
        "episode_id": [1, 1, 1, 2, 2, 3],
        "session_id": [1, 2, 3, 4, 5, 6],
        "episode_seq": [1, 2, 3, 1, 2, 1],
    }
)
CHANGES = pd.DataFrame(
    {
        "episode_id": [1, 2, 3],
        "n_sessions_before": pd.array([2, 2, 1], dtype="Int32"),
        "technique": ["swedish", "cupping", "swedish"],
    }
)


def treatments(*rows):
    frame = pd.DataFrame(rows, columns=["session_id", "technique", "minutes"])
    return frame.assign(technique=frame["technique"].astype("category"))


def test_the_first_session_counts_unless_told():
    found = first_session().techniques(CHANGES, LINKS, treatments())
    assert list(found) == ["swedish", "cupping", "swedish"]


def test_most_minutes_before_the_outcome_count_and_later_sessions_do_not():
    given = treatments(
        (1, "swedish", 20), (2, "deep_tissue", 30), (3, "swedish", 60),
        (4, "cupping", 10), (5, "cupping", 10), (5, "swedish", 20),
        (6, "swedish", np.nan),
    )  # fmt: skip
    assert list(most_used().techniques(CHANGES, LINKS, given)) == [
        "deep_tissue",
        "mixed",
        "swedish",
    ]


def test_sessions_are_counted_where_any_minutes_are_missing():
    given = treatments(
        (1, "swedish", 90), (1, "cupping", np.nan), (2, "cupping", 5), (4, "cupping", 10),
    )  # fmt: skip
    found = most_used().techniques(CHANGES, LINKS, given)
    assert found.tolist()[:2] == ["cupping", "cupping"]
    assert pd.isna(found.tolist()[2])
