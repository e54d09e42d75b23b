"""The section [plan] of a mapping file: read, refused, written back, by the command line too."""

from datetime import date

import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.planned import stamp_of
from hipoutcomes.cli.main import main
from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.planning.mapping import parse_mapping
from hipoutcomes.ingest.planning.mapping_analysis_plan import analysis_plan_text
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.tables.outcome_rules import week

PLAN = """
[plan]
outcome = "pain"
rule = "week 6 within 2"
threshold = 2
comparisons = ["technique", ["technique", "condition"]]
written = 2026-01-15
"""
WHOLE = AnalysisPlan(
    "pain", week(6, 2), 2.0, (("technique",), ("technique", "condition")), date(2026, 1, 15)
)


def test_every_line_is_read():
    assert parse_mapping(PLAN, "mapping.toml").analysis_plan == WHOLE


def test_a_mapping_without_a_plan_has_none():
    assert parse_mapping('[columns]\npatient = "Client"\n', "m.toml").analysis_plan is None


def test_a_day_may_be_text_or_a_moment():
    for written in ('"2026-01-15"', "2026-01-15T08:30:00"):
        text = f'[plan]\noutcome = "pain"\nwritten = {written}\n'
        assert parse_mapping(text, "m.toml").analysis_plan.written == date(2026, 1, 15)


@pytest.mark.parametrize(
    "plan", [WHOLE, AnalysisPlan("flexion_active"), AnalysisPlan("pain", week(12, 4), 1.5)]
)
def test_a_plan_written_back_is_read_as_the_same(plan):
    text = analysis_plan_text(plan, shape="sessions", today=date(2026, 2, 1))
    assert parse_mapping(text, "mapping.toml").analysis_plan == plan


@pytest.mark.parametrize(("shape", "rule"), [("sessions", "week-6"), ("episodes", "recorded")])
def test_the_example_in_remarks_is_none_and_becomes_a_plan(shape, rule):
    text = analysis_plan_text(None, shape=shape, today=date(2026, 2, 1))
    assert parse_mapping(text, "mapping.toml").analysis_plan is None
    used = "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") else line
        for line in text.splitlines()
    )
    plan = parse_mapping(used, "mapping.toml").analysis_plan
    assert (plan.outcome, plan.rule.name, plan.written) == ("pain", rule, date(2026, 2, 1))


LAST = 'A plan is like:  outcome = "pain"  rule = "week 6 within 2"  written = 2026-01-15'


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "A plan needs an outcome, such as 'pain'; it has '', which is no measure."),
        ("outcome = 5", 'outcome is a text, such as "pain"; it is 5.'),
        (
            'outcome = "pain"\nrule = "soon"',
            "A plan's rule is written as 'week 6 within 2', 'session 6', 'last' or 'recorded'; it "
            "is 'soon'.",
        ),
        (
            'outcome = "pain"\nthreshold = "two"',
            "threshold is a number, such as 2; it is 'two'.",
        ),
        ('outcome = "pain"\nthreshold = true', "threshold is a number, such as 2; it is True."),
        (
            'outcome = "pain"\ncomparisons = "technique"',
            'comparisons is a list, such as ["technique", ["technique", "condition"]]; it is '
            "'technique'.",
        ),
        (
            'outcome = "pain"\ncomparisons = [["technique", 3]]',
            'comparisons is a list, such as ["technique", ["technique", "condition"]]; it is '
            "[['technique', 3]].",
        ),
        (
            'outcome = "pain"\nwritten = "before"',
            "written is a day, such as 2026-01-15; it is 'before'.",
        ),
        ('outcome = "pain"\nwritten = 2026', "written is a day, such as 2026-01-15; it is 2026."),
    ],
)
def test_a_line_that_says_nothing_is_refused_with_an_example(lines, why):
    with pytest.raises(MappingError) as caught:
        parse_mapping(f"[plan]\n{lines}\n", "m.toml")
    assert str(caught.value) == (
        f"The plan in m.toml says something that is not understood.\n  {why}\n  {LAST}"
    )


def test_a_line_that_does_not_exist_is_named():
    with pytest.raises(MappingError) as caught:
        parse_mapping('[plan]\noutcomes = "pain"\n', "m.toml")
    assert str(caught.value) == (
        "The plan in m.toml has a line 'outcomes', which is not understood.\n"
        "  It may be 'outcome', 'rule', 'threshold', 'comparisons' or 'written'."
    )


ROWS = [
    f"C{i % 30:02d},2026-0{i // 30 + 1}-{i % 27 + 1:02d},{max(0, 7 - i // 30 - i % 3)},Swedish"
    for i in range(90)
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with one file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clinic.csv").write_text("client,date,pain before,technique\n" + "\n".join(ROWS))
    return tmp_path


def run(capsys, *arguments):
    """Run a command that should succeed; what it printed."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    written = capsys.readouterr()
    assert ended.value.code == 0, written.err
    return written.out


def test_inspect_keeps_a_plan_and_shows_it(here, capsys):
    run(capsys, "inspect", "clinic.csv", "--save", "mapping.toml")
    kept = (here / "mapping.toml").read_text()
    assert "#[plan]" in kept and "\n[plan]" not in kept
    (here / "mapping.toml").write_text(kept + PLAN)
    said = run(
        capsys, "inspect", "clinic.csv", "--mapping", "mapping.toml", "--save", "second.toml"
    )
    assert f"Plan before results\n  {WHOLE.label}" in said
    assert PLAN.strip() in (here / "second.toml").read_text()
    assert ho.load("clinic.csv", "second.toml").analysis_plan == WHOLE


def test_a_clinic_carries_its_plan_through_filters_and_other_episodes(here):
    (here / "mapping.toml").write_text(PLAN)
    clinic = ho.load("clinic.csv", "mapping.toml")
    assert clinic.analysis_plan == WHOLE
    assert clinic.plans[0].file == "clinic.csv"
    assert clinic.where(date_from="2026-01-10").analysis_plan == WHOLE
    assert clinic.regrouped(ho.EpisodeRule(gap=30)).analysis_plan == WHOLE
    assert stamp_of(clinic, "pain", "technique") == "planned"
    assert ho.load("clinic.csv").analysis_plan is None


def test_a_plan_given_in_python_goes_before_that_of_the_mapping(here):
    (here / "mapping.toml").write_text(PLAN)
    own = ho.AnalysisPlan("pain")
    assert ho.load("clinic.csv", "mapping.toml", analysis_plan=own).analysis_plan == own


def test_a_report_refuses_a_plan_it_cannot_read(here, capsys):
    (here / "mapping.toml").write_text('[plan]\noutcome = "womac"\n')
    with pytest.raises(SystemExit) as ended:
        main(["report", "clinic.csv", "--mapping", "mapping.toml"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("hipoutcomes: The plan in mapping.toml says something")
    assert not (here / "hipoutcomes-report").exists()
