"""Rows of whole patients, one batch after another, from pandas or from DuckDB."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd

from hipoutcomes.errors import TableError


def batches(source, *, patient: str, rows: int = 1_000_000) -> Iterator[pd.DataFrame]:
    """Hand on the rows of a source in batches that no patient crosses.

    Parameters
    ----------
    source : DataFrame or DuckDBPyRelation
        In any order. DuckDB sorts by patient on disk where memory is short, and hands on as much
        as asked for; a pandas frame is in memory already.
    patient : str
        Column that names each row's patient.
    rows : int
        About so many rows in a batch: more where one patient has more, and fewer in the last.

    Yields
    ------
    DataFrame
        Rows without a patient come last.

    Raises
    ------
    TableError
        When the source has no such column.
    ValueError
        When `rows` is under 1, or the source is of another kind.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": [2, 1, 3, 2, 1], "pain": [5, 6, 4, 3, 2]})
    >>> [part["who"].tolist() for part in batches(frame, patient="who", rows=2)]
    [[1, 1], [2, 2], [3]]
    """
    if rows < 1:
        raise ValueError(f"rows must be 1 or more; it is {rows}.")
    if not isinstance(source, pd.DataFrame | duckdb.DuckDBPyRelation):
        raise ValueError(
            "batches come from a pandas DataFrame or a DuckDB relation; this is "
            f"a {type(source).__name__}."
        )
    if patient not in source.columns:
        raise TableError(
            f"The source has no column {patient!r}.",
            f"Its columns are: {', '.join(map(str, source.columns))}.",
            "Correct the name.",
        )
    if isinstance(source, pd.DataFrame):
        return _of_frame(source, patient, rows)
    return _of_relation(source, patient, rows)


def _of_frame(frame: pd.DataFrame, patient: str, rows: int) -> Iterator[pd.DataFrame]:
    """Batches of a frame in memory: only the order of its rows is made whole."""
    codes = pd.factorize(frame[patient], sort=True)[0]
    order = np.argsort(np.where(codes < 0, len(codes), codes), kind="stable")
    codes = codes[order]
    ends = np.append(np.flatnonzero(codes[1:] != codes[:-1]) + 1, len(codes))
    start = 0
    while start < len(codes):
        last = int(np.searchsorted(ends, start + rows, side="right")) - 1
        if last < 0 or ends[last] <= start:
            last = int(np.searchsorted(ends, start, side="right"))
        yield frame.iloc[order[start : ends[last]]].reset_index(drop=True)
        start = int(ends[last])


def _of_relation(
    relation: duckdb.DuckDBPyRelation, patient: str, rows: int
) -> Iterator[pd.DataFrame]:
    """Batches of a relation, the rows of the patient in which one breaks off kept for the next."""
    quoted = '"' + patient.replace('"', '""') + '"'
    held = None
    for batch in relation.order(f"{quoted} nulls last").to_arrow_reader(rows):
        part = batch.to_pandas()
        held = part if held is None else pd.concat([held, part], ignore_index=True)
        codes = pd.factorize(held[patient])[0]
        done = codes != codes[-1]
        if done.any():
            yield held[done].reset_index(drop=True)
            held = held[~done].reset_index(drop=True)
    if held is not None and len(held):
        yield held
