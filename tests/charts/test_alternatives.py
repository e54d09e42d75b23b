import pandas as pd

from hipoutcomes.charts import alternatives


def test_a_forest_is_told_row_by_row(tables):
    assert alternatives.describe_forest(tables["forest"]) == (
        "Forest chart, one row per group. Mean improvement in pain (points on 0-10), with its "
        "95% interval. Swedish massage (n = 61): 2.1 (1.7 to 2.5). Deep tissue (n = 48): "
        "−0.4 (−1.5 to 0.7). Cupping (n = 4): only 4 patients; an estimate needs 10."
    )


def test_a_long_forest_is_told_by_its_ends(tables):
    long = pd.concat([tables["forest"]] * 5)
    assert alternatives.describe_forest(long).endswith(
        "10 groups with an estimate, from −0.4 (Deep tissue) to 2.1 (Swedish massage). "
        "5 groups have no estimate."
    )


def test_a_long_forest_of_refusals_says_so(tables):
    refused = pd.concat([tables["forest"].tail(1)] * 13)
    assert alternatives.describe_forest(refused).endswith("13 groups, none with an estimate.")


def test_slopes_tell_the_means_of_groups_that_have_one(tables):
    small = tables["slopes"].head(3).assign(group="Cupping")
    table = pd.concat([tables["slopes"].assign(group="Deep tissue"), small])
    assert alternatives.describe_slopes(table) == (
        "Before-and-after chart, one line per patient. Pain (points on 0-10; lower is better). "
        "Deep tissue (n = 10): mean 6.8 at first, 4.0 later. Cupping (n = 3): too few for a mean."
    )


def test_slopes_tell_a_mean_from_as_many_patients_as_the_caller_says(tables):
    said = alternatives.describe_slopes(tables["slopes"].head(5), minimum=5)
    assert said.endswith("All patients (n = 5): mean 6.6 at first, 4.2 later.")


def test_a_trajectory_tells_means_and_numbers(tables):
    assert alternatives.describe_trajectory(tables["trajectory"]) == (
        "Line chart of mean scores by session. Pain (points on 0-10; lower is better). "
        "Session 1: mean 6.1, 48 measured, 50 still coming. "
        "Session 2: mean 5.2, 31 measured, 36 still coming. "
        "Session 3: no mean drawn, 9 measured, 12 still coming."
    )


def test_a_cumulative_curve_tells_shares_and_always_the_one_at_zero(tables):
    assert "90% by at least 0" in alternatives.describe_cumulative(tables["cumulative"])
    fine = pd.DataFrame({"threshold": [i / 2 for i in range(-19, 21)]})
    fine["estimate"] = 1 - (fine["threshold"] + 9.5) / 20
    said = alternatives.describe_cumulative(fine)
    assert "52% by at least 0" in said
    assert said.count("by at least") <= 14


def test_shares_tell_what_re_measuring_would_give(tables):
    assert alternatives.describe_shares(tables["shares"]) == (
        "Bars of the shares better, same and worse. All patients (n = 50): 60% better, 30% same, "
        "10% worse; re-measuring alone would give 20% to 35% better and 2% to 8% worse. "
        "Cupping (n = 4): only 4 patients; an estimate needs 10."
    )


def test_a_heat_map_tells_its_cells(tables):
    assert alternatives.describe_heatmap(tables["heatmap"]).endswith(
        "Hip bursitis / greater trochanteric pain (n = 25): +1.8. Deep tissue, Hip bursitis / "
        "greater trochanteric pain (n = 14): −0.9. 1 cell has too few patients for an estimate."
    )


def test_the_flow_tells_every_step(tables):
    assert alternatives.describe_flow(tables["flow"]) == (
        "Patient flow: seen 80; already running 6; not yet due 9; no first score 4; due 61; "
        "not measured again 13; measured again 48."
    )


def test_shifts_tell_better_same_and_worse(tables):
    assert alternatives.describe_shifts(tables["shifts"]) == (
        "Grid of first by later muscle tension. Of 23 patients, 13 are better, 7 the same and "
        "3 worse."
    )
