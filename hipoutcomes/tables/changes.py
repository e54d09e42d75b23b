"""Changes: where each episode began on one measure, where it was later, and how far it improved."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.tables.engines import Engine, collected, lazy
from hipoutcomes.tables.episodes import Episodes, EpisodeSessions
from hipoutcomes.tables.outcome_rules import FAR, OutcomeRule
from hipoutcomes.tables.scores import SIDES, TIMINGS, Scores
from hipoutcomes.tables.table import Table
from hipoutcomes.vocabulary.columns import CHANGES, STATUSES
from hipoutcomes.vocabulary.instruments import MEASURES

#: Days before the first session in which a score still counts as the start.
BASELINE_DAYS = 14

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
    engine : {"pandas", "duckdb"}
        Where the reductions run; the answer is the same.

    Raises
    ------
    NotEnoughData
        When no score of this measure was recorded.

    Notes
    -----
    The start is the last score before treatment at, or up to 14 days before, the first session.
    The outcome is the score nearest the rule's target; scores of a later complaint do not count.
    Range of motion and muscle tension change only between readings taken alike (rater, and for
    motion device and position), all of them known.
    """
    arrays = scores.arrays(outcome, ("before", "between"))
    frame = episodes.frame
    spans = _spans(frame, rule.windows(frame, links.frame, gap))
    candidates = _candidates(arrays, spans, engine)
    start = _nearest(_starts(candidates)).rename(columns={"score_row": "start_row"})
    laters = _laters(candidates, rule)
    final = _nearest(laters).rename(columns={"score_row": "final_row"})
    table = frame.merge(spans[["episode_id", "target", "due_by"]], on="episode_id")
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


def _spans(episodes: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """Days per episode as numbers, kept clear of the patient's other complaints on that side."""
    spans = pd.DataFrame(
        {
            "episode_id": episodes["episode_id"].astype("int64"),
            "patient_id": episodes["patient_id"].astype("int32"),
            "episode_side": _side_number(episodes["side"]),
            "first_day": episodes["first_day"].astype("int64"),
            "last_day": episodes["last_day"].astype("int64"),
        }
    )
    line = spans["patient_id"].to_numpy() * np.int64(4) + spans["episode_side"].to_numpy()
    order = np.lexsort((spans["first_day"], line))
    same = line[order][1:] == line[order][:-1]
    after, until = np.full(len(spans), -FAR), np.full(len(spans), FAR)
    after[order[1:][same]] = spans["last_day"].to_numpy()[order[:-1][same]]
    until[order[:-1][same]] = spans["first_day"].to_numpy()[order[1:][same]]
    spans = spans.assign(after_day=after, until_day=until)
    return spans.merge(windows.astype("int64"), on="episode_id")


def _side_number(side: pd.Series) -> np.ndarray:
    """1 left, 2 right, 0 not recorded."""
    return pd.Categorical(side, categories=list(SIDES)).codes.astype(np.int64) + 1


def _candidates(arrays: dict[str, np.ndarray], spans: pd.DataFrame, engine: Engine) -> nw.LazyFrame:
    """Scores before treatment or between visits, beside each episode they may belong to."""
    rows = pd.DataFrame(
        {
            "score_row": np.arange(len(arrays["day"])),
            "patient_id": arrays["patient_id"],
            "day": arrays["day"].astype(np.int64),
            "between": (arrays["timing"] == _BETWEEN).astype(np.int64),
            "side": arrays["side"].astype(np.int64),
            "occasion": arrays["occasion"].astype(np.int64),
            "setting": arrays["setting"].astype(np.int64),
        }
    )
    return (
        lazy(rows, engine)
        .join(lazy(spans, engine), on="patient_id")
        .filter(
            (nw.col("side") == 0) | (nw.col("side") == nw.col("episode_side")),
            nw.col("day") > nw.col("after_day"),
            nw.col("day") < nw.col("until_day"),
        )
    )


def _preference(distance: nw.Expr) -> nw.Expr:
    """Less is preferred: near, then before treatment, then of the very side, then first typed."""
    unsided = nw.when(nw.col("side") == 0).then(nw.lit(1)).otherwise(nw.lit(0))
    kind = (distance * 2 + nw.col("between")) * 2 + unsided
    return kind * _MOST_OCCASIONS + nw.col("occasion")


def _starts(candidates: nw.LazyFrame) -> nw.LazyFrame:
    """Scores that may be the start; on the first day only one taken before treatment."""
    ahead = nw.col("first_day") - nw.col("day")
    return candidates.filter(
        ahead >= nw.col("between"), ahead >= 0, ahead <= BASELINE_DAYS
    ).with_columns(preference=_preference(ahead))


def _laters(candidates: nw.LazyFrame, rule: OutcomeRule) -> nw.LazyFrame:
    """Scores that may be the outcome under the rule; of two equally near, the earlier."""
    away = nw.col("day") - nw.col("target")
    is_later = nw.when(away > 0).then(nw.lit(1)).otherwise(nw.lit(0))
    within = candidates.filter(
        nw.col("day") > nw.col("first_day"),
        nw.col("day") >= nw.col("opens"),
        nw.col("day") <= nw.col("closes"),
    )
    if "between" not in rule.timings:
        within = within.filter(nw.col("between") == 0)
    return within.with_columns(preference=_preference(away.abs() * 2 + is_later))


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
    due = table["status"].isin(["not measured again", "not comparable", "measured"])
    ranked = table.assign(later=~due).sort_values(
        ["patient_id", "later", "first_day", "episode_id"]
    )
    first = ~ranked.duplicated("patient_id")
    table["is_headline"] = first.reindex(table.index)
    return Changes(table, key_is_checked=True)
