"""What the answer sheet for a privacy assessment promises, held by tests where it can be."""

import ast
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from hipoutcomes.privacy.codes import client_code
from hipoutcomes.privacy.forgetting import forget_client
from hipoutcomes.privacy.key import load_or_make_key
from hipoutcomes.privacy.links import TABLES, Links
from hipoutcomes.privacy.private_folder import open_private_folder
from hipoutcomes.privacy.pseudonyms import pseudonymise
from hipoutcomes.store.incoming import Incoming
from hipoutcomes.store.store import Store
from hipoutcomes.tables.records import Records, ScoreField

sys.path.insert(0, str(Path(__file__).parent))
from byte_search import found_in

#: Modules that reach a network, or write logs.
_NOT_USED = {
    *("socket", "ssl", "http", "urllib", "ftplib", "smtplib", "xmlrpc", "webbrowser", "logging"),
    *("requests", "httpx", "aiohttp", "urllib3", "sentry_sdk"),
}


def test_no_module_reaches_a_network_or_writes_a_log(root):
    for path in (root / "hipoutcomes").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & _NOT_USED, path.name


def test_the_note_in_the_private_folder_names_every_table(private):
    note = (private / "README.txt").read_text()
    for name in (*TABLES, "key", "fix", "exports"):
        assert name in note


def test_the_sheet_names_what_the_program_has(root):
    sheet = (root / "notebooks" / "privacy-answers.md").read_text(encoding="utf-8")
    assert "Not legal" in sheet and "HMAC-SHA256" in sheet and "164.514(b)(2)" in sheet
    assert len(sheet.splitlines()) < 80


def records_of(clients: list[str]) -> Records:
    """One visit of each client."""
    n = len(clients)
    blank = pd.Categorical([None] * n, categories=pd.Index([], dtype="str"))
    rows = pd.DataFrame(
        {
            "patient_id": np.arange(1, n + 1, dtype=np.int32),
            "day": np.full(n, 20500, np.int32),
            "is_visit": np.ones(n, bool),
            **dict.fromkeys(("side", "condition", "technique", "therapist", "clinic"), blank),
            "file": pd.Categorical(["file-1.csv"] * n),
            "row": np.arange(2, n + 2, dtype=np.int32),
        }
    )
    scores = {ScoreField("pain"): np.full(n, 4.0)}
    treatments = pd.DataFrame(
        {"record": np.array([], int), "technique": pd.Categorical([]), "minutes": np.array([])}
    )
    return Records(rows, scores, treatments, np.array(clients))


def test_a_forgotten_client_is_in_no_byte_of_either_folder(tmp_path):
    private = open_private_folder(tmp_path).path
    key, links = load_or_make_key(private), Links.load(private)
    clients = [f"PT-{i:05d}-X" for i in range(300)]
    records = pseudonymise(records_of(clients), key, links)
    links.save(private)
    gone = client_code(key, "PT-00042-X")
    with Store(tmp_path / "store", create=True) as store:
        store.add(Incoming(records, "file-1.csv", "ab" * 32))
        store.write_snapshot(store.records()[0])
        assert {file for file, _ in found_in(tmp_path, [gone])} >= {"hipoutcomes.db", "clients.csv"}
        outcome = store.forget_client(gone)
        store.write_snapshot(store.records()[0])
    removed = forget_client(private, gone, key)
    assert (outcome.n_rows, removed.n_links) == (1, 1)
    assert found_in(tmp_path, [gone, "PT-00042-X"]) == []
    with Store(tmp_path / "store") as store:
        assert store.add(Incoming(records, "file-1.csv", "cd" * 32)).n_forgotten == 1
    assert found_in(tmp_path / "store", [gone]) == []


def test_a_code_cannot_be_found_by_trying_all_numbers_without_the_key(private):
    key = load_or_make_key(private)
    code = client_code(key, "457")
    other = load_or_make_key(private.parent)
    assert code not in {client_code(other, str(number)) for number in range(2000)}


def test_the_store_alone_has_no_key(tmp_path):
    private = open_private_folder(tmp_path).path
    key = load_or_make_key(private)
    with Store(tmp_path / "store", create=True):
        pass
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert key.secret not in data and key.secret.hex().encode() not in data
