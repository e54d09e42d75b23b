"""A clinic's private folder, and records made of text that says who somebody is."""

import pytest

from hipoutcomes.ingest.read import read_files
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.private_folder import open_private_folder

ROWS = """Client,Date,Visit ID,Therapist,Rater,Clinic,Technique,Condition,Side,Pain before,Active flexion before (degrees),Device,Position,History,Aftercare advised
00457,2026-03-05,V1,Cleo Quist,Dev Tarn,Harbour Street,Deep tissue,Osteoarthritis,left,7,100,goniometer,supine,fell off Ravi Vale's roof,stretching
457,2026-03-12,V2,cleo  quist,,Harbour Street,Swedish,Osteoarthritis,left,5,100,Mika Vale's phone,supine,,stretching; call Tove on 604-555-0199
c9,2026-03-06,V3,Dev Tarn,Cleo Quist,Hill Road,Swedish,Osteoarthritis,right,6,100,Goniometer,prone,,hydration
 C9 ,2026-03-13,V4,Dev Tarn,,Hill Road,Deep tissue,Osteoarthritis,right,3,100,goniometer,seated,,ice
"""  # noqa: E501


@pytest.fixture
def key() -> Key:
    return Key("test", bytes(range(32)))


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
def private(tmp_path):
    return open_private_folder(tmp_path / "clinic").path


@pytest.fixture
def records(tmp_path):
    path = tmp_path / "Jane Doe scores.csv"
    path.write_text(ROWS, encoding="utf-8")
    return read_files([path], today="2026-06-01").records
