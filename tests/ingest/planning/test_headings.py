"""What headings say."""

import pytest

from hipoutcomes.ingest.planning.headings import read_heading, recognise
from hipoutcomes.ingest.planning.targets import parse_target
from hipoutcomes.vocabulary.fields import ALIASES, FIELDS
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

KNOWN = {
    "Client": "patient",
    "Pt": "patient",
    "Patient ID": "patient",
    "Chart #": "patient",
    "Date": "date",
    "Appt date": "date",
    "Visit date": "date",
    "Tx": "technique",
    "Modality": "technique",
    "Technique 2": "technique",
    "Dx": "condition",
    "Therapist": "therapist",
    "RMT": "therapist",
    "Left/Right": "side",
    "M/F": "sex",
    "Visit type": "row_type",
    "First visit for this complaint": "first_visit",
    "Next visit advised": "follow_up_advised",
    "Pain pre": "pain before",
    "Pain": "pain before",
    "Pain right now (0-10)": "pain before",
    "How is your pain right now?": "pain before",
    "Right hip pain right now": "pain right before",
    "VAS before": "pain before",
    "NPRS pre-tx": "pain before",
    "Pain (0-10) before": "pain before",
    "painBefore": "pain before",
    "pain_before": "pain before",
    "VAS (mm) after": "pain after",
    "Pain post-tx (/10)": "pain after",
    "Pain score at end of session": "pain after",
    "Next-day pain": "pain between +1 day",
    "Pain between visits": "pain between",
    "Baseline pain": "pain before",
    "Discharge pain": "pain between",
    "6 week pain score": "pain between",
    "Week 0 NPRS": "pain before",
    "Oxford pre-op": "oxford_hip_score before",
    "OHS post-op": "oxford_hip_score between",
    "Flexion L before": "flexion left before",
    "AROM flexion R": "flexion_active right before",
    "Hip IR active R post": "internal_rotation_active right after",
    "ER passive": "external_rotation_passive before",
    "Discomfort during massage": "discomfort during",
    "Piriformis tension before": "tension_piriformis before",
    "Glute med tone": "tension_gluteus_medius before",
    "Muscle tension": "tension before",
    "HOOS P1": "hoos_p1 before",
    "HOOS pain": "hoos_pain before",
    "HOOS-PS 3": "hoos_ps_3 before",
    "HOOS-PS": "hoos_ps before",
    "HOOS-12 P3": "hoos12_p3 before",
    "iHOT-12 Q4": "ihot12_4 before",
    "VISA-G 8a": "visa_g_8a before",
    "30s chair stand": "chair_stand before",
    "How strong is your hip pain today? (0-10)": "pain before",
    "Please rate your pain after the massage": "pain after",
    "Minutes Swedish": "minutes:swedish",
    "Deep tissue": "minutes:deep_tissue",
}


@pytest.mark.parametrize(("heading", "target"), KNOWN.items())
def test_headings_in_use_are_recognised(heading, target):
    assert recognise(heading) == target


@pytest.mark.parametrize(
    "heading",
    ["", "Notes", "Phone", "Email", "Pre", "Post", "Score after", "Ext", "Worst pain", "Pain diary",
     "EQ VAS", "Back pain", "Knee pain before", "Pian before", "Clint", "Favourite colour",
     "Flexion knee", "Pain left right"],
)  # fmt: skip
def test_what_is_not_said_is_not_guessed(heading):
    assert recognise(heading) is None


@pytest.mark.parametrize("code", [*MEASURES, *ITEMS])
@pytest.mark.parametrize("moment", ["before", "after", "between"])
def test_every_measure_and_item_is_its_own_heading(code, moment):
    target = f"{code} {moment}"
    assert recognise(target) == target
    assert str(parse_target(target)) == target


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_its_own_heading(name):
    assert recognise(name) == ("minutes" if name == "duration" else name)


def test_no_alias_names_two_fields_except_the_length_of_a_visit():
    assert ALIASES["duration"] == "minutes"
    assert ALIASES["durationofcomplaint"] == "duration"


@pytest.mark.parametrize(
    ("heading", "scale"),
    [("Pain (0-10)", "0-10"), ("VAS 0 to 100 before", "0-100"), ("Pain /10", "0-10"),
     ("VAS mm", "0-100"), ("Pain", ""), ("HOOS-12 P1", "")],
)  # fmt: skip
def test_a_scale_in_the_heading_is_read(heading, scale):
    assert read_heading(heading).scale == scale


def test_a_missing_moment_is_noted():
    assert not read_heading("Pain").moment_said
    assert read_heading("Pain pre").moment_said
    assert read_heading("Pain baseline").family == "course"
    assert read_heading("Pain pre-tx").family == "visit"
    assert read_heading("Pain pre").family == "either"


@pytest.mark.parametrize(
    "text",
    ["pain", "pain sometimes", "pain both before", "minutes:magic", "pain before +1 day", ""],
)
def test_targets_that_are_none(text):
    assert parse_target(text) is None
