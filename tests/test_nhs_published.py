"""The whole path on NHS England's PROMs hip file gives the figures that NHS England published.

Source: NHS Digital, Finalised PROMs 2017/18, provider and commissioner scores (Open Government
Licence). The files stay beside the project; the two revision figures below are from the
published file's row for England.
"""

import pandas as pd
import pytest

import hipoutcomes as ho

PROCEDURES = {
    "hip replacement, primary": ("Hip Replacement Primary", 268),
    "hip replacement, revision": ("Hip Replacement Revision", 134),
}


@pytest.fixture(scope="module")
def clinic(real_data):
    return ho.load(real_data / "nhs-proms" / "hip_provider_1718.csv.gz", "nhs-proms")


@pytest.fixture(scope="module")
def published(real_data):
    frame = pd.read_csv(
        real_data / "nhs-proms" / "published_provcomm_1718.csv.gz",
        encoding="latin-1",
        na_values="*",
    )
    frame = frame[
        (frame["Organisation Type"] == "Provider") & (frame["Measure"] == "Oxford Hip Score")
    ]
    return frame.dropna(subset=["Health Gain", "Improved", "Same", "Worse"])


def test_england_revision_gain_is_as_published(clinic):
    table = ho.improvement(clinic, "oxford_hip_score", by="procedure").table
    row = table.set_index("procedure").loc["hip replacement, revision"]
    assert round(row["estimate"], 4) == 13.9013
    assert row["n_patients"] == 2036
    assert (row["n_improved"], row["n_unchanged"], row["n_worsened"]) == (1757, 52, 227)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_provider_is_as_published(clinic, published, procedure):
    name, n_providers = PROCEDURES[procedure]
    theirs = published[published["Procedure"] == name].set_index("Organisation Code")
    changes = clinic.where(procedure=procedure).changes("oxford_hip_score").frame
    improvement = changes.dropna(subset="improvement").groupby("clinic", observed=True)[
        "improvement"
    ]
    ours = pd.DataFrame(
        {
            "Modelled Records": improvement.size(),
            "Health Gain": improvement.mean(),
            "Improved": improvement.agg(lambda gain: (gain > 0).sum()),
            "Same": improvement.agg(lambda gain: (gain == 0).sum()),
            "Worse": improvement.agg(lambda gain: (gain < 0).sum()),
        }
    )
    shared = theirs.index.intersection(ours.index)
    assert len(shared) == n_providers
    ours, theirs = ours.loc[shared], theirs.loc[shared]
    for count in ("Modelled Records", "Improved", "Same", "Worse"):
        assert (ours[count].astype(int) == theirs[count].astype(int)).all(), count
    # The published gain has four decimals.
    assert (ours["Health Gain"] - theirs["Health Gain"].astype(float)).abs().max() <= 0.5e-4 + 1e-9


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_answer_by_provider_holds_the_published_figures(clinic, published, procedure):
    answer = ho.improvement(clinic.where(procedure=procedure), "oxford_hip_score", by="clinic")
    theirs = published[published["Procedure"] == PROCEDURES[procedure][0]]
    both = answer.table.dropna(subset="estimate").merge(
        theirs, left_on="clinic", right_on="Organisation Code"
    )
    assert len(both) > 50
    assert (both["estimate"] - both["Health Gain"].astype(float)).abs().max() <= 0.5e-4 + 1e-9
    assert (both["n_patients"] == both["Modelled Records"].astype(int)).all()
    assert (both["n_improved"] == both["Improved"].astype(int)).all()
    assert (both["n_unchanged"] == both["Same"].astype(int)).all()
    assert (both["n_worsened"] == both["Worse"].astype(int)).all()
