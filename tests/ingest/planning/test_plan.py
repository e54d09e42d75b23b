"""What is decided before rows are read, from evidence, or asked."""

import pytest

from hipoutcomes.errors import DecisionNeeded, MappingError
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.planning.plan import make_plan


def grid_of(**columns):
    """A grid with these columns; `_` in a name stands for a space."""
    cells = {name.replace("_", " "): Cells.of(values) for name, values in columns.items()}
    n = len(next(iter(cells.values())))
    counts = {"rows_in_file": n + 1, "preamble": 0, "header": 1, "blank": 0, "footer": 0}
    rows = list(range(2, n + 2))
    return Grid("clinic.csv", "", "0" * 64, tuple(cells), tuple(cells.values()), rows, counts)


ISO = ["2026-03-05", "2026-03-12", "2026-03-19"]
PATIENTS = [f"P{i}" for i in range(12)]


def test_a_file_with_patient_and_date_is_one_of_sessions():
    plan = make_plan(
        grid_of(Client=["A", "A", "B"], Date=ISO, Pain_pre=["7", "5", "6"], Notes=["", "x", "y"])
    )
    assert plan.shape == "sessions"
    assert plan.columns == {"Client": "patient", "Date": "date", "Pain pre": "pain before"}
    assert plan.ignored == {"Notes": 2}
    assert plan.scales == {"Pain pre": "0-10"}
    assert plan.date_order == "iso"
    assert plan.read[0].samples == ("A", "B")
    assert any("3 scores up to 10" in line for line in plan.evidence)


def test_scores_at_start_and_later_without_dates_are_episodes():
    plan = make_plan(grid_of(Client=["A", "B"], Baseline_pain=["7", "6"], Final_pain=["3", "2"]))
    assert plan.shape == "episodes"
    assert list(plan.columns.values()) == ["patient", "pain before", "pain between"]


def test_in_an_episode_the_score_after_is_the_later_score():
    grid = grid_of(Client=["A", "B"], Pain_before=["7", "6"], Pain_after=["3", "2"])
    plan = make_plan(grid, Mapping(shape="episodes"))
    assert list(plan.columns.values()) == ["patient", "pain before", "pain between"]


def test_ten_patients_once_each_with_unclear_headings_are_asked_about():
    dates = [f"2026-03-{d:02d}" for d in range(1, 13)]
    score = ["5"] * 12
    grid = grid_of(Client=PATIENTS, Date=dates, Pain_before=score, Pain_after=score)
    with pytest.raises(DecisionNeeded, match="--shape sessions or --shape episodes") as asked:
        make_plan(grid)
    assert "each of 12 patients has one row" in str(asked.value)
    assert make_plan(grid, Mapping(shape="sessions")).shape == "sessions"
    clear = grid_of(Client=PATIENTS, Visit_date=dates, Pain_before=score, Pain_after=score)
    assert make_plan(clear).shape == "sessions"


def test_courses_of_care_with_several_rows_per_patient_are_asked_about():
    grid = grid_of(Client=["A", "A"], Date=ISO[:2], Initial_pain=["7", "6"], Final_pain=["3", "2"])
    with pytest.raises(DecisionNeeded, match="--shape"):
        make_plan(grid)


def test_visits_without_patient_name_the_line_to_add():
    with pytest.raises(MappingError) as refused:
        make_plan(grid_of(Who=["A"], Date=ISO[:1], Pain_pre=["7"]))
    assert "clinic.csv has no column that says who was seen." in str(refused.value)
    assert "Its headings are: Who, Date, Pain pre." in str(refused.value)
    assert 'patient = "Client"' in str(refused.value)


def test_no_known_heading_lists_the_headings():
    with pytest.raises(MappingError, match="Its headings are: Fruit, Colour"):
        make_plan(grid_of(Fruit=["apple"], Colour=["red"]))


def test_two_columns_for_one_target_are_named():
    grid = grid_of(Client=["A"], Date=ISO[:1], Pain_pre=["7"], VAS_before=["6"])
    with pytest.raises(MappingError) as refused:
        make_plan(grid)
    assert "'Pain pre' and 'VAS before' both seem to hold pain before" in str(refused.value)
    assert '"pain before" = "Pain pre"' in str(refused.value)


def test_a_mapping_settles_two_columns_for_one_target():
    grid = grid_of(Client=["A"], Date=ISO[:1], Pain_pre=["7"], VAS_before=["6"])
    from hipoutcomes.ingest.planning.targets import parse_target

    told = Mapping(columns={parse_target("pain before"): ("VAS before",)})
    plan = make_plan(grid, told)
    assert plan.columns == {"Client": "patient", "Date": "date", "VAS before": "pain before"}
    assert plan.ignored == {"Pain pre": 1}


def test_an_empty_or_weaker_column_gives_way():
    grid = grid_of(ID=["1"], Client=["A"], Date=ISO[:1], Pain_pre=["7"], NPRS_pre=[""])
    plan = make_plan(grid)
    assert plan.columns == {"Client": "patient", "Date": "date", "Pain pre": "pain before"}
    assert "'ID' was left alone: 'Client' holds patient." in plan.evidence


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["05/03/2026", "25/02/2026"], "day-first"),
        (["03/05/2026", "02/25/2026"], "month-first"),
        (["2026-03-05", "2026-02-25"], "iso"),
    ],
)
def test_date_order_comes_from_the_whole_column(dates, order):
    plan = make_plan(grid_of(Client=["A", "B"], Date=dates, Pain_pre=["7", "5"]))
    assert plan.date_order == order


@pytest.mark.parametrize("dates", [["05/03/2026", "04/02/2026"], ["25/03/2026", "04/22/2026"]])
def test_open_or_contradicting_dates_are_asked_about(dates):
    grid = grid_of(Client=["A", "B"], Date=dates, Pain_pre=["7", "5"])
    with pytest.raises(DecisionNeeded, match="--date-order day-first or --date-order month-first"):
        make_plan(grid)
    assert make_plan(grid, Mapping(date_order="day-first")).date_order == "day-first"


def test_an_order_that_the_dates_deny_is_not_taken():
    grid = grid_of(Client=["A", "B"], Date=["25/03/2026", "26/03/2026"], Pain_pre=["7", "5"])
    with pytest.raises(DecisionNeeded, match="you said month-first, but"):
        make_plan(grid, Mapping(date_order="month-first"))


def test_a_second_date_column_takes_the_order_of_the_first():
    grid = grid_of(
        Client=["A", "B"], Onset_date=["01/02/2026", "03/02/2026"],
        Date=["25/03/2026", "26/03/2026"], Pain_pre=["7", "5"],
    )  # fmt: skip
    assert [c.date_order for c in make_plan(grid).read if c.date_order] == ["day-first"] * 2


def test_scores_up_to_100_are_pain_on_the_vas():
    scores = ["70", "55", "80"]
    plan = make_plan(grid_of(Client=["A", "A", "B"], Date=ISO, VAS_before=scores))
    assert plan.columns["VAS before"] == "pain_vas before"
    assert plan.scales == {"VAS before": "0-100"}


def test_mixed_scales_are_asked_about_and_can_be_told():
    grid = grid_of(Client=["A", "A", "B"], Date=ISO, VAS_before=["7", "60", "8"])
    with pytest.raises(DecisionNeeded, match="--scale 0-10 or --scale 0-100"):
        make_plan(grid)
    assert make_plan(grid, Mapping(scale="0-10")).scales == {"VAS before": "0-10"}


def test_columns_of_pain_on_different_scales_are_asked_about():
    grid = grid_of(
        Client=["A", "A", "B"], Date=ISO, Pain_before=["7", "5", "6"], Pain_after=["40", "55", "60"]
    )
    with pytest.raises(DecisionNeeded, match="different scales: 'Pain before' 0-10, 'Pain after'"):
        make_plan(grid)


def test_one_slip_in_a_short_column_is_no_second_scale():
    before = ["7", "5", "6", "7", "8", "4", "3", "6"]
    after = ["5", "12", "4", "3", "", "", "", ""]
    dates = [f"2026-03-{d:02d}" for d in range(1, 9)]
    grid = grid_of(Client=["A", "B"] * 4, Date=dates, Pain_before=before, Pain_after=after)
    assert set(make_plan(grid).scales.values()) == {"0-10"}


@pytest.mark.parametrize("word", ["none", "None.", "nil"])
def test_a_bare_none_is_asked_about(word):
    grid = grid_of(Client=["A", "A", "B"], Date=ISO, Pain_before=["7", word, "6"])
    with pytest.raises(DecisionNeeded, match="--none-means zero or --none-means missing"):
        make_plan(grid)
    assert make_plan(grid, Mapping(none_means="zero")).none_means == "zero"


def test_common_codes_for_missing_are_those_a_score_cannot_reach():
    plan = make_plan(
        grid_of(Client=["A", "A", "B"], Date=ISO, Pain_before=["7", "999", "6"], Flexion=["9"] * 3)
    )
    codes = {c.heading: c.missing for c in plan.read}
    assert codes["Pain before"] == (-9999, -999, -99, 999, 9999)
    assert codes["Flexion"] == (-9999, -999, -99, 999, 9999)
    assert plan.scales == {"Pain before": "0-10"}
