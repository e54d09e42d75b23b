"""Where records came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read.

    Attributes
    ----------
    file : str
        Its name, without folders.
    sha256 : str
        Hash of its bytes: the same hash is the same file.
    n_rows : int
        Rows of data in it, below the heading.
    """

    file: str
    sha256: str
    n_rows: int
