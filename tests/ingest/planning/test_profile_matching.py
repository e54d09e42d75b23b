"""A profile is used when it alone fits; the evidence says how well, and what came next."""

import pytest

from hipoutcomes.errors import DecisionNeeded, MappingError
from hipoutcomes.ingest.planning import profile_matching
from hipoutcomes.ingest.planning.mapping import parse_mapping, profiles
from hipoutcomes.ingest.planning.profile_matching import match_profile, no_visits, on_top
from hipoutcomes.ingest.planning.targets import parse_target


def profile(name, signature, more=""):
    listed = ", ".join(f'"{heading}"' for heading in signature)
    return parse_mapping(f"[profile]\nsignature = [{listed}]\n{more}", name)


@pytest.fixture
def known(monkeypatch):
    """Take these profiles for those of the package."""

    def take(*found):
        by_name = {one.name: one for one in found}
        monkeypatch.setattr(profile_matching, "profiles", lambda: by_name)

    return take


def test_every_profile_asks_for_two_things_or_more_and_has_a_title():
    for name, one in profiles().items():
        assert len(one.signature) + len(one.fields) >= 2, name
        assert one.title and one.signature, name


def test_score_and_runner_up_are_told(known):
    known(profile("a", ["X", "Y"]), profile("b", ["X", "Y", "Z"]), profile("c", ["Q", "R", "S"]))
    found, evidence = match_profile("f.csv", ["x", " Y ", "z", "w"])
    assert found.name == "b"
    assert evidence == [
        "profile: b, 3 of 3 required headings and 3 known ones; next best a, 2 of 2 required "
        "headings and 2 known ones"
    ]


def test_two_that_fit_equally_are_asked_about(known):
    known(profile("a", ["X", "Y"]), profile("b", ["X", "Z"]))
    with pytest.raises(DecisionNeeded) as asked:
        match_profile("f.csv", ["X", "Y", "Z"])
    assert "f.csv has the headings of a and of b." in str(asked.value)
    assert "--mapping a or --mapping b" in str(asked.value)


def test_one_heading_is_no_proof(known):
    known(profile("a", ["X"]))
    assert match_profile("f.csv", ["X", "Y"]) == (None, [])


def test_a_near_miss_names_what_is_lacking(known):
    known(profile("a", ["X", "Y", "Z"]))
    found, evidence = match_profile("f.csv", ["X", "Z"])
    assert found is None
    assert evidence == ["profile: none; a would fit, were there a column 'Y' too"]


def test_a_profile_may_ask_for_fields_whatever_they_are_called(known):
    known(profile("a", ["Stamp"], 'fields = ["patient", "score"]'))
    assert match_profile("f.csv", ["Stamp", "Chart no", "NPRS"])[0].name == "a"
    assert match_profile("f.csv", ["Stamp", "Chart no", "Colour"])[0] is None


def test_a_file_without_visits_says_what_to_give():
    one = profile("a", ["X", "Y"], 'title = "a list"\ninstead = "Give another."')
    with pytest.raises(MappingError, match=r"f\.csv is a list; it holds no visits"):
        no_visits("f.csv", one)


def test_what_is_told_goes_before_the_profile():
    under = parse_mapping(
        '[file]\nignore = ["Note"]\n[columns]\npatient = "X"\ndate = "Y"\n'
        '[values.sex]\n1 = "male"\n2 = "male"\n[profile]\nsignature = ["X", "Y"]\n',
        "under",
    )
    told = parse_mapping(
        '[file]\ndate_order = "day-first"\n[columns]\nage = "X"\ncondition = "Note"\n'
        '[values.sex]\n2 = "female"\n',
        "told.toml",
    )
    both = on_top(under, told)
    targets = {str(target): headings for target, headings in both.columns.items() if headings}
    assert targets == {"date": ("Y",), "age": ("X",), "condition": ("Note",)}
    assert both.ignored == ()
    assert both.date_order == "day-first"
    assert both.values[parse_target("sex")] == {"1": "male", "2": "female"}
    assert both.name == "under, and told.toml"
