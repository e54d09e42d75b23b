"""Treatments: the techniques given in each session, and which of them was the main one."""

import numpy as np
import pandas as pd

from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import TREATMENTS

#: Main technique of a session in which no technique had most minutes.
MIXED = "mixed"


class Treatments(Table):
    """One row per session and technique, with minutes where they were recorded."""

    columns = TREATMENTS
    key = ("session_id", "technique")


def main_technique(treatments: pd.DataFrame, n_records: int) -> pd.Categorical:
    """The technique with most minutes in each record; a tie is 'mixed'.

    Parameters
    ----------
    treatments : DataFrame
        `record` (0 to n_records - 1), `technique` (category), `minutes` (NaN where unknown).
        Techniques without minutes beside others without minutes are a tie.
    n_records : int

    Returns
    -------
    Categorical, length n_records
        Missing where no technique was recorded.
    """
    record = treatments["record"].to_numpy()
    technique = treatments["technique"].astype("category")
    codes = technique.cat.codes.to_numpy()
    count = np.bincount(record, minlength=n_records)
    main = np.full(n_records, -1, np.int32)
    alone = count[record] == 1
    main[record[alone]] = codes[alone]
    names = list(technique.cat.categories)
    if not alone.all():
        if MIXED not in names:
            names.append(MIXED)
        minutes = np.nan_to_num(treatments["minutes"].to_numpy(float)[~alone], nan=0.0)
        several = record[~alone]
        most = np.zeros(n_records)
        np.maximum.at(most, several, minutes)
        leads = minutes == most[several]
        n_leading = np.bincount(several[leads], minlength=n_records)
        main[several[leads]] = codes[~alone][leads]
        main[(count > 1) & (n_leading != 1)] = names.index(MIXED)
    return pd.Categorical.from_codes(main, categories=names)


def treatment_texts(treatments: pd.DataFrame) -> pd.Series:
    """What was given in each record as one text, by record; equal texts were given alike."""
    names = treatments["technique"].astype(object).map(str)
    minutes = treatments["minutes"].astype(object).map(str)
    return (names + " " + minutes).groupby(treatments["record"].to_numpy()).agg("|".join)


def treatments_of(
    treatments: pd.DataFrame, order: np.ndarray, session_id: np.ndarray
) -> Treatments:
    """Techniques of the rows that are visits, by session."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    numbered = treatments.assign(session_id=session_id[place[treatments["record"].to_numpy()]])
    numbered = numbered[numbered["session_id"] > 0]
    return Treatments(numbered, key_is_checked=True)
