"""The snapshot of a clinic's records: every visit once, appointments with their scores."""

from hipoutcomes.ingest.checks import CHECKS
from hipoutcomes.store.store import Store
from hipoutcomes.tables.joining.join import Joined, join_visits

#: Folder of the records in a clinic's folder.
STORE = "store"


def write_joined_snapshot(store: Store) -> Joined:
    """Join what the ledger keeps apart, write the snapshot, and say what joining found.

    The ledger keeps each file's rows for themselves, so that files may come in any order, and any
    of them can be taken back.
    """
    joined = join_visits(*store.records())
    store.write_snapshot(joined.records)
    return joined


def joining_lines(joined: Joined) -> tuple[str, ...]:
    """What joining found, in words for a terminal; empty where there is nothing to tell."""
    if joined.none_fits:
        return (
            "No row with scores belongs to an appointment yet: both need the same client numbers "
            "and dates.",
        )
    return tuple(
        f"{len(told.rows):,} {'row' if len(told.rows) == 1 else 'rows'}: "
        f"{CHECKS[told.code].message}" + (f" ({told.note})" if told.note else "")
        for told in joined.told
        if CHECKS[told.code].severity != "note"
    )
