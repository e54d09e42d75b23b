"""Only what is named enters the records, and only in the form that it may have."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hipoutcomes.ingest.read import read_files
from hipoutcomes.privacy.admitted import admit, admitted_issues, name_in_store
from hipoutcomes.privacy.clinical_words import is_clinical
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.pseudonyms import pseudonymise
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

FILE = "file-abc.csv"


@pytest.fixture
def admitted(records, key, links):
    return admit(pseudonymise(records, key, links), key, links, FILE)


def test_free_text_and_unknown_columns_stay_out(records, key, links):
    rows = records.rows.assign(diary="met Ravi", note_date=1.0)
    made = admit(pseudonymise(replace(records, rows=rows), key, links), key, links, FILE)
    assert set(made.left_out) == {"history", "diary", "note_date"}
    assert not {"history", "diary", "note_date"} & set(made.records.rows.columns)


def test_words_of_the_clinics_own_become_codes_that_lead_back(admitted, links):
    rows = admitted.records.rows
    assert rows["device"].tolist()[0] == rows["device"].tolist()[2] == "goniometer"
    device = rows["device"].tolist()[1]
    assert device.startswith("device-") and links.own_id(device) == "Mika Vale's phone"
    assert rows["position"].tolist() == ["supine", "supine", "prone", "seated"]
    first, call = rows["aftercare_advised"].tolist()[1].split(";")
    assert first == "stretching" and links.own_id(call) == "call tove on 604-555-0199"
    assert {links.own_id(code) for code in rows["clinic"]} == {"Harbour Street", "Hill Road"}
    assert set(rows["file"]) == {FILE}


def test_no_text_of_the_file_is_left_in_the_admitted_records(admitted):
    rows = admitted.records.rows
    words = [str(name) for column in rows if str(rows[column].dtype) == "category"
             for name in rows[column].cat.categories]  # fmt: skip
    told = " ".join([*words, *admitted.records.patients, str(admitted.records)]).lower()
    for name in ("quist", "tarn", "vale", "tove", "555", "harbour", "hill", "457", "roof", "jane"):
        assert name not in told


def test_numbers_and_scores_are_as_they_were(records, admitted):
    assert admitted.records.rows["day"].tolist() == records.rows["day"].tolist()
    assert admitted.records.rows["condition"].tolist() == records.rows["condition"].tolist()
    assert admitted.records.rows["technique"].tolist() == records.rows["technique"].tolist()
    assert admitted.n_other == 0
    for field, scores in records.scores.items():
        assert np.array_equal(admitted.records.scores[field], scores, equal_nan=True)


def test_the_demo_file_goes_in_whole_but_for_names(root, key, links):
    records = read_files([root / "data" / "demo_sessions.csv"]).records
    made = admit(pseudonymise(records, key, links), key, links, FILE)
    assert made.left_out == () and made.n_other == 0
    for name in records.rows.columns:
        column, before = made.records.rows[name], records.rows[name]
        if name in ("therapist", "rater", "patient_id", "file"):
            assert (pd.factorize(column)[0] == pd.factorize(before)[0]).all()
        else:
            assert column.astype(object).fillna("").tolist() == \
                before.astype(object).fillna("").tolist(), name  # fmt: skip
    assert set(links.own_ids("words")) == set()
    assert made.records.treatments["technique"].tolist() == \
        records.treatments["technique"].tolist()  # fmt: skip


def test_what_is_on_no_list_becomes_other_and_is_counted(records, key, links):
    rows = records.rows.assign(condition=pd.Categorical(["Jane Doe", "osteoarthritis", None, "x"]))
    treatments = records.treatments.assign(technique="for Mika")
    odd = replace(records, rows=rows, treatments=treatments)
    made = admit(pseudonymise(odd, key, links), key, links, FILE)
    assert made.records.rows["condition"].astype(object).fillna("").tolist() == [
        *("other", "osteoarthritis", "", "other")
    ]
    assert set(made.records.treatments["technique"]) == {"other"}
    assert made.n_other == 2 + len(treatments)


@pytest.mark.parametrize(
    "change",
    [
        lambda coded, records: replace(coded, patients=records.patients),
        lambda coded, records: replace(
            coded, rows=coded.rows.assign(therapist=records.rows["therapist"])
        ),
        lambda coded, records: replace(
            coded, rows=coded.rows.assign(visit_id=records.rows["visit_id"])
        ),
        lambda coded, records: replace(coded, rows=coded.rows.assign(age="Jane Doe")),
    ],
)
def test_names_where_codes_or_numbers_belong_are_refused(records, key, links, change):
    coded = pseudonymise(records, key, links)
    with pytest.raises(ValueError, match="before records enter the store") as told:
        admit(change(coded, records), key, links, FILE)
    assert "Jane" not in str(told.value) and "Quist" not in str(told.value)


def test_the_form_of_a_cell_depends_on_the_cell_alone(records, key):
    one, other = Links(), Links()
    whole = admit(pseudonymise(records, key, one), key, one, FILE).records.rows
    half = replace(
        records,
        rows=records.rows.iloc[:2].reset_index(drop=True),
        scores={field: scores[:2] for field, scores in records.scores.items()},
        treatments=records.treatments[records.treatments["record"] < 2],
    )
    part = admit(pseudonymise(half, key, other), key, other, FILE).records.rows
    for name in ("device", "position", "clinic", "aftercare_advised", "therapist"):
        assert part[name].tolist() == whole[name].tolist()[:2]


def test_arrays_beside_the_rows_enter_only_as_numbers(records, key, links):
    extra = {"marked": np.array([True] * 4), "typed": np.array(["Jane"] * 4)}
    made = admit(pseudonymise(replace(records, extra=extra), key, links), key, links, FILE)
    assert set(made.records.extra) == {"marked"}


def test_issues_enter_without_anything_that_was_typed():
    issues = pd.DataFrame(
        {
            "file": ["Jane Doe.csv"], "sheet": ["Jane"], "row": [3], "column": ["Jane's pain"],
            "field": ["pain before"], "value": ["ask Jane"], "code": ["type-error"],
            "severity": ["reject"], "message": ["This (ask Jane)."], "suggestion": ["ask Jane"],
            "action": ["cell_missing"],
        }
    )  # fmt: skip
    kept = admitted_issues(issues)
    assert kept.to_dict("records") == [
        {
            "row": 3, "field": "pain before", "code": "type-error", "severity": "reject",
            "action": "cell_missing",
        }
    ]  # fmt: skip
    assert admitted_issues(issues.assign(field="Jane Doe 604-555-0199"))["field"].tolist() == [""]


def test_the_name_of_a_file_stays_private(links):
    name = name_in_store("Jane Doe scores.final.XLSX", "ab" * 32, links)
    assert name == "file-abababababab.xlsx"
    assert links.own_id(name) == "Jane Doe scores.final.XLSX"
    assert name_in_store("x.jane", "cd" * 32, links) == "file-cdcdcdcdcdcd"


def test_labels_of_the_code_lists_are_clinical_words_and_names_are_not():
    for codelist in (TECHNIQUES, CONDITIONS):
        for term in codelist.terms.values():
            assert is_clinical(term.code) or len(term.code.split("_")) > 4
    for text in ("jane", "jane doe", "heat for jane", "call 604", "12", "a@b.ca", "", "7 8 rest"):
        assert not is_clinical(text)
    assert not is_clinical("rest and heat and ice and bath")
