"""Look for words in every byte of a folder, also where formats pack or encode them."""

import sqlite3
from pathlib import Path

import pyarrow.parquet as pq


def found_in(folder: Path, words: list[str]) -> list[tuple[str, str]]:
    """Every (file, word) of which a trace is left: in names of files and bytes as UTF-8 or UTF-16,
    in rows and schemas of databases, and in the columns, dictionaries and metadata of Parquet."""
    found = []
    for path in sorted(folder.rglob("*")):
        said = [path.name]
        if path.is_file():
            data = path.read_bytes()
            said += [data.decode("utf-8", "ignore"), data.decode("latin-1")]
            said += [data[at:].decode(code, "ignore") for code in ("utf-16-le", "utf-16-be")
                     for at in (0, 1)]  # fmt: skip
            if data.startswith(b"SQLite format 3\x00"):
                said.append(text_of_database(path))
            if data.startswith(b"PAR1"):
                said.append(text_of_parquet(path))
        folded = [text.casefold() for text in said]
        found += [
            (path.name, word) for word in words if any(word.casefold() in text for text in folded)
        ]
    return found


def text_of_database(path: Path) -> str:
    """Everything that a database says, blobs as text too."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        names = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        said = [str(names)]
        for name, sql in names:
            if (sql or "").lstrip().upper().startswith(("CREATE TABLE", "CREATE VIEW")):
                for row in connection.execute(f'SELECT * FROM "{name}"'):
                    said += [
                        cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                        for cell in row
                    ]
    finally:
        connection.close()
    return "\n".join(said)


def text_of_parquet(path: Path) -> str:
    """Everything that a Parquet file says: cells, dictionaries, also unused ones, and metadata."""
    file = pq.ParquetFile(path)
    said = [str(file.metadata), str(file.schema), str(file.schema_arrow.metadata)]
    text = [f.name for f in file.schema_arrow]
    for column in pq.read_table(path, read_dictionary=text).columns:
        for chunk in column.chunks:
            said.append(str(chunk.to_pylist()))
            if hasattr(chunk, "dictionary"):
                said.append(str(chunk.dictionary.to_pylist()))
    return "\n".join(said)
