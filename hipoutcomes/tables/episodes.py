"""Episodes of care: one patient, one side, one complaint, no long gap."""

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.tables.engines import Engine, collected, lazy
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.tables.scores import SIDES
from hipoutcomes.tables.sessions import Sessions
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import EPISODE_SESSIONS, EPISODES

_BOTH = 3
_CARRIED = ("technique", "therapist", "clinic", "age", "sex")


class Episodes(Table):
    """One row per episode of care, with what is known at its first session."""

    columns = EPISODES
    key = ("episode_id",)


class EpisodeSessions(Table):
    """Which sessions belong to which episode: a session for both hips belongs to two."""

    columns = EPISODE_SESSIONS
    key = ("episode_id", "session_id")


@dataclass(frozen=True, slots=True)
class EpisodeRule:
    """When one episode of care ends and another begins.

    Attributes
    ----------
    gap : int
        Days without a session after which the next session begins a new episode.
    run_in : int
        An episode that begins within so many days of the file's first day may have been running
        before it, and is set aside from outcomes, unless the record marks a first visit or a new
        complaint.

    Notes
    -----
    A session that the record marks as a first visit of a complaint, or as a new complaint, begins
    an episode whatever the gap. A blank or reworded condition begins none. A blank side takes the
    patient's side before it, or else after it.
    """

    gap: int = 90
    run_in: int = 90

    def __post_init__(self):
        if self.gap < 1 or self.run_in < 0:
            raise ValueError(
                "An episode rule needs a gap of 1 day or more and a run-in of 0 days or more; "
                f"it has gap={self.gap} and run_in={self.run_in}."
            )

    @property
    def label(self) -> str:
        """The rule in words."""
        return (
            f"a new episode after {self.gap} days without a session, or where the record marks a "
            f"first visit or a new complaint; episodes that begin in the file's first "
            f"{self.run_in} days without such a mark may have been running already and are set "
            "aside"
        )


def find_episodes(
    sessions: Sessions, rule: EpisodeRule, first_day: int, engine: Engine = "pandas"
) -> tuple[Episodes, EpisodeSessions]:
    """Find the episodes of care among sessions, and which sessions belong to each.

    Parameters
    ----------
    sessions : Sessions
    rule : EpisodeRule
    first_day : int
        First day the file covers.
    engine : {"pandas", "duckdb"}
        Where the reductions run; the answer is the same.
    """
    frame = sessions.frame
    numbered = collected(
        _numbered(lazy(_visits_by_side(frame), engine), rule.gap), ["episode_id", "session_id"]
    )
    reduced = collected(_reduced(lazy(numbered, engine)), ["episode_id"])
    links = numbered[["episode_id", "session_id", "patient_id", "day"]].assign(
        episode_seq=_place_in_episode(numbered["episode_id"].to_numpy())
    )
    episodes = _described(reduced, frame, rule, first_day)
    return Episodes(episodes, key_is_checked=True), EpisodeSessions(links, key_is_checked=True)


def recorded_episodes(rows: pd.DataFrame) -> Episodes:
    """One episode per row, for a file that holds scores before and after and no visits.

    Parameters
    ----------
    rows : DataFrame
        `Records.rows` of shape "episodes".
    """
    day = rows["day"].where(rows["day"] != NO_DAY).astype("Int32")
    unknown = pd.array([pd.NA] * len(rows), dtype="Int32")
    carried = {c.name: rows[c.name] for c in EPISODES if c.name in rows}
    return Episodes(
        pd.DataFrame(
            {
                **carried,
                "episode_id": np.arange(1, len(rows) + 1, dtype=np.int32),
                "first_day": day,
                "last_day": unknown,
                "n_sessions": unknown,
                "already_running": False,
                "previous_last_day": unknown,
                "next_first_day": unknown,
            }
        ),
        key_is_checked=True,
    )


def no_links() -> EpisodeSessions:
    """No sessions in any episode: a file of one row per episode records none."""
    names = [column.name for column in EPISODE_SESSIONS]
    return EpisodeSessions(pd.DataFrame({name: np.zeros(0, np.int32) for name in names}))


def _visits_by_side(sessions: pd.DataFrame) -> pd.DataFrame:
    """Visits as numbers, one row per patient, side and session; `line` is patient and side."""
    patient = sessions["patient_id"].to_numpy(np.int64)
    side = _side_filled(sessions["side"], patient)
    marked = np.zeros(len(sessions), bool)
    for name in ("first_visit", "new_complaint"):
        if name in sessions:
            marked |= sessions[name].fillna(False).to_numpy(bool)
    visits = pd.DataFrame(
        {
            "session_id": sessions["session_id"].to_numpy(np.int32),
            "patient_id": sessions["patient_id"].to_numpy(np.int32),
            "day": sessions["day"].to_numpy(np.int32),
            "line": patient * _BOTH + side,
            "is_new": marked.astype(np.int32),
            "has_condition": sessions["condition"].notna().to_numpy().astype(np.int32),
        }
    )
    both = side == _BOTH
    if both.any():
        left = visits[both].assign(line=patient[both] * _BOTH + 1)
        right = visits[both].assign(line=patient[both] * _BOTH + 2)
        visits = pd.concat([visits[~both], left, right], ignore_index=True)
    return visits


def _side_filled(side: pd.Series, patient: np.ndarray) -> np.ndarray:
    """Side of each session: 1 left, 2 right, 3 both; a blank takes the patient's side before it."""
    column = side.astype("category")
    names = [*SIDES, "both"]
    position = np.array([names.index(s) + 1 if s in names else 0 for s in column.cat.categories])
    codes = column.cat.codes.to_numpy()
    known = np.where(codes >= 0, np.r_[position, 0][codes], 0).astype(np.int64)
    if not known.any() or known.all():
        return known
    for flip in (slice(None), slice(None, None, -1)):
        forward, owner = known[flip], patient[flip]
        last = np.maximum.accumulate(np.where(forward > 0, np.arange(len(forward)), -1))
        usable = (last >= 0) & (owner[last] == owner)
        known = np.where(usable, forward[last], 0)[flip]
    return known


def _numbered(visits: nw.LazyFrame, gap: int) -> nw.LazyFrame:
    """Number the episodes: a new one with each line, long gap or marked new complaint."""
    order = ("line", "session_id")
    return (
        visits.with_columns(
            line_before=nw.col("line").shift(1).over(order_by=order),
            day_before=nw.col("day").shift(1).over(order_by=order),
        )
        .with_columns(
            begins=nw.when(
                nw.col("line_before").is_null()
                | (nw.col("line_before") != nw.col("line"))
                | (nw.col("day") - nw.col("day_before") > gap)
                | (nw.col("is_new") == 1)
            )
            .then(nw.lit(1))
            .otherwise(nw.lit(0))
        )
        .with_columns(
            episode_id=nw.col("begins").cum_sum().over(order_by=order).cast(nw.Int32),
            described=nw.when(nw.col("has_condition") == 1).then(nw.col("session_id")),
        )
        .select("episode_id", "session_id", "patient_id", "day", "line", "is_new", "described")
    )


def _reduced(numbered: nw.LazyFrame) -> nw.LazyFrame:
    """One row per episode; session numbers follow time, so the least is the first."""
    return numbered.group_by("episode_id").agg(
        nw.col("patient_id").min(),
        nw.col("line").min(),
        nw.col("day").min().alias("first_day"),
        nw.col("day").max().alias("last_day"),
        nw.col("session_id").count().alias("n_sessions"),
        nw.col("session_id").min().alias("first_session"),
        nw.col("described").min().alias("described"),
    )


def _described(
    reduced: pd.DataFrame, sessions: pd.DataFrame, rule: EpisodeRule, first_day: int
) -> pd.DataFrame:
    """Add what is known at the first session, the first condition named, and the run-in mark."""
    first = reduced["first_session"].to_numpy(np.int64) - 1
    opening = sessions.iloc[first]
    named = reduced["described"].fillna(0).to_numpy(np.int64) - 1
    condition = sessions["condition"].astype("category")
    codes = np.r_[condition.cat.codes.to_numpy(), -1][named]
    marked = np.zeros(len(opening), bool)
    for name in ("first_visit", "new_complaint"):
        if name in opening:
            marked |= opening[name].fillna(False).to_numpy(bool)
    start = reduced["first_day"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "episode_id": reduced["episode_id"].to_numpy(np.int32),
            "patient_id": reduced["patient_id"].to_numpy(np.int32),
            "side": pd.Categorical.from_codes(
                (reduced["line"] % _BOTH).to_numpy(np.int64) - 1, list(SIDES)
            ),
            "first_day": start.astype(np.int32),
            "last_day": reduced["last_day"].to_numpy(np.int32),
            "n_sessions": reduced["n_sessions"].to_numpy(np.int32),
            "already_running": (start - first_day < rule.run_in) & ~marked,
            **_neighbours(reduced),
            "condition": pd.Categorical.from_codes(codes, condition.cat.categories),
            **{name: opening[name].array for name in _CARRIED if name in opening},
        }
    )


def _neighbours(reduced: pd.DataFrame) -> dict[str, pd.Series]:
    """Days of the episodes before and after on the same side; episodes come in that order."""
    line = reduced["line"]
    before = reduced["last_day"].shift(1).where(line == line.shift(1))
    after = reduced["first_day"].shift(-1).where(line == line.shift(-1))
    return {
        "previous_last_day": before.astype("Int32").array,
        "next_first_day": after.astype("Int32").array,
    }


def _place_in_episode(episode_id: np.ndarray) -> np.ndarray:
    """Place of each session in its episode, from 1; episodes come sorted."""
    if len(episode_id) == 0:
        return np.zeros(0, np.int32)
    place = np.arange(len(episode_id))
    starts = np.r_[True, episode_id[1:] != episode_id[:-1]]
    return (place - np.maximum.accumulate(np.where(starts, place, 0)) + 1).astype(np.int32)
