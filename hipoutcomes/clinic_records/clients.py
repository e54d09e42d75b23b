"""One client of a clinic's records, wherever it is kept: shown, merged, forgotten."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hipoutcomes.clinic_records.joined_snapshot import STORE, write_joined_snapshot
from hipoutcomes.errors import StoreError
from hipoutcomes.privacy import forgetting
from hipoutcomes.privacy.codes import client_code, is_client_code
from hipoutcomes.privacy.key import Key, load_or_make_key
from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.private_folder import open_private_folder
from hipoutcomes.store.incoming import ForgetOutcome
from hipoutcomes.store.store import Store
from hipoutcomes.tables.records import Records


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed about one client.

    Attributes
    ----------
    records : ForgetOutcome
        From the records.
    private : privacy.forgetting.Removed
        From the private folder.
    """

    records: ForgetOutcome
    private: forgetting.Removed

    @property
    def told(self) -> tuple[str, ...]:
        """What was removed, in words."""
        gone = self.records
        return (
            f"From the records: {gone.n_rows:,} rows with {gone.n_scores:,} scores of "
            f"{gone.n_imports:,} imports, their history and questions, and "
            f"{gone.n_backups:,} backups.",
            self.private.told,
            "Files imported later keep this client out. Copies that were shared hold counts only.",
        )


def merge_clients(old: str, new: str, directory: str | Path) -> int:
    """Say that two numbers are one client; nothing is rewritten, and later files may use either.

    Parameters
    ----------
    old, new : str
        The clinic's own numbers, or codes of the records.
    directory : path
        Folder of the clinic.

    Returns
    -------
    int
        Rows that now count for the new number.

    Raises
    ------
    StoreError
        When there are no records, or they hold no such client.
    """
    directory = Path(directory)
    with Store(directory / STORE) as store:
        key = load_or_make_key(open_private_folder(directory).path)
        n_rows = store.merge_clients(_code(key, old), _code(key, new))
        write_joined_snapshot(store)
    return n_rows


def client_history(client: str, directory: str | Path) -> pd.DataFrame:
    """Every row that files have told of one client, oldest import first.

    Parameters
    ----------
    client : str
        The clinic's own number, or a code of the records.
    directory : path
        Folder of the clinic.

    Returns
    -------
    DataFrame
        `day` (days since 1970-01-01), `is_visit`, `import_id`, `file`, and `is_current`: whether
        the row is what the records say now.

    Raises
    ------
    StoreError
        When there are no records, or they hold no such client.
    """
    directory = Path(directory)
    with Store(directory / STORE) as store:
        private = open_private_folder(directory).path
        found = store.history(_code(load_or_make_key(private), client))
    if found.empty:
        raise StoreError("These records have no such client.", remedy="Check the number.")
    links = Links.load(private)
    names = [links.own_id(name) for name in found["file"]]
    return found.assign(file=names).drop(columns="version_id")


def forget_client(client: str, directory: str | Path) -> Forgotten:
    """Remove one client from the records, their history and backups, and the private folder.

    Parameters
    ----------
    client : str
        The clinic's own number, or a code of the records.
    directory : path
        Folder of the clinic.

    Raises
    ------
    StoreError
        When there are no records, or they hold no such client.
    OutputError
        When a file of the private folder cannot be written or removed.
    """
    directory = Path(directory)
    with Store(directory / STORE) as store:
        private = open_private_folder(directory).path
        key = load_or_make_key(private)
        code = _code(key, client)
        outcome = store.forget_client(code)
        left = write_joined_snapshot(store).records
        removed = forgetting.forget_client(private, code, key, words_in_use=_codes_in_use(left))
    return Forgotten(outcome, removed)


def _code(key: Key, client: str) -> str:
    """Code of a client, from it or from the clinic's own number."""
    return client if is_client_code(client) else client_code(key, client)


def _codes_in_use(records: Records) -> set[str]:
    """Every word that the records hold."""
    found: set[str] = set()
    for name in records.rows:
        column = records.rows[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            used = column.cat.remove_unused_categories().cat.categories
            found.update(part for word in used for part in str(word).split(";"))
    return found
