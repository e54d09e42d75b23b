"""No name, address, number or note of the files is in any byte of the store."""

import sqlite3
import sys
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hipoutcomes.clinic_records.importing import import_files
from hipoutcomes.ingest.planning.mapping_text import mapping_text
from hipoutcomes.ingest.read import read_each, together
from hipoutcomes.privacy.admitted import admit, admitted_issues, name_in_store
from hipoutcomes.privacy.admitted_mapping import admitted_mapping
from hipoutcomes.privacy.key import load_or_make_key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.private_folder import open_private_folder
from hipoutcomes.privacy.pseudonyms import pseudonymise
from hipoutcomes.store.incoming import Incoming
from hipoutcomes.store.store import Store

sys.path.insert(0, str(Path(__file__).parent))
from byte_search import found_in

TODAY = "2026-06-01"
#: Everything in the files below that says, or may say, who somebody is.
WORDS = [
    *("Aldermoor", "Brackwater", "Cinderfell", "Dunmarsh", "Elderbrook", "Fennimore"),
    *("PT-90417-X", "PT-90418-X", "90417", "mika@example.org", "tove@example", "604-555-0199"),
    *("6045550142", "T2X 1V4", "943 476 5919", "Quince Street", "Harbour Lane", "Quist"),
    *("Rowntree", "goldfish", "divorce", "insolvency", "trampoline", "BOOKING-771", "192.0.2.17"),
    *("1961-04-11", "Wolverine", "Sallowfield"),
]


def scores_csv(folder: Path) -> Path:
    """A score sheet with names in every place where somebody might type one."""
    path = folder / "Mika Aldermoor scores.csv"
    path.write_text(
        "Client,First name,E-mail,Phone,Date,Visit ID,Therapist,Rater,Clinic,Technique,Condition,"
        "Side,Pain before,Active flexion before (degrees),Device,Position,History,"
        "Aftercare advised,Date of birth,Notes\n"
        "PT-90417-X,Mika Aldermoor,mika@example.org,604-555-0199,2026-03-05,BOOKING-7710,Cleo Quist,"  # noqa: E501
        "Cleo Quist,Harbour Lane,Deep tissue,Osteoarthritis,left,7,100,Tove Dunmarsh's goniometer,"
        "supine,fell off a trampoline,call Tove on 604-555-0199,1961-04-11,worried about divorce\n"
        "PT-90417-X,Mika Aldermoor,mika@example.org,604-555-0199,2026-03-12,BOOKING-7711,Cleo Quist,"  # noqa: E501
        ",Harbour Lane,for Mrs Fennimore: Swedish,Wolverine hip,left,ask Elderbrook,,,,"
        "insolvency,,1961-04-11,feeds the goldfish\n"
        "PT-90418-X,Tove Brackwater,tove@example.org,6045550142,2026-03-06,BOOKING-7712,Dev Rowntree,"  # noqa: E501
        ",Harbour Lane,Swedish,Bursitis,right,6,90,goniometer,prone,,,1961-04-11,T2X 1V4\n"
        ",Noor Cinderfell,,,2026-03-06,BOOKING-7713,Dev Rowntree,,,Swedish,,,5,,,,,,,no number\n"
        "PT-90418-X,Tove Brackwater,,,not Cinderfell's day,,Dev Rowntree,,,Swedish,,,5,,,,,,,\n",
        encoding="utf-8",
    )
    return path


def names_xlsx(folder: Path) -> Path:
    """A workbook whose clients are names, in a sheet with a name, and a visit of 943 476 5919."""
    path = folder / "Dunmarsh export.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Lio Dunmarsh"
    sheet.append(["Client name", "Date", "Technique", "Pain before", "IP address", "Address"])
    sheet.append(["Lio Dunmarsh", "2026-04-02", "Cupping", 4, "192.0.2.17", "12 Quince Street"])
    sheet.append(["Wren Sallowfield", "2026-04-03", "Swedish", 5, "", "943 476 5919"])
    book.save(path)
    return path


def stored(paths: list[Path], directory: Path) -> Path:
    """The store of these files, by the steps of privacy alone."""
    private = open_private_folder(directory).path
    key, links = load_or_make_key(private), Links.load(private)
    files, _ = read_each(paths, today=TODAY)
    with Store(directory / "store", create=True) as store:
        for file in files:
            reading = together([file])
            name = name_in_store(file.grid.file, file.grid.sha256, links)
            admitted = admit(pseudonymise(reading.records, key, links), key, links, name)
            issues = reading.issues if hasattr(reading.issues, "columns") else reading.issues.frame
            links.save(private)
            store.add(
                Incoming(
                    admitted.records, name, file.grid.sha256,
                    mapping=admitted_mapping(mapping_text(file.plan)),
                    issues=admitted_issues(issues),
                )
            )  # fmt: skip
        store.write_snapshot(store.records()[0])
    return directory / "store"


def test_no_byte_of_the_store_names_anybody(tmp_path):
    paths = [scores_csv(tmp_path), names_xlsx(tmp_path)]
    store = stored(paths, tmp_path / "clinic")
    assert found_in(store, WORDS) == []
    with Store(store) as opened:
        records = opened.records()[0]
        assert len(records.rows) == 5 and len(records.patients) == 4
        assert len(opened.issues()) > 0


def test_the_words_are_in_the_private_folder_where_they_belong(tmp_path):
    stored([scores_csv(tmp_path), names_xlsx(tmp_path)], tmp_path / "clinic")
    words = {word for _, word in found_in(tmp_path / "clinic" / "private", WORDS)}
    assert {"PT-90417-X", "Aldermoor", "Dunmarsh", "Quist", "Harbour Lane"} <= words
    # What nobody needs back is kept nowhere.
    assert not {"mika@example.org", "divorce", "goldfish", "trampoline", "192.0.2.17"} & words


def test_the_import_leaves_no_name_in_any_byte_of_the_store(tmp_path):
    paths = [scores_csv(tmp_path), names_xlsx(tmp_path)]
    outcomes = import_files(paths, tmp_path / "clinic", most_set_aside=0.5)
    assert len(outcomes) == 2
    assert (tmp_path / "clinic" / "store" / "hipoutcomes.db").exists()
    assert found_in(tmp_path / "clinic" / "store", WORDS) == []


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_search_finds_words_in_bytes_of_any_kind(tmp_path, code):
    (tmp_path / "a.bin").write_bytes(b"\x07" + "met aldermoor today".encode(code))
    assert found_in(tmp_path, ["Aldermoor", "Dunmarsh"]) == [("a.bin", "Aldermoor")]


def test_the_search_finds_words_in_packed_formats_and_names(tmp_path):
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array(["Aldermoor", "Dunmarsh"]))
    pq.write_table(pa.table({"c": column}), tmp_path / "a.parquet", compression="zstd")
    connection = sqlite3.connect(tmp_path / "b.db")
    connection.execute("CREATE TABLE t (x BLOB)")
    connection.execute("INSERT INTO t VALUES (?)", (b"\x00Brackwater",))
    connection.commit()
    connection.close()
    (tmp_path / "Cinderfell").mkdir()
    found = found_in(tmp_path, ["Aldermoor", "Brackwater", "Cinderfell"])
    assert {word for _, word in found} == {"Aldermoor", "Brackwater", "Cinderfell"}
