import gzip
import io
import zipfile

import pytest

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.grids.contents import (
    file_bytes,
    kind_of,
    likely_encodings,
    text_of,
    unpacked,
)

EXPECTED = "We read .xlsx, .xls and .ods workbooks, and .csv or .tsv text files (also .csv.gz)."
SAVE_AS = "Open it in its own program and save it as .xlsx or .csv."


def zip_of(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        (b"{\\rtf1 hello}", "a rich-text document"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an older Office file, and no workbook"),
        (b"<html><table><tr><td>Patient", "a web page, whatever its name says"),
        (b"\n <!DOCTYPE html>", "a web page, whatever its name says"),
        (zip_of("word/document.xml"), "a Word document"),
        (zip_of("ppt/slides/slide1.xml"), "a presentation"),
        (zip_of("mimetype", "content.xml"), "an OpenDocument file, and no spreadsheet"),
    ],
)
def test_other_kinds_of_file_are_named(data, what):
    with pytest.raises(FileError) as caught:
        kind_of(data, "clinic.csv")
    assert str(caught.value) == f"clinic.csv is {what}.\n  {EXPECTED}\n  {SAVE_AS}"


def test_a_zip_archive_says_what_to_do():
    with pytest.raises(FileError) as caught:
        kind_of(zip_of("a.csv", "b.csv"), "clinic.zip")
    assert str(caught.value) == (
        f"clinic.zip is a zip archive of 2 files.\n  {EXPECTED}\n  Unzip it and name one file."
    )


def test_a_workbook_with_a_password_is_named():
    data = b"\xd0\xcf\x11\xe0" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    with pytest.raises(FileError, match=r"clinic\.xlsx is protected by a password\."):
        kind_of(data, "clinic.xlsx")


def test_workbooks_and_text_are_told_apart():
    assert kind_of(zip_of("xl/workbook.xml"), "a.csv") == "workbook"
    assert kind_of(b"Patient,Date\n1,2\n", "a.xlsx") == "text"
    assert kind_of(b"PK,Date\n1,2\n", "a.csv") == "text"


@pytest.mark.parametrize("data", [b"", b"  \r\n\t ", b"\xef\xbb\xbf", b"\xff\xfe", b" " * 5000])
def test_a_file_of_nothing_is_empty(data):
    with pytest.raises(FileError, match=r"^clinic\.csv is empty\.\n"):
        kind_of(data, "clinic.csv")


def test_a_truncated_workbook_is_damaged():
    with pytest.raises(FileError, match=r"^clinic\.xlsx is damaged: "):
        kind_of(zip_of("xl/workbook.xml")[:40], "clinic.xlsx")


def test_gzip_is_unpacked_and_a_truncated_one_is_damaged():
    packed = gzip.compress(b"Patient,Date\n" * 50)
    assert unpacked(packed, "a.csv.gz") == b"Patient,Date\n" * 50
    assert unpacked(b"plain", "a.csv") == b"plain"
    for damaged in (packed[:-9], packed[:12], packed[:20] + b"\x00" * 20):
        with pytest.raises(FileError, match=r"^a\.csv\.gz is damaged: "):
            unpacked(damaged, "a.csv.gz")


def test_a_missing_file_offers_a_similar_name(tmp_path):
    (tmp_path / "scores.csv").write_text("x")
    with pytest.raises(FileError) as caught:
        file_bytes(tmp_path / "score.csv")
    assert str(caught.value) == (
        f"There is no file {tmp_path / 'score.csv'}.\n  {EXPECTED}\n"
        f"  Did you mean {tmp_path / 'scores.csv'}?"
    )
    with pytest.raises(FileError, match="Check the name"):
        file_bytes(tmp_path / "missing" / "other.csv")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(FileError, match=r"is a folder\.\n.*\n  Name one file inside it\.$"):
        file_bytes(tmp_path)


def test_a_name_no_system_allows_is_an_error_of_the_file(tmp_path):
    for name in ("a\x00b.csv", "x" * 5000):
        with pytest.raises(FileError, match="cannot be opened"):
            file_bytes(tmp_path / name)


SPANISH = "Patient;Notas\nMuñoz;dolor – 3½ años\n"


@pytest.mark.parametrize(
    ("codec", "used"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("utf-32", "utf-32"),
    ],
)
def test_the_ladder_of_encodings(codec, used):
    assert text_of(SPANISH.encode(codec), "a.csv") == (SPANISH, used)


@pytest.mark.parametrize("text", ["Muñoz", "João", "£60", "Zoë", "50 – 60"])
def test_short_windows_texts_come_back_whole(text):
    # The five texts that charset detectors misread.
    assert text_of(text.encode("cp1252"), "a.csv") == (text, "cp1252")


def test_an_encoding_can_be_told():
    assert text_of("Señor".encode("mac_roman"), "a.csv", "mac_roman") == ("Señor", "mac_roman")
    with pytest.raises(
        FileError, match=r"^The letters of a\.csv cannot be read as text\. It is not"
    ):
        text_of("Señor".encode("cp1252"), "a.csv", "utf-8")
    with pytest.raises(ValueError, match="'klingon' is not an encoding; use utf-8, utf-16, cp1252"):
        text_of(b"x", "a.csv", "klingon")


@pytest.mark.parametrize("data", [b"a\x81\x8d,b\n", b"Pat\x00ient,Da\x00te\n1,2\n" * 9])
def test_what_is_not_text_is_refused(data):
    with pytest.raises(FileError) as caught:
        text_of(data, "a.csv")
    assert str(caught.value) == (
        "The letters of a.csv cannot be read as text. We tried UTF-8, UTF-16 and Windows-1252.\n"
        f"  {EXPECTED}\n  Save it again as 'CSV UTF-8', or say how it was saved with --encoding."
    )


def test_utf_16_is_told_by_its_pattern():
    assert likely_encodings("Patient,Date\n".encode("utf-16-le")) == ("utf-16-le",)
    assert likely_encodings(b"Patient,Date\n") == ("utf-8", "cp1252")
