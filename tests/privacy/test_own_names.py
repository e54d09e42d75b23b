"""Codes lead back to the clinic's own names, where the private folder is at hand."""

from hipoutcomes.privacy.admitted import admit, name_in_store
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.own_names import with_own_names
from hipoutcomes.privacy.pseudonyms import pseudonymise


def test_codes_become_the_names_of_the_file_again(records, key, links, private):
    name = name_in_store("Jane Doe scores.csv", "ab" * 32, links)
    coded = admit(pseudonymise(records, key, links), key, links, name).records
    links.save(private)
    back = with_own_names(coded, Links.load(private), clients=True)
    for column in ("therapist", "rater", "clinic", "device", "position", "aftercare_advised"):
        assert [str(v).casefold().split() for v in back.rows[column]] == [
            str(v).casefold().split() for v in records.rows[column]
        ], column
    assert back.patients.tolist() == ["00457", "c9"]
    assert set(back.rows["file"]) == {"Jane Doe scores.csv"}


def test_clients_stay_codes_unless_asked_for(records, key, links):
    coded = pseudonymise(records, key, links)
    assert with_own_names(coded, links).patients.tolist() == coded.patients.tolist()


def test_without_the_private_folder_codes_stay(records, key, links):
    coded = admit(pseudonymise(records, key, links), key, links, "file-1.csv").records
    back = with_own_names(coded, Links(), clients=True)
    assert back.patients.tolist() == coded.patients.tolist()
    assert back.rows.astype(str).equals(coded.rows.astype(str))
