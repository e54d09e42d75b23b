"""Records: the rows of one or more files after parsing, before they become tables.

This is what `ingest` hands over. Everything is typed, every cell has been accounted for, and
nothing has been decided about episodes or outcomes.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

Shape = Literal["sessions", "episodes"]
Timing = Literal["before", "during", "after", "between"]


@dataclass(frozen=True, slots=True)
class ScoreField:
    """What one column of scores holds.

    Attributes
    ----------
    measure : str
        Code of a measure, or of one questionnaire item (``item`` then names it).
    timing : str
        ``before``, ``during``, ``after`` treatment, or ``between`` visits. In a file of one row
        per episode, ``before`` is the score at the start and ``between`` the later score.
    side : str
        ``left``, ``right`` or empty: the side of the row applies.
    item : str
        Code of a questionnaire item; empty for a ready score.
    """

    measure: str
    timing: Timing = "before"
    side: str = ""
    item: str = ""


@dataclass(frozen=True, eq=False)
class Records:
    """Typed rows, aligned with their scores.

    Attributes
    ----------
    rows : DataFrame, n rows, index 0..n-1
        One row per accepted row of the files. Always: `patient_id` (int32, from 1), `day` (int32,
        days since 1970-01-01; -2147483648 where a row of one episode has no date), `is_visit`
        (bool), `side`, `condition`, `technique`, `therapist`, `clinic`, `file` (categories), `row`
        (int32). Further columns of `vocabulary.columns.SESSIONS` and `EPISODES` where recorded,
        and `rater`, `device`, `position` of range-of-motion readings; `visit_id` (category), the
        file's own number of the visit, and `start`, minutes since midnight.
    scores : dict of ScoreField to ndarray, shape (n,), float64
        NaN where a score is missing or was refused.
    treatments : DataFrame
        `record` (row number in `rows`), `technique` (category), `minutes` (NaN where unknown).
    patients : ndarray of str, shape (number of patients,)
        The file's own id of patient 1, 2, ...
    shape : {"sessions", "episodes"}
        One row per visit, or one row per episode with scores before and after.
    """

    rows: pd.DataFrame
    scores: dict[ScoreField, np.ndarray]
    treatments: pd.DataFrame
    patients: np.ndarray
    shape: Shape = "sessions"
    extra: dict[str, np.ndarray] = field(default_factory=dict)


#: Stands for "no date" in an integer column of days.
NO_DAY = -(2**31)
