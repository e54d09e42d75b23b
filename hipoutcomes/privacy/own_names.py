"""Records with the clinic's own names again: for what never leaves the clinic."""

from dataclasses import replace

import numpy as np

from hipoutcomes.privacy.links import Links
from hipoutcomes.privacy.pseudonyms import recoded
from hipoutcomes.tables.records import Records

_WORDS = ("therapist", "rater", "clinic", "device", "position", "procedure", "file")
_LISTS = ("aftercare_advised", "aftercare_followed")
_SEPARATOR = ";"


def with_own_names(records: Records, links: Links, *, clients: bool = False) -> Records:
    """Put therapists, places and words of the clinic's own back in place of their codes.

    Parameters
    ----------
    records : Records
        As the store gives them.
    links : Links
        Of the private folder; a code that they do not know stays.
    clients : bool
        Also the clients' own numbers, as for a list of who is due. Leave it out for a report:
        reports never show a client.

    Returns
    -------
    Records
        The same rows and scores.
    """
    rows = records.rows.copy(deep=False)
    for name in _WORDS:
        if name in rows:
            rows[name] = recoded(rows[name], links.own_id)
    for name in _LISTS:
        if name in rows:
            rows[name] = recoded(
                rows[name], lambda said: _SEPARATOR.join(map(links.own_id, said.split(_SEPARATOR)))
            )
    if not clients:
        return replace(records, rows=rows)
    own = [links.own_id(str(code)) for code in records.patients]
    return replace(records, rows=rows, patients=np.array(own, str))
