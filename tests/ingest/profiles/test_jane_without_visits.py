"""Jane's other reports hold no visits: refused, with what to give instead."""

import pytest

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.read import read_files

PATIENTS = (
    "Patient Number,First Name,Preferred Name,Last Name,Email,Birth Date,Sex,"
    "Personal Health Number,Medical Alert",
    "1350,Mika,,Aldermoor,mika@example.org,1970-02-03,Female,9876543210,latex",
)
SALES = (
    "Location,Patient,Invoice#,Invoice Date,Item,Total,Payer,Item Amount",
    "Harbour Street,Mika Aldermoor,881,2026-09-01,60 min Deep Tissue,95,Mika Aldermoor,95",
)


@pytest.mark.parametrize(("lines", "what"), [(PATIENTS, "patient list"), (SALES, "sales report")])
def test_a_report_without_visits_is_refused_with_what_to_give(tmp_path, lines, what):
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(MappingError) as refused:
        read_files(path, today="2026-11-01")
    said = str(refused.value)
    assert f"export.csv is the {what} of Jane; it holds no visits and no scores." in said
    assert "appointments report" in said
    assert "Mika" not in said and "1350" not in said
