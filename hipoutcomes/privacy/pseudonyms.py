"""Records in which clients, therapists and visits go by codes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from hipoutcomes.privacy.codes import client_code, visit_code
from hipoutcomes.privacy.key import Key
from hipoutcomes.privacy.links import Links
from hipoutcomes.tables.records import Records

#: Columns that hold members of staff: one person has one code in all of them.
_STAFF = ("therapist", "rater")


def pseudonymise(records: Records, key: Key, links: Links) -> Records:
    """Put codes in place of clients, therapists, raters and the numbers of visits.

    Two ways of typing one client's number give one client. What each code stands for is added to
    `links`, which the caller saves in the private folder before anything else is written.

    Parameters
    ----------
    records : Records
        As read; left as it is.
    key : Key
    links : Links

    Returns
    -------
    Records
        `patients` are codes; each distinct value was coded once.
    """
    rows = records.rows.copy(deep=False)
    codes = [client_code(key, str(own)) for own in records.patients]
    for code, own in zip(codes, records.patients, strict=True):
        links.add("clients", code, str(own))
    place, patients = pd.factorize(np.array(codes, object))
    rows["patient_id"] = (place[rows["patient_id"].to_numpy() - 1] + 1).astype(np.int32)
    for name in _STAFF:
        if name in rows:
            rows[name] = recoded(
                rows[name], lambda own: links.short(key, "therapists", "therapist", own)
            )
    if "visit_id" in rows:
        rows["visit_id"] = recoded(rows["visit_id"], lambda own: visit_code(key, own))
    return replace(records, rows=rows, patients=np.array(patients.tolist(), str))


def recoded(column: pd.Series, code: Callable[[str], str]) -> pd.Categorical:
    """A column of categories under other names; names that become one are one category.

    Categories that no row has are left out, so that no name stays behind in an empty one.
    """
    column = column.astype("category").cat.remove_unused_categories()
    named = [code(str(name)) for name in column.cat.categories]
    place, names = pd.factorize(np.array(named, object))
    codes = column.cat.codes.to_numpy()
    at = np.append(place, -1)[codes]
    return pd.Categorical.from_codes(at, categories=pd.Index(list(names), dtype="str"))
