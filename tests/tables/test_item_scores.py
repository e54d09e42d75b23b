"""Items beside ready scores: which of them counts."""

import numpy as np

from hipoutcomes.tables.item_scores import score_fields
from hipoutcomes.tables.records import ScoreField

_ = np.nan


def items(stem, rows, n):
    columns = np.array(rows, float).T
    return {
        ScoreField(f"{stem}{k + 1}", "before", "", f"{stem}{k + 1}"): columns[k] for k in range(n)
    }


def test_items_count_before_the_ready_score_which_stands_in_where_items_are_missing():
    # HOOS-PS answers 2,1,1,3,4 sum to 11, which is 58.3 in the developers' table.
    scores = items("hoos_ps_", [[2, 1, 1, 3, 4], [2, 1, _, 3, 4], [_, _, _, _, _]], 5)
    scores[ScoreField("hoos_ps", "before")] = np.array([99.0, 70.0, _])
    found = score_fields(scores, np.array([1, 2, 3]), np.arange(3))
    assert list(found) == [ScoreField("hoos_ps", "before")]
    np.testing.assert_array_equal(found[ScoreField("hoos_ps", "before")], [58.3, 70.0, _])


def test_activities_named_after_the_start_do_not_change_a_patient_specific_mean():
    scores = items("psfs_", [[5, 7, 10], [2, 4, _], [3, _, 9]], 3)
    found = score_fields(scores, np.array([1, 1, 2]), np.array([1, 0, 2]))
    # Patient 1 scored activities 1 and 2 at the start, in the second row; patient 2 scored 1 and 3.
    np.testing.assert_array_equal(found[ScoreField("psfs", "before")], [6.0, 3.0, 6.0])
