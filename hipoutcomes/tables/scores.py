"""Scores: one row per patient, day, timing, measure, side and occasion; unfolded when asked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.tables.records import ScoreField
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import SCORES
from hipoutcomes.vocabulary.instruments import MEASURES

TIMINGS = ("before", "during", "after", "between")
SIDES = ("left", "right")
_SETTING = ("rater", "device", "position")


class ScoreTable(Table):
    """The scores of one measure or of all, in long form."""

    columns = SCORES
    key = ("patient_id", "day", "timing", "measure", "side", "occasion")


class Scores:
    """All scores of a clinic.

    Kept as one array per column of the file and unfolded measure by measure when asked: a million
    sessions with a dozen scores each would otherwise fill memory with rows nobody looks at.

    Parameters
    ----------
    rows : DataFrame, n rows
        Ordered `Records.rows`.
    session_id : ndarray of int32, shape (n,)
        0 where the row is no visit.
    fields : mapping of ScoreField to ndarray, shape (n,)
        Scores of measures (not of items), in the order of the file.
    order : ndarray, shape (n,), optional
        Row of the file of each of `rows`; by default they are in the same order.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        session_id: np.ndarray,
        fields: Mapping[ScoreField, np.ndarray],
        order: np.ndarray | None = None,
    ):
        self._order = slice(None) if order is None else order
        self._rows = rows
        self._session_id = session_id
        self._fields = {f: s for f, s in fields.items() if not np.isnan(s).all()}
        self._unfolded: dict[str, pd.DataFrame] = {}

    @property
    def measures(self) -> tuple[str, ...]:
        """Codes of the measures with at least one score, in the order of the vocabulary."""
        present = {field.measure for field in self._fields}
        return tuple(code for code in MEASURES if code in present)

    @property
    def fields(self) -> tuple[ScoreField, ...]:
        """Which scores were recorded, at which timing and side."""
        return tuple(self._fields)

    def of(self, measure: str) -> pd.DataFrame:
        """Every score of one measure, in long form.

        Raises
        ------
        NotEnoughData
            When nothing was recorded for this measure; the message lists what was.
        """
        self._require(measure)
        if measure not in self._unfolded:
            self._unfolded[measure] = self._unfold(measure)
        return self._unfolded[measure].copy(deep=False)

    @property
    def frame(self) -> pd.DataFrame:
        """Every score of every measure, in long form."""
        if not self.measures:
            return pd.DataFrame({column.name: [] for column in SCORES})
        parts = [self.of(measure) for measure in self.measures]
        return pd.concat(parts, ignore_index=True)

    def __repr__(self) -> str:
        return f"Scores of {', '.join(self.measures) or 'nothing'}"

    def arrays(self, measure: str, timings: tuple[str, ...] = TIMINGS) -> dict[str, np.ndarray]:
        """Integer columns and the score of one measure, for reductions.

        Parameters
        ----------
        measure : str
        timings : tuple of str
            Only scores of these timings.

        Returns
        -------
        dict of ndarray, each shape (number of scores,)
            `patient_id`, `day`, `timing` and `side` (positions in TIMINGS and, from 1, in SIDES;
            side 0 is not recorded), `occasion`, `session_id` (0 between visits), `setting`
            (equal numbers were measured alike; -1 where rater, device or position is unknown) and
            `score`. Sorted by patient and day.
        """
        self._require(measure)
        parts = [
            self._part(field)
            for field in self._fields
            if field.measure == measure and field.timing in timings
        ] or [self._part(next(f for f in self._fields if f.measure == measure), nothing=True)]
        whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        key = whole["patient_id"].astype(np.int64) << 32
        key += (whole["day"].astype(np.int64) - whole["day"].min(initial=2**31 - 1)) << 4
        key += whole["timing"] * 3 + whole["side"]
        if len(parts) > 1 or whole["side"].any():
            order = np.argsort(key, kind="stable")
            whole, key = {name: column[order] for name, column in whole.items()}, key[order]
        whole["occasion"] = _place_in_run(key)
        return whole

    def _require(self, measure: str) -> None:
        """Refuse a measure of which nothing was recorded, and say what was."""
        if measure not in self.measures:
            raise NotEnoughData(
                f"These records hold no scores of {measure!r}.",
                f"They hold {', '.join(self.measures) or 'no scores at all'}.",
            )

    def _part(self, field: ScoreField, nothing: bool = False) -> dict[str, np.ndarray]:
        """The scores of one column of the file that are there; none of them, if so asked."""
        scores = self._fields[field][self._order]
        there = np.flatnonzero(~np.isnan(scores))[: 0 if nothing else None]
        side = (
            self._row_side()
            if not field.side
            else np.full(len(scores), SIDES.index(field.side) + 1)
        )
        return {
            "patient_id": self._rows["patient_id"].to_numpy(np.int32)[there],
            "day": self._rows["day"].to_numpy(np.int32)[there],
            "timing": np.full(len(there), TIMINGS.index(field.timing), np.int32),
            "side": side[there].astype(np.int32),
            "session_id": self._session_id[there],
            "setting": self._setting(field.measure)[there],
            "score": scores[there],
            "place": there.astype(np.int32),
        }

    def _row_side(self) -> np.ndarray:
        """Side of each row: 1 left, 2 right, 0 where both or none was recorded."""
        side = self._rows["side"].astype("category")
        position = np.array([SIDES.index(s) + 1 if s in SIDES else 0 for s in side.cat.categories])
        codes = side.cat.codes.to_numpy()
        return np.where(codes >= 0, np.r_[position, 0][codes], 0)

    def _setting(self, measure: str) -> np.ndarray:
        """A number for how each row was measured; -1 where that is not known."""
        record, n = MEASURES[measure], len(self._rows)
        if not record.needs_setting:
            return np.zeros(n, np.int32)
        if record.domain == "mobility" and not measure.endswith(("_active", "_passive")):
            return np.full(n, -1, np.int32)
        needed = _SETTING[:1] if record.ordinal else _SETTING
        setting = np.zeros(n, np.int64)
        unknown = np.zeros(n, bool)
        for name in needed:
            if name not in self._rows:
                return np.full(n, -1, np.int32)
            column = self._rows[name].astype("category")
            codes = column.cat.codes.to_numpy()
            unknown |= codes < 0
            setting = setting * len(column.cat.categories) + codes
        return np.where(unknown, -1, setting).astype(np.int32)

    def _unfold(self, measure: str) -> pd.DataFrame:
        """One measure in long form, with words for its codes."""
        arrays = self.arrays(measure)
        frame = pd.DataFrame(
            {
                "patient_id": arrays["patient_id"],
                "day": arrays["day"],
                "timing": pd.Categorical.from_codes(arrays["timing"], list(TIMINGS)),
                "measure": pd.Categorical.from_codes(
                    np.zeros(len(arrays["day"]), np.int8), [measure]
                ),
                "side": pd.Categorical.from_codes(arrays["side"] - 1, list(SIDES)),
                "occasion": arrays["occasion"],
                "session_id": pd.array(arrays["session_id"], dtype="Int32"),
                "score": arrays["score"],
            }
        )
        frame.loc[arrays["session_id"] == 0, "session_id"] = pd.NA
        if MEASURES[measure].needs_setting:
            for name in set(_SETTING) & set(self._rows.columns):
                frame[name] = self._rows[name].to_numpy()[arrays["place"]]
        return ScoreTable(frame).frame


def _place_in_run(key: np.ndarray) -> np.ndarray:
    """Place of each element in its run of equal sorted keys, from 1."""
    place = np.arange(len(key))
    starts = np.r_[True, key[1:] != key[:-1]]
    return (place - np.maximum.accumulate(np.where(starts, place, 0)) + 1).astype(np.int32)
