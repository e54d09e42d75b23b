"""The snapshot: all records in one Parquet file, for analysis here or in any other tool.

It is written beside its place and moved there, so that readers find the old one or the new one,
whole, at any moment.
"""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hipoutcomes.errors import StoreError
from hipoutcomes.tables.records import Records, ScoreField
from hipoutcomes.tables.treatments import main_technique
from hipoutcomes.vocabulary.codelists import TECHNIQUES

_SCORE = "score"
_BETWEEN = "|"
_TECHNIQUES = "techniques"
#: Derived columns, which make the file easy to use elsewhere: day counts and places of visits.
_PORTABLE = ("client", "seq", "t", "is_first", "is_last")


def write_snapshot(records: Records, path: Path, about: dict[str, str]) -> Path:
    """Write records as one Parquet file, whole or not at all.

    Rows go by client, day and start. Equal records and an equal `about` give equal bytes.

    Parameters
    ----------
    records : Records
    path : path
    about : dict of str to str
        Written into the file's own description.

    Raises
    ------
    StoreError
        When the place cannot be written to, as when another program holds the file open.
    """
    table = _table(_in_order(records))
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            with pq.ParquetWriter(
                file, table.schema, compression="zstd", store_schema=False
            ) as writer:
                writer.write_table(table)
                writer.add_key_value_metadata(about)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _settle_folder(path.parent)
    except OSError as problem:
        with suppress(OSError):
            beside.unlink()
        raise StoreError(
            f"The snapshot {path.name} cannot be written: {problem.strerror or problem}.",
            "The records themselves are safe.",
            "Close it in other programs, and run the command again.",
        ) from None
    return path


def read_snapshot(path: Path) -> tuple[Records, dict[str, str]]:
    """Read a snapshot as records, and its description.

    Raises
    ------
    StoreError
        When there is none, or it is damaged.
    """
    try:
        table = pq.read_table(path, memory_map=False)
    except FileNotFoundError:
        raise StoreError(
            "These records have no snapshot yet.", remedy="Import a file: hipoutcomes import FILE"
        ) from None
    except (OSError, pa.ArrowException):
        raise StoreError(
            f"The snapshot {path.name} is damaged.",
            remedy="Delete it and run any command on these records: it is made again from them.",
        ) from None
    about = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    return _records(table), about


def description(path: Path) -> dict[str, str] | None:
    """Description of a snapshot; None where there is none that can be read."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowException):
        return None
    return {k.decode(): v.decode() for k, v in metadata.items()}


def _in_order(records: Records) -> Records:
    """Records by client, day and start, whatever order they are in; others keep their order."""
    rows = records.rows
    used, number = np.unique(rows["patient_id"].to_numpy() - 1, return_inverse=True)
    patients, rank = np.unique(records.patients[used], return_inverse=True)
    client = rank[number]
    start = rows["start"].to_numpy(float) if "start" in rows else np.zeros(len(rows))
    order = np.lexsort((np.nan_to_num(start, nan=-1.0), rows["day"].to_numpy(), client))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    treatments = records.treatments.assign(record=place[records.treatments["record"].to_numpy()])
    return Records(
        rows.assign(patient_id=(client + 1).astype(np.int32)).iloc[order].reset_index(drop=True),
        {field: values[order] for field, values in records.scores.items()},
        treatments.sort_values("record", kind="stable", ignore_index=True),
        patients,
        records.shape,
    )


def _table(records: Records) -> pa.Table:
    """Records as one Arrow table."""
    rows = records.rows
    clients = pa.DictionaryArray.from_arrays(
        pa.array(rows["patient_id"].to_numpy() - 1, pa.int32()), pa.array(records.patients.tolist())
    )
    columns: dict[str, pa.Array] = {"client": clients}
    for name in rows.columns:
        if name not in ("patient_id", "technique", "file", "row"):
            columns[name] = _arrow(rows[name])
    columns |= _portable(rows)
    columns[_TECHNIQUES] = _lists(records.treatments, len(rows))
    for field in sorted(records.scores, key=str):
        name = _BETWEEN.join((_SCORE, field.measure, field.timing, field.side, field.item))
        columns[name] = pa.array(records.scores[field], pa.float64(), from_pandas=True)
    return pa.table(columns)


def _arrow(column: pd.Series) -> pa.Array:
    """One column without pandas' own description."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        # Those in use, in alphabetical order, so that equal columns are equal bytes.
        codes = column.cat.codes.to_numpy()
        used = np.unique(codes[codes >= 0])
        names = pa.array(list(map(str, column.cat.categories[used])), pa.string())
        order = pc.sort_indices(names).to_numpy()
        rank = np.zeros(len(column.cat.categories) + 1, np.int32)
        rank[used[order]] = np.arange(len(used))
        return pa.DictionaryArray.from_arrays(
            pa.array(rank[codes], mask=codes < 0), names.take(pa.array(order))
        )
    return pa.array(column, from_pandas=True)


def _portable(rows: pd.DataFrame) -> dict[str, pa.Array]:
    """Place of each row among those of its client, days since the first, first and last."""
    client, day = rows["patient_id"].to_numpy(), rows["day"].to_numpy(np.int64)
    n = len(rows)
    start = np.r_[True, client[1:] != client[:-1]] if n else np.zeros(0, bool)
    end = np.r_[client[1:] != client[:-1], True] if n else start
    first = np.maximum.accumulate(np.where(start, np.arange(n), 0))
    return {
        "seq": pa.array((np.arange(n) - first + 1).astype(np.int32)),
        "t": pa.array((day - day[first]).astype(np.int32) if n else day.astype(np.int32)),
        "is_first": pa.array(start),
        "is_last": pa.array(end),
    }


def _lists(treatments: pd.DataFrame, n_rows: int) -> pa.Array:
    """Techniques of each row as a list of name and minutes."""
    record = treatments["record"].to_numpy()
    ends = np.cumsum(np.bincount(record, minlength=n_rows))
    offsets = np.r_[0, ends].astype(np.int32)
    names = pa.array(treatments["technique"].astype(object).tolist(), pa.string())
    minutes = pa.array(treatments["minutes"].to_numpy(float), pa.float64(), from_pandas=True)
    structs = pa.StructArray.from_arrays([names, minutes], names=["technique", "minutes"])
    return pa.ListArray.from_arrays(pa.array(offsets), structs)


def _records(table: pa.Table) -> Records:
    """An Arrow table back as records."""
    table = table.combine_chunks()
    n = table.num_rows
    client = _one(table, "client").dictionary_encode()
    columns: dict = {"patient_id": (client.indices.to_numpy() + 1).astype(np.int32)}
    scores = {}
    for name in table.column_names:
        if name.startswith(_SCORE + _BETWEEN):
            scores[ScoreField(*name.split(_BETWEEN)[1:])] = _floats(_one(table, name))
        elif name not in (*_PORTABLE, _TECHNIQUES):
            columns[name] = _pandas(name, _one(table, name))
    treatments = _treatments(_one(table, _TECHNIQUES))
    columns["technique"] = main_technique(treatments, n)
    columns["file"] = pd.Categorical.from_codes(
        np.zeros(n, np.int8), categories=pd.Index(["records"], dtype="str")
    )
    columns["row"] = np.arange(1, n + 1, dtype=np.int32)
    patients = np.array(client.dictionary.to_pylist(), object).astype(str)
    return Records(pd.DataFrame(columns), scores, treatments, patients, "sessions")


def _one(table: pa.Table, name: str) -> pa.Array:
    """One column in one piece."""
    column = table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _floats(array: pa.Array) -> np.ndarray:
    """Numbers, NaN where missing."""
    return array.to_numpy(zero_copy_only=False).astype(float)


def _pandas(name: str, array: pa.Array) -> object:
    """One column as records hold it."""
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        coded = array if pa.types.is_dictionary(kind) else array.dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        order = pc.sort_indices(coded.dictionary)
        rank = np.empty(len(order) + 1, np.int64)
        rank[order.to_numpy()] = np.arange(len(order))
        rank[-1] = -1
        names = coded.dictionary.take(order).to_pandas()
        return pd.Categorical.from_codes(rank[codes], categories=pd.Index(names, dtype="str"))
    if name == "is_visit":
        return array.to_numpy(zero_copy_only=False).astype(bool)
    missing = array.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_boolean(kind):
        filled = array.fill_null(False).to_numpy(zero_copy_only=False)
        return pd.arrays.BooleanArray(filled, missing)
    if pa.types.is_integer(kind):
        filled = array.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int32)
        return filled if name == "day" else pd.arrays.IntegerArray(filled, missing)
    return _floats(array)


def _treatments(lists: pa.Array) -> pd.DataFrame:
    """Techniques of every row."""
    lengths = np.diff(lists.offsets.to_numpy())
    structs = lists.flatten()
    names = structs.field("technique").to_pylist()
    known = [*TECHNIQUES.terms, *sorted(set(names) - set(TECHNIQUES.terms))]
    return pd.DataFrame(
        {
            "record": np.repeat(np.arange(len(lengths)), lengths),
            "technique": pd.Categorical(names, categories=pd.Index(known, dtype="str")),
            "minutes": _floats(structs.field("minutes")),
        }
    )


def _settle_folder(folder: Path) -> None:
    """Make the move itself survive a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
