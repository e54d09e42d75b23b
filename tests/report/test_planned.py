"""What a plan names is stamped; what it does not is looked at together."""

from datetime import date

import pandas as pd

import hipoutcomes as ho
from hipoutcomes.report.sections.planned_section import planned_section
from hipoutcomes.report.sections.shown_tables import shown_table
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.vocabulary.minimums import Minimums

PLAN = AnalysisPlan("pain", comparisons=(("technique",),), written=date(2025, 12, 1))


def section_of(clinic, looked_at):
    written = {}
    made = planned_section(clinic, looked_at, lambda table, name: written.setdefault(name, table))
    return made.blocks[0], written


def test_exploratory_comparisons_allow_for_one_another(root):
    clinic = ho.load(root / "data" / "demo_sessions.csv", analysis_plan=PLAN)
    looked_at = [
        ("One?", pd.DataFrame({"contrast": ["a - b", "a - c"], "p_value": [0.0004, 0.04]})),
        ("Two?", pd.DataFrame({"group": ["x"], "p_value": [0.9]})),
        ("No p-value?", pd.DataFrame({"group": ["x"], "estimate": [1.0]})),
    ]
    block, written = section_of(clinic, looked_at)
    assert block.words[0].startswith("The plan: pain, ")
    assert block.words[-1] == (
        "This report makes 3 comparisons that were not planned. Allowing for all of them together "
        "(Benjamini & Hochberg 1995), 1 stands out at a false discovery rate of 5%."
    )
    # 0.0004 x 3 = 0.0012; 0.04 x 3 / 2 = 0.06; 0.9.
    assert block.tables[0].rows == (
        ("One?", "a less b", "under 0.001", "0.001"),
        ("One?", "a less c", "0.040", "0.060"),
        ("Two?", "x", "0.90", "0.90"),
    )
    assert written["exploratory-comparisons"]["p_adjusted"].round(4).tolist() == [0.0012, 0.06, 0.9]


def test_without_a_plan_everything_is_exploratory(demo_clinic):
    block, written = section_of(demo_clinic, [])
    assert block.words == (
        "No plan was written before results were seen, so everything here is exploratory.",
    )
    assert (block.tables, block.csv, block.cautions, written) == ((), "", (), {})


def test_pairs_and_readings_are_named_and_refusals_say_why():
    pairs = pd.DataFrame(
        {
            "quantity": "adjusted difference in improvement",
            "unit": "points",
            "contrast": ["a - b", "a - c"],
            "estimate": [0.52, None],
            "conf_low": [-0.1, None],
            "conf_high": [1.14, None],
            "n_patients": [60, 44],
            "reason": ["", "only 14 in c; a comparison needs 20 in each"],
        }
    )
    shown = shown_table(pairs, "The numbers", Minimums())
    assert shown.headings == (
        "Compared", "Clients", "Adjusted difference in improvement, points (likely range)"
    )  # fmt: skip
    assert shown.rows == (
        ("A less b", "60", "0.5 (−0.1 to 1.1)"),
        ("A less c", "44", "only 14 in c; a comparison needs 20 in each"),
    )


def test_a_report_stamps_what_was_planned(root, tmp_path):
    clinic = ho.load(root / "data" / "demo_sessions.csv", analysis_plan=PLAN)
    page = ho.write_report(clinic, tmp_path / "report").read_text()
    planned = '<span class="stamp">planned</span></h3>'
    assert f"How did pain change, by technique? {planned}" in page
    assert f"How do techniques differ, for like clients? (pain) {planned}" in page
    stamp = '<span class="stamp">exploratory</span></h3>'
    assert f"How did pain change, by condition? {stamp}" in page
    assert 'Who came? <span class="stamp">' not in page
