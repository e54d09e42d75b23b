"""A mapping in the records quotes no cell and no file."""

import tomllib

import pytest

from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.read import read_files
from hipoutcomes.privacy.admitted_mapping import admitted_mapping

TEXT = """# How hipoutcomes reads Jane Doe.csv.
[file]
shape = "sessions"
[columns]
patient = "Client"
"pain before" = ["Pain 1", "write to mika@example.org"]
side = "Side (L/R)"
[missing]
"pain before" = ["-99", "none"]
age = ["ask Mika"]
[constants]
therapist = "Cleo Quist"
technique = "swedish"
[values."pain before"]
"severe" = 8
[values.sex]
1 = "male"
"Mika Vale" = "female"
"""


def test_words_that_were_typed_are_gone_and_the_rest_is_the_same():
    assert tomllib.loads(admitted_mapping(TEXT)) == {
        "file": {"shape": "sessions"},
        "columns": {"patient": "Client", "side": "Side (L/R)"},
        "missing": {"pain before": ["-99", "none"]},
        "constants": {"technique": "swedish"},
        "values": {"sex": {"1": "male"}},
    }


def test_the_mapping_of_the_demo_file_keeps_its_columns(root):
    (file,) = read_files([root / "data" / "demo_sessions.csv"]).files
    text = mapping_text(file.plan)
    kept, whole = tomllib.loads(admitted_mapping(text)), tomllib.loads(text)
    assert kept["columns"] == whole["columns"]
    assert kept["file"] == whole["file"]


def test_what_is_no_mapping_is_refused():
    with pytest.raises(ValueError):
        admitted_mapping("[columns")
