"""load_store(): a clinic out of its own records."""

import json
from pathlib import Path

from hipoutcomes.clinic import Clinic
from hipoutcomes.clinic_records.issue_list import in_words
from hipoutcomes.clinic_records.joined_snapshot import STORE, write_joined_snapshot
from hipoutcomes.ingest.accounting import Accounting, FileAccount
from hipoutcomes.ingest.read import Reading
from hipoutcomes.ingest.sources import Source
from hipoutcomes.loading import clinic_from
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.own_names import with_own_names
from hipoutcomes.privacy.private_folder import open_private_folder
from hipoutcomes.store.store import Store
from hipoutcomes.tables.episodes import EpisodeRule


def load_store(
    directory: str | Path, *, episode_rule: EpisodeRule | None = None, clients: bool = False
) -> Clinic:
    """A clinic from its own records, with the names of its staff where the private folder has them.

    Parameters
    ----------
    directory : path
        Folder of the clinic.
    episode_rule : EpisodeRule, optional
        When one episode of care ends and another begins.
    clients : bool
        Whether `patients` holds the clients' own numbers, as for a list inside the clinic.

    Raises
    ------
    StoreError
        When there are no records, or they are locked, damaged or of a newer version.
    """
    directory = Path(directory)
    with Store(directory / STORE) as store:
        if not store.snapshot_is_current():
            write_joined_snapshot(store)
        records, imports, issues = store.read_snapshot(), store.imports(), store.issues()
    links = Links.load(open_private_folder(directory).path)
    imports = imports.assign(name=[links.own_id(name) for name in imports["name"]])
    accounts = [json.loads(text) for text in imports["accounting"]]
    reading = Reading(
        with_own_names(records, links, clients=clients),
        in_words(issues, links),
        Accounting(
            tuple(
                FileAccount(name, account["rows"], account["cells"])
                for name, account in zip(imports["name"], accounts, strict=True)
            )
        ),
        (),
        tuple(
            Source(name, sha256, account["n_rows"])
            for name, sha256, account in zip(
                imports["name"], imports["sha256"], accounts, strict=True
            )
        ),
    )
    return clinic_from(reading, episode_rule or EpisodeRule(), "pandas")
