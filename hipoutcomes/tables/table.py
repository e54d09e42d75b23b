"""Table: a data frame whose columns are promised, checked once when it is made."""

from typing import ClassVar

import pandas as pd

from hipoutcomes.errors import TableError
from hipoutcomes.vocabulary.columns import Column


class Table:
    """A data frame with promised columns and a key.

    A function that is handed an `Episodes` never checks columns again: construction did.
    Columns marked optional in the promise are there only when the records hold them.

    Raises
    ------
    TableError
        When a promised column is missing, or two rows share one key.
    """

    __slots__ = ("_frame",)
    columns: ClassVar[tuple[Column, ...]]
    key: ClassVar[tuple[str, ...]]

    def __init__(self, frame: pd.DataFrame, *, key_is_checked: bool = False):
        name = type(self).__name__
        if missing := [c.name for c in self.columns if not c.optional and c.name not in frame]:
            raise TableError(
                f"{name} lacks {', '.join(missing)}.",
                f"It has {', '.join(map(str, frame.columns)) or 'no columns'}.",
            )
        if not key_is_checked:
            repeated = frame.duplicated(list(self.key), keep=False)
            if repeated.any():
                raise TableError(
                    f"{name} must have one row per {' and '.join(self.key)}; "
                    f"{int(repeated.sum())} rows share one.",
                    f"See index {list(frame.index[repeated][:5])}.",
                )
        promised = [c.name for c in self.columns if c.name in frame]
        self._frame = frame[promised].reset_index(drop=True)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows, as a copy-on-write copy: changing it changes nothing here."""
        return self._frame.copy(deep=False)

    def __len__(self) -> int:
        return len(self._frame)

    def __repr__(self) -> str:
        """Say what the table holds without showing any patient's row."""
        return f"{type(self).__name__}: {len(self):,} rows, one per {' and '.join(self.key)}"
