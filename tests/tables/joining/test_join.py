"""Appointments and score sheets become one row per visit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipoutcomes.tables.joining.join import join_visits, plans
from hipoutcomes.tables.records import Records, ScoreField

PAIN, AFTER, BETWEEN = (
    ScoreField("pain"),
    ScoreField("pain", "after"),
    ScoreField("pain", "between"),
)
MONDAY = 20_500


def category(values):
    """A column of names, None where blank."""
    return pd.Categorical(values, categories=sorted({v for v in values if v is not None}))


def records_of(lines):
    """Records of lines with client, day and whatever else is known."""

    def all_of(name, default=None):
        return [line.get(name, default) for line in lines]

    clients, number = np.unique(all_of("client", "A"), return_inverse=True)
    rows = pd.DataFrame(
        {
            "patient_id": (number + 1).astype(np.int32),
            "day": np.array(all_of("day", MONDAY), np.int32),
            "is_visit": np.array(all_of("visit", True), bool),
            **{n: category(all_of(n)) for n in ("side", "condition", "therapist", "clinic")},
            "visit_id": category(all_of("number")),
            "start": np.array(all_of("start"), float),
            "minutes": np.array(all_of("minutes"), float),
            "technique": category([None] * len(lines)),
            "file": category(["a"] * len(lines)),
            "row": np.arange(2, len(lines) + 2, dtype=np.int32),
        }
    )
    given_ = [(i, line["technique"]) for i, line in enumerate(lines) if "technique" in line]
    treatments = pd.DataFrame(
        {
            "record": np.array([i for i, _ in given_], np.int64),
            "technique": pd.Categorical(
                [name for _, name in given_], categories=["deep_tissue", "swedish"]
            ),
            "minutes": np.nan,
        }
    )
    scores = {
        field: np.array(all_of(name), float)
        for field, name in ((PAIN, "pain"), (AFTER, "after"), (BETWEEN, "between"))
    }
    return Records(rows, scores, treatments, clients.astype(str))


def joined(*sources):
    """Several lists of lines, joined."""
    lines = [line for source in sources for line in source]
    source = np.repeat(np.arange(len(sources)), [len(s) for s in sources])
    return join_visits(records_of(lines), source)


def told(result):
    """Codes and rows of what joining found."""
    return {one.code: one.rows.tolist() for one in result.told}


def listed(values):
    """Numbers, missing as None."""
    return [None if np.isnan(v) else v for v in values]


def test_scores_go_to_the_appointment_of_their_client_and_day():
    result = joined(
        [{"therapist": "Dana", "technique": "swedish"}, {"day": MONDAY + 7}, {"client": "B"}],
        [{"pain": 6, "after": 4, "therapist": "D"}, {"client": "B", "pain": 3, "side": "left"}],
    )
    rows, scores = result.records.rows, result.records.scores
    assert result.kept.tolist() == [0, 1, 2]
    assert result.joined.tolist() == [3, 4]
    assert listed(scores[PAIN]) == [6, None, 3]
    assert listed(scores[AFTER]) == [4, None, None]
    assert rows["therapist"].tolist()[0] == "Dana"
    assert rows["side"].tolist()[2] == "left"
    assert rows["technique"].tolist()[0] == "swedish"
    assert rows["is_visit"].all()
    assert told(result) == {}


def test_what_was_given_goes_before_what_was_booked():
    result = joined(
        [{"technique": "swedish", "minutes": 60}], [{"technique": "deep_tissue", "pain": 5}]
    )
    assert result.records.rows["technique"].tolist() == ["deep_tissue"]
    assert result.records.treatments["record"].tolist() == [0]
    assert result.records.rows["minutes"].tolist() == [60]


def test_a_visit_number_goes_before_the_date():
    result = joined(
        [{"number": "7"}, {"number": "8", "day": MONDAY + 7}],
        [{"number": "8", "day": MONDAY + 6, "pain": 2}, {"number": "7", "pain": 5}],
    )
    assert result.records.rows["day"].tolist() == [MONDAY, MONDAY + 7]
    assert listed(result.records.scores[PAIN]) == [5, 2]
    assert told(result) == {"join-conflict": [2]}


def test_a_number_of_another_client_joins_nothing():
    result = joined([{"number": "7"}, {"client": "B", "number": "8"}], [{"number": "8", "pain": 2}])
    assert listed(result.records.scores[PAIN]) == [None, None, None]
    assert listed(result.records.scores[BETWEEN]) == [None, None, 2]
    assert told(result) == {"join-conflict": [2]}


def test_two_appointments_of_one_day_are_told_apart_by_their_time():
    day = [{"start": 540.0}, {"start": 900.0}]
    by_time = joined(day, [{"start": 900.0, "pain": 3}, {"start": 540.0, "pain": 7}])
    assert listed(by_time.records.scores[PAIN]) == [7, 3]
    unclear = joined(day, [{"pain": 3}])
    assert told(unclear) == {"join-ambiguous": [2]}
    assert listed(unclear.records.scores[BETWEEN]) == [None, None, 3]
    assert unclear.records.rows["is_visit"].tolist() == [True, True, False]
    one_left = joined(day, [{"start": 900.0, "pain": 3}, {"pain": 7}])
    assert listed(one_left.records.scores[PAIN]) == [7, 3]


@pytest.mark.parametrize(
    ("day", "code", "is_visit"),
    [
        (MONDAY + 1, "join-near", False),
        (MONDAY - 1, "outside-appointments", True),
        (MONDAY + 4, "no-appointment", False),
        (MONDAY + 15, "outside-appointments", True),
    ],
)
def test_a_day_apart_is_a_hint_and_never_a_match(day, code, is_visit):
    result = joined(
        [{}, {"client": "B", "day": MONDAY + 14}],
        [{"pain": 4, "day": day}, {"client": "B", "day": MONDAY + 14, "pain": 1}],
    )
    assert told(result) == {code: [2]}
    assert result.records.rows["is_visit"].tolist() == [True, True, is_visit]
    field = PAIN if is_visit else BETWEEN
    assert listed(result.records.scores[field])[2] == 4


def test_different_scores_for_one_moment_are_both_set_aside():
    result = joined([{}], [{"pain": 6, "after": 2}], [{"pain": 3, "after": 2}])
    assert listed(result.records.scores[PAIN]) == [None]
    assert listed(result.records.scores[AFTER]) == [2]
    assert told(result) == {"join-scores-differ": [0]}


def test_scores_between_visits_stay_what_they_are():
    result = joined([{}], [{"visit": False, "between": 4}, {"pain": 5}])
    assert listed(result.records.scores[BETWEEN]) == [None, 4]
    assert listed(result.records.scores[PAIN]) == [5, None]


def test_appointments_that_fit_no_score_are_told():
    assert joined([{}], [{"client": "B", "pain": 5}]).none_fits
    assert not joined([{}], [{"client": "B", "visit": False, "between": 5}]).none_fits
    assert not joined([{}], [{"client": "B", "day": MONDAY + 300, "pain": 5}]).none_fits


def test_two_files_of_scores_join_by_number_only():
    by_number = joined([{"number": "7", "pain": 5}], [{"number": "7", "after": 2}])
    assert len(by_number.records.rows) == 1
    assert listed(by_number.records.scores[AFTER]) == [2]
    assert len(joined([{"pain": 5}], [{"after": 2}]).records.rows) == 2


def test_scores_of_one_number_reach_the_appointment_of_their_day_together():
    result = joined([{}], [{"number": "7", "pain": 5}], [{"number": "7", "after": 2}])
    assert listed(result.records.scores[PAIN]) == [5]
    assert listed(result.records.scores[AFTER]) == [2]
    assert result.kept.tolist() == [0]


def test_a_list_of_appointments_is_a_source_without_scores():
    records = records_of([{}, {"pain": 1}, {"visit": False}])
    assert plans(records, np.array([0, 1, 2])).tolist() == [True, False, False]


lines = st.fixed_dictionaries(
    {"client": st.sampled_from("AB"), "day": st.integers(MONDAY, MONDAY + 3)},
    optional={
        "number": st.sampled_from(["1", "2", "3"]),
        "start": st.sampled_from([540.0, 600.0]),
        "technique": st.sampled_from(["swedish", "deep_tissue"]),
        "minutes": st.sampled_from([30.0, 60.0]),
        "therapist": st.sampled_from(["Dana", "Eli"]),
    },
)
scored = st.builds(
    lambda line, scores: {**line, **scores},
    lines,
    st.fixed_dictionaries(
        {"pain": st.integers(0, 10)},
        optional={"after": st.integers(0, 10), "visit": st.just(False)},
    ),
)
sheets = st.tuples(
    st.lists(lines, min_size=1, max_size=6),
    st.lists(scored, max_size=5),
    st.lists(scored, max_size=3),
)


def content(result):
    """What the records say, whatever order they are in."""
    rows, records = result.records.rows, result.records
    treated = records.treatments.groupby("record")["technique"].agg(lambda t: sorted(map(str, t)))
    names = ["patient_id", "day", "is_visit", "visit_id", "start", "minutes", "therapist"]
    said = []
    for i in range(len(rows)):
        cells = [str(rows[name].iloc[i]) for name in names]
        said.append((cells, treated.get(i, []), [str(v[i]) for v in records.scores.values()]))
    return sorted(map(str, said))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(sheets, st.randoms(use_true_random=False))
def test_the_order_of_files_and_rows_changes_nothing(sources, random):
    shuffled = [random.sample(source, len(source)) for source in random.sample(sources, 3)]
    whole, again = joined(*sources), joined(*shuffled)
    clients = {line["client"] for source in sources for line in source}
    assert len(whole.records.patients) == len(clients)
    fields = set(whole.records.scores) | set(again.records.scores)
    for result in (whole, again):
        for field in sorted(fields, key=str):
            result.records.scores.setdefault(field, np.full(len(result.records.rows), np.nan))
        ordered = {f: result.records.scores[f] for f in sorted(fields, key=str)}
        object.__setattr__(result.records, "scores", ordered)
    assert content(whole) == content(again)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(sheets)
def test_no_appointment_and_no_score_is_lost(sources):
    # Each score is another number, so that it is known again.
    numbers = iter(range(1, 1000))
    sources = [
        [
            {name: next(numbers) if name in ("pain", "after") else v for name, v in line.items()}
            for line in source
        ]
        for source in sources
    ]
    result = joined(*sources)
    rows, scores = result.records.rows, result.records.scores
    n_rows = sum(map(len, sources))
    assert len(rows) + len(result.joined) == n_rows
    assert sorted([*result.kept, *result.joined]) == list(range(n_rows))
    before = {
        line[name] for s in sources for line in s for name in ("pain", "after") if name in line
    }
    after = [value for values in scores.values() for value in values[~np.isnan(values)].tolist()]
    assert len(after) == len(set(after))
    lost = before - set(after)
    # Only what differs for one moment is set aside, from both of its rows.
    n_told = sum(len(one.rows) for one in result.told if one.code == "join-scores-differ")
    assert len(lost) == 2 * n_told
