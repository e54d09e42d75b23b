"""Changes: where each episode began on one measure, where it was later, and how far it improved."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.tables.baseline_rules import BaselineRule
from hipoutcomes.tables.engines import Engine, collected, lazy
from hipoutcomes.tables.episodes import Episodes, EpisodeSessions
from hipoutcomes.tables.outcome_rules import FAR, OutcomeRule
from hipoutcomes.tables.scores import SIDES, TIMINGS, Scores
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import CHANGES, STATUSES
from hipoutcomes.vocabulary.instruments import MEASURES

_BEFORE, _BETWEEN = TIMINGS.index("before"), TIMINGS.index("between")
_MOST_OCCASIONS = 1000


class Changes(Table):
    """One row per episode and measure under one outcome rule."""

    columns = CHANGES
    key = ("episode_id", "measure")


def measure_change(
    scores: Scores,
    episodes: Episodes,
    links: EpisodeSessions,
    outcome: str,
    rule: OutcomeRule,
    *,
    gap: int,
    last_day: int,
    baseline: BaselineRule | None = None,
    engine: Engine = "pandas",
) -> Changes:
    """Find start, outcome and improvement of every episode on one measure.

    Parameters
    ----------
    scores, episodes, links
        Of one clinic.
    outcome : str
        Code of a measure.
    rule : OutcomeRule
        Which score counts as the outcome and when it is due.
    gap : int
        Days without a session after which an episode has ended.
    last_day : int
        Last day the file covers: an outcome due later is not yet due, which is not missing.
    baseline : BaselineRule, optional
        Which score counts as the start.
    engine : {"pandas", "duckdb"}
        Where the reductions run; the answer is the same.

    Raises
    ------
    NotEnoughData
        When no score of this measure was recorded.

    Notes
    -----
    The outcome is the score nearest the rule's target; scores of a later complaint do not count.
    Range of motion and muscle tension change only between readings taken alike (rater, and for
    motion device and position), all of them known.
    """
    arrays = scores.arrays(outcome, ("before", "between"))
    frame = episodes.frame
    windows = rule.windows(frame, links.frame, gap)
    days = (baseline or BaselineRule()).days
    candidates = _candidates(arrays, _spans(frame, windows, days), rule, engine)
    start = _nearest(_starts(candidates)).rename(columns={"score_row": "start_row"})
    laters = _laters(candidates)
    final = _nearest(laters).rename(columns={"score_row": "final_row"})
    table = frame.merge(windows[["episode_id", "target", "due_by"]], on="episode_id")
    table = table.merge(start, on="episode_id", how="left")
    table = table.merge(final, on="episode_id", how="left")
    if MEASURES[outcome].needs_setting:
        alike = _nearest(_taken_alike(laters, start, arrays, engine))
        alike = alike.rename(columns={"score_row": "alike_row"})
        table = table.merge(alike, on="episode_id", how="left")
    table = _scored(table, arrays, last_day)
    before = _sessions_before(links.frame, table, engine)
    return _finished(table.merge(before, on="episode_id", how="left"), outcome)


def recorded_change(scores: Scores, episodes: Episodes, outcome: str) -> Changes:
    """Read start and later score of every episode from a file of one row per episode.

    Parameters
    ----------
    scores, episodes
        Of a clinic of shape "episodes".
    outcome : str
        Code of a measure.

    Raises
    ------
    NotEnoughData
        When no score of this measure was recorded.
    """
    arrays = scores.arrays(outcome)
    table = episodes.frame
    for timing, name in ((_BEFORE, "baseline"), (_BETWEEN, "final")):
        column = np.full(len(table), np.nan)
        chosen = arrays["timing"] == timing
        column[arrays["place"][chosen]] = arrays["score"][chosen]
        table[name] = column
    table["status"] = _statuses(table, table["final"].notna(), due=np.ones(len(table), bool))
    unknown = pd.array([pd.NA] * len(table), dtype="Int32")
    table = table.assign(baseline_day=unknown, final_day=unknown, n_sessions_before=unknown)
    return _finished(table, outcome)


def only(changes: Changes, episode_ids: pd.Series) -> Changes:
    """The changes of some episodes; a headline then counts the first of those that was due."""
    frame = changes.frame
    frame = frame[frame["episode_id"].isin(episode_ids)].reset_index(drop=True)
    return Changes(frame.assign(is_headline=_headline(frame)), key_is_checked=True)


def _spans(episodes: pd.DataFrame, windows: pd.DataFrame, baseline_days: int) -> pd.DataFrame:
    """Days per episode as numbers, kept clear of the patient's other complaints on that side."""
    side = pd.Categorical(episodes["side"], categories=list(SIDES)).codes + 1
    spans = pd.DataFrame(
        {
            "episode_id": episodes["episode_id"].to_numpy(np.int32),
            "patient_id": episodes["patient_id"].to_numpy(np.int32),
            "episode_side": side.astype(np.int32),
            "first_day": episodes["first_day"].to_numpy(np.int32),
            "start_from": episodes["first_day"].to_numpy(np.int32) - baseline_days,
            "after_day": episodes["previous_last_day"].fillna(-FAR).to_numpy(np.int32),
            "until_day": episodes["next_first_day"].fillna(FAR).to_numpy(np.int32),
        }
    )
    days = windows[["episode_id", "target", "opens", "closes"]].astype(np.int32)
    return spans.merge(days, on="episode_id")


def _candidates(
    arrays: dict[str, np.ndarray], spans: pd.DataFrame, rule: OutcomeRule, engine: Engine
) -> nw.LazyFrame:
    """Scores beside each episode of which they may be the start or the outcome."""
    rows = pd.DataFrame(
        {
            "score_row": np.arange(len(arrays["day"]), dtype=np.int32),
            "patient_id": arrays["patient_id"],
            "day": arrays["day"],
            "between": (arrays["timing"] == _BETWEEN).astype(np.int32),
            "side": arrays["side"],
            "occasion": arrays["occasion"],
            "setting": arrays["setting"],
        }
    )
    day, first_day = nw.col("day"), nw.col("first_day")
    # On the first day only a score before treatment is a start; a form may have followed it.
    may_start = (day <= first_day - nw.col("between")) & (day >= nw.col("start_from"))
    may_end = (day > first_day) & (day >= nw.col("opens")) & (day <= nw.col("closes"))
    if "between" not in rule.timings:
        may_end = may_end & (nw.col("between") == 0)
    return (
        lazy(rows, engine)
        .join(lazy(spans, engine), on="patient_id")
        .filter(
            (may_start | may_end)
            & ((nw.col("side") == 0) | (nw.col("side") == nw.col("episode_side")))
            & (day > nw.col("after_day"))
            & (day < nw.col("until_day"))
        )
    )


def _preference(distance: nw.Expr) -> nw.Expr:
    """Less is preferred: near, then before treatment, then of the very side, then first typed."""
    unsided = nw.when(nw.col("side") == 0).then(nw.lit(1)).otherwise(nw.lit(0))
    kind = (distance.cast(nw.Int64) * 2 + nw.col("between")) * 2 + unsided
    return kind * _MOST_OCCASIONS + nw.col("occasion")


def _starts(candidates: nw.LazyFrame) -> nw.LazyFrame:
    """Scores that may be the start, the last one preferred."""
    ahead = nw.col("first_day") - nw.col("day")
    return candidates.filter(ahead >= 0).with_columns(preference=_preference(ahead))


def _laters(candidates: nw.LazyFrame) -> nw.LazyFrame:
    """Scores that may be the outcome; of two equally near the target, the earlier preferred."""
    away = nw.col("day").cast(nw.Int64) - nw.col("target")
    is_later = nw.when(away > 0).then(nw.lit(1)).otherwise(nw.lit(0))
    return candidates.filter(nw.col("day") > nw.col("first_day")).with_columns(
        preference=_preference(away.abs() * 2 + is_later)
    )


def _taken_alike(
    laters: nw.LazyFrame, start: pd.DataFrame, arrays: dict[str, np.ndarray], engine: Engine
) -> nw.LazyFrame:
    """Later scores measured as the start was: same known rater, device and position."""
    settings = pd.DataFrame(
        {
            "episode_id": start["episode_id"].to_numpy(np.int64),
            "start_setting": arrays["setting"][start["start_row"].to_numpy()].astype(np.int64),
        }
    )
    return laters.join(lazy(settings, engine), on="episode_id").filter(
        nw.col("start_setting") >= 0, nw.col("start_setting") == nw.col("setting")
    )


def _nearest(candidates: nw.LazyFrame) -> pd.DataFrame:
    """The preferred score of each episode: `episode_id` and `score_row`."""
    columns = ["episode_id", "preference", "score_row"]
    chosen = collected(candidates.select(columns), columns).drop_duplicates("episode_id")
    return chosen[["episode_id", "score_row"]]


def _scored(table: pd.DataFrame, arrays: dict[str, np.ndarray], last_day: int) -> pd.DataFrame:
    """Add scores and days of start and outcome, and what became of each episode."""
    measured = table["alike_row"] if "alike_row" in table else table["final_row"]
    unreadable = table["final_row"].notna() & measured.isna()
    for rows, score, day in (
        (table["start_row"], "baseline", "baseline_day"),
        (measured, "final", "final_day"),
    ):
        there = rows.notna().to_numpy()
        place = rows.fillna(0).to_numpy(np.int64)
        table[score] = np.where(there, np.append(arrays["score"], np.nan)[place], np.nan)
        days = pd.array(np.append(arrays["day"], 0)[place], dtype="Int32")
        days[~there] = pd.NA
        table[day] = days
    due = (table["due_by"] <= last_day).to_numpy()
    table["status"] = _statuses(table, measured.notna(), due=due, unreadable=unreadable)
    kept = table["status"].cat.codes.to_numpy() == STATUSES.index("measured")
    table.loc[~kept, "final"] = np.nan
    table.loc[~kept, "final_day"] = pd.NA
    return table


def _statuses(
    table: pd.DataFrame,
    has_final: pd.Series,
    *,
    due: np.ndarray,
    unreadable: pd.Series | None = None,
) -> pd.Categorical:
    """What became of each episode; the first reason of the patient flow that applies."""
    nothing = np.zeros(len(table), bool)
    reasons = {
        "already running": table["already_running"].to_numpy(bool),
        "not yet due": ~due,
        "no first score": table["baseline"].isna().to_numpy(),
        "not comparable": nothing if unreadable is None else unreadable.to_numpy(bool),
        "not measured again": ~has_final.to_numpy(bool),
    }
    codes = [STATUSES.index(reason) for reason in reasons]
    status = np.select(list(reasons.values()), codes, default=STATUSES.index("measured"))
    return pd.Categorical.from_codes(status, categories=list(STATUSES), ordered=True)


def _sessions_before(links: pd.DataFrame, table: pd.DataFrame, engine: Engine) -> pd.DataFrame:
    """Sessions before the outcome score; before the target day where nobody measured."""
    until = table["final_day"].fillna(-FAR).to_numpy(np.int64)
    target = table["target"].to_numpy(np.int64)
    until = np.where(until == -FAR, np.where(target == -FAR, FAR, target), until)
    ends = pd.DataFrame({"episode_id": table["episode_id"].to_numpy(np.int64), "until": until})
    visits = pd.DataFrame(
        {
            "episode_id": links["episode_id"].to_numpy(np.int64),
            "day": links["day"].to_numpy(np.int64),
        }
    )
    before = (
        lazy(visits, engine)
        .join(lazy(ends, engine), on="episode_id")
        .filter(nw.col("day") < nw.col("until"))
        .group_by("episode_id")
        .agg(nw.col("day").count().alias("n_sessions_before"))
    )
    return collected(before, ["episode_id"])


def _finished(table: pd.DataFrame, outcome: str) -> Changes:
    """Orient the change, mark the episode a headline counts, and promise the columns."""
    table["measure"] = pd.Categorical.from_codes(np.zeros(len(table), np.int8), [outcome])
    table["change"] = table["final"] - table["baseline"]
    # The only line of the package that knows which direction of a score is better.
    table["improvement"] = MEASURES[outcome].sign * table["change"]
    table["n_sessions_before"] = table["n_sessions_before"].astype("Int32")
    table["n_follow_ups"] = (table["n_sessions_before"] - 1).clip(lower=0)
    table["is_headline"] = _headline(table)
    return Changes(table, key_is_checked=True)


def _headline(table: pd.DataFrame) -> np.ndarray:
    """The first episode of each patient that was due; of a patient without one, the first."""
    due = table["status"].cat.codes.to_numpy() >= STATUSES.index("not measured again")
    patient = table["patient_id"].to_numpy()
    first_day = table["first_day"].fillna(0).to_numpy(np.int64)
    order = np.lexsort((table["episode_id"].to_numpy(), first_day, ~due, patient))
    starts = np.flatnonzero(np.diff(patient[order], prepend=0) != 0)
    is_headline = np.zeros(len(table), bool)
    is_headline[order[starts]] = True
    return is_headline
