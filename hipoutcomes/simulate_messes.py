"""The messes of real files: in a clinic's rows, and in a large file to measure speed with."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from hipoutcomes.errors import OutputError
from hipoutcomes.simulate_course import as_score, simulate_course
from hipoutcomes.simulate_files import (
    CONDITION_WORDS,
    TECHNIQUE_WORDS,
    answers_to_items,
    client_names,
    therapist_names,
)
from hipoutcomes.simulate_scenarios import SCENARIOS

#: Other ways in which the same therapists type a technique.
_SPELLINGS = {
    "Swedish": ("swedish massage", "Swed."),
    "Deep tissue": ("DT", "deep-tissue", "Swedish/deep tissue"),
    "Trigger point therapy": ("trigger points", "TrP"),
    "Myofascial release": ("MFR", "myofascial"),
}

_SCORE_COLUMNS = ("Pain before", "Pain after", "Pain between visits", "Discomfort")

_BAD_SCORES = ("7/10", "6-7", "~6", "11", "4 or 5", "-")
_BAD_DEGREES = ("0-110", "WNL", "95 deg", "400")
_BAD_ANSWERS = ("5", "2.5", "x")
_BENCHMARK_DAYS = (20089, 20709)  # 2025-01-01 to 2026-09-13


def with_mess(
    typed: pd.DataFrame, share: float, ask: bool, rng: np.random.Generator
) -> tuple[pd.DataFrame, str, dict[str, int]]:
    """The rows with the messes of real files, the footer line, and how many of each there are.

    Parameters
    ----------
    typed : DataFrame
        From `typed_rows`.
    share : float
        Share of filled score cells and of technique cells that are typed badly; where it is above
        0 there are also cancelled, repeated and nameless rows, each a fifth of it, one at least.
    ask : bool
        Also type "none" into pain cells, which stops a load with a question.
    rng : Generator
    """
    typed, planted = typed.copy(), {}
    for column in _SCORE_COLUMNS if share else ():
        planted[column] = _retype(typed, column, share, _badly_scored, rng)
    if ask:
        planted["none"] = _retype(typed, "Pain before", 3 / len(typed), lambda *_: "none", rng)
    if not share:
        return typed, "", planted
    planted["Technique"] = _retype(typed, "Technique", share, _badly_spelled, rng)
    each = max(1, round(share * len(typed) / 5))
    extra = _extra_rows(typed, each, rng)
    typed = pd.concat([typed, *extra.values()]).sort_index(kind="stable").reset_index(drop=True)
    typed = typed.astype("str")
    planted |= dict.fromkeys(extra, each)
    return typed, f"Total,{len(typed)} rows", planted | {"footer": 1}


def _retype(typed, column, share, retype, rng) -> int:
    """Type some filled cells of a column in another way, in place; return how many."""
    filled = np.flatnonzero(typed[column].notna())
    chosen = rng.choice(filled, min(len(filled), math.ceil(share * len(filled))), replace=False)
    cells = typed[column].to_numpy(object)
    for place in chosen:
        cells[place] = retype(cells[place], rng)
    typed[column] = pd.array(cells, dtype="str")
    return len(chosen)


def _badly_scored(cell: str, rng) -> str | None:
    """A score from 0 to 10 as people type it."""
    ways = [f"{cell}/10", f"~{cell}", f" {cell} ", "11", None]
    if cell.isdigit() and int(cell) < 10:
        ways.append(f"{cell}-{int(cell) + 1}")
    return ways[rng.integers(len(ways))]


def _badly_spelled(cell: str, rng) -> str:
    """A technique as people type it."""
    ways = _SPELLINGS.get(cell, (cell.lower(),))
    return ways[rng.integers(len(ways))]


def _extra_rows(typed, each, rng) -> dict[str, pd.DataFrame]:
    """Rows that are not visits of a known client, indexed beside the row they follow."""
    visits = np.flatnonzero(typed["Row type"] == "Visit")
    repeated, cancelled, nameless = rng.choice(visits, (3, each), replace=len(visits) < 3 * each)
    kept = ["Client", "Date", "Row type", "Therapist"]
    return {
        "repeated rows": typed.iloc[repeated],
        "cancelled rows": typed.iloc[cancelled][kept]
        .assign(**{"Row type": "Cancelled"})
        .reindex(columns=typed.columns),
        "rows without client": typed.iloc[nameless].assign(Client=None),
    }


def write_benchmark_csv(path, n_sessions: int, seed: int) -> Path:
    """Write a large file of shuffled visits, 3 % of cells empty and 0.5 % typed badly.

    Parameters
    ----------
    path : str or Path
    n_sessions : int
        Rows, exactly.
    seed : int

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        When `n_sessions` is below 1.
    OutputError
        When the file cannot be written.
    """
    if n_sessions < 1:
        raise ValueError(f"n_sessions must be 1 or more; it is {n_sessions}.")
    rng = np.random.default_rng(seed)
    first_day, last_day = _BENCHMARK_DAYS
    course = simulate_course(
        SCENARIOS["default"], n_sessions // 4 + 50, 40, first_day, last_day, rng
    )
    rows = course.rows[course.rows["number"] > 0]
    order = np.argsort(course.episodes["patient"].to_numpy()[rows["episode"]], kind="stable")
    rows = rows.iloc[rng.permutation(order[:n_sessions])].reset_index(drop=True)
    table = pa.table(_benchmark_columns(course, rows, rng))
    path = Path(path)
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    try:
        with path.open("wb") as file:
            file.write((",".join(table.column_names) + "\n").encode())
            pyarrow.csv.write_csv(table, file, options)
    except OSError as cause:
        raise OutputError(
            f"{path} cannot be written: {cause.strerror or cause}.",
            remedy="Choose another place.",
        ) from cause
    return path


def _benchmark_columns(course, rows, rng) -> dict[str, pa.Array]:
    """Columns of the large file, as text."""
    episodes = course.episodes.iloc[rows["episode"]].reset_index(drop=True)
    felt = rows["felt"].to_numpy()
    degrees, scores = list(map(str, range(141))), list(map(str, range(11)))
    flexion, rotation = np.rint(rng.normal([[108], [28]], [[12], [7]], (2, len(rows)))).clip(0, 140)
    technique = episodes["technique"].to_numpy()
    condition = pd.Categorical(episodes["condition"], list(CONDITION_WORDS)).codes
    names = client_names(int(course.episodes["patient"].max()) + 1)
    days = np.arange(_BENCHMARK_DAYS[0], _BENCHMARK_DAYS[1] + 1)
    dates = pd.to_datetime(days, unit="D").strftime("%Y-%m-%d")
    columns = {
        "Patient": _dirty(names, episodes["patient"], rng, empty=0),
        "Date": _dirty(dates, rows["day"] - days[0], rng, empty=0),
        "Therapist": _dirty(therapist_names(40), episodes["therapist"], rng),
        "Technique": _dirty(TECHNIQUE_WORDS.values(), technique, rng, ("DT", "MFR", "massage")),
        "Condition": _dirty(CONDITION_WORDS.values(), condition, rng, ("OA", "hip")),
        "Age": _dirty(map(str, range(121)), episodes["age"], rng, ("200", "forty")),
        "Sex": _dirty(("F", "M"), episodes["sex"] == "M", rng, ("?", "female")),
        "Pain before": _dirty(scores, as_score(felt), rng, _BAD_SCORES),
        "Pain after": _dirty(scores, as_score(felt - 1.5), rng, _BAD_SCORES),
        "Flexion active before": _dirty(degrees, flexion, rng, _BAD_DEGREES),
        "Internal rotation active before": _dirty(degrees, rotation, rng, _BAD_DEGREES),
        "Tension before": _dirty("0123", np.clip(felt // 3, 0, 3), rng, _BAD_ANSWERS),
    }
    for item, answer in enumerate(answers_to_items(felt, 6, rng), start=1):
        columns[f"HOOS JR {item}"] = _dirty("01234", answer, rng, _BAD_ANSWERS)
    return columns


def _dirty(labels, codes, rng, bad=(), empty=0.03, share=0.005) -> pa.Array:
    """Text cells from positions in `labels`, some empty and some typed badly."""
    labels = list(labels)
    codes = np.asarray(codes).astype(np.int32)
    chance = rng.random(len(codes))
    if bad:
        wrong = (chance >= empty) & (chance < empty + share)
        codes = np.where(wrong, len(labels) + rng.integers(0, len(bad), len(codes)), codes)
    words = pa.array([*labels, *bad], pa.string())
    return words.take(pa.array(codes, mask=chance < empty))
