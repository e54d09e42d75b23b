"""Made-up records and files for the tests of the store: every name in them is a pseudonym."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from hipoutcomes.store.incoming import Incoming
from hipoutcomes.tables.records import Records, ScoreField
from hipoutcomes.vocabulary.codelists import TECHNIQUES

PAIN, LATER = ScoreField("pain"), ScoreField("pain", "after")
FLEXION = ScoreField("flexion_active", "before", "left")
SIDES, PLACES = ("left", "right", "both"), ("C1", "C2")
START_OF_DAYS = 20_000


def category(values) -> pd.Categorical:
    """A column of names, None where blank."""
    names = sorted({value for value in values if value is not None})
    return pd.Categorical(list(values), categories=pd.Index(names, dtype="str"))


def records_of(lines: list[dict]) -> Records:
    """Records of plain lines, each with `client` and `day` and whatever else is known."""

    def all_of(name):
        return [line.get(name) for line in lines]

    patients, number = np.unique(np.array(all_of("client"), object), return_inverse=True)
    rows = pd.DataFrame(
        {
            "patient_id": (number + 1).astype(np.int32),
            "day": np.array(all_of("day"), np.int32),
            "is_visit": np.array([line.get("is_visit", True) for line in lines], bool),
            **{n: category(all_of(n)) for n in ("side", "condition", "therapist", "clinic")},
            "technique": category([None] * len(lines)),
            "visit_id": category(all_of("visit_id")),
            "start": np.array(all_of("start"), float),
            "minutes": np.array(all_of("minutes"), float),
            "first_visit": pd.array(all_of("first_visit"), "boolean"),
            "file": category(["a.csv"] * len(lines)),
            "row": np.arange(2, len(lines) + 2, dtype=np.int32),
        }
    )
    scores = {
        field: np.array(all_of(name), float)
        for name, field in (("pain", PAIN), ("later", LATER), ("flexion", FLEXION))
    }
    given = [(i, *pair) for i, line in enumerate(lines) for pair in line.get("techniques", ())]
    record, names, minutes = zip(*given, strict=True) if given else ((), (), ())
    treatments = pd.DataFrame(
        {
            "record": np.array(record, np.int64),
            "technique": pd.Categorical(names, categories=list(TECHNIQUES.terms)),
            "minutes": np.array(minutes, float),
        }
    )
    return Records(rows, scores, treatments, patients.astype(str))


def file_of(lines: list[dict], name: str = "file", **settings) -> Incoming:
    """A file with these lines; equal lines under one name are the same file."""
    mark = sha256(repr((name, lines)).encode()).hexdigest()
    return Incoming(records_of(lines), name, mark, **settings)


def random_lines(n: int, seed: int, *, n_days: int = 60, numbered: bool = True) -> list[dict]:
    """Visits of a made-up clinic, by day; about one cell in eight is blank."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, n_days, n)) + START_OF_DAYS
    terms = list(TECHNIQUES.terms)[:4]

    def maybe(value):
        return None if rng.random() < 0.125 else value

    lines = []
    for i, day in enumerate(days.tolist()):
        lines.append(
            {
                "client": f"client{rng.integers(0, max(n // 6, 2)):06d}q",
                "day": day,
                "is_visit": True,
                "start": float(540 + i % 20 * 15),
                "side": maybe(SIDES[rng.integers(3)]),
                "clinic": maybe(PLACES[rng.integers(2)]),
                "minutes": maybe(float(rng.integers(30, 90))),
                "first_visit": maybe(bool(rng.integers(2))),
                "pain": maybe(float(rng.integers(0, 11))),
                "later": maybe(float(rng.integers(0, 11)) / 2),
                "flexion": maybe(float(rng.integers(60, 130))),
                "techniques": [(terms[rng.integers(4)], maybe(30.0)) for _ in range(i % 3)],
            }
        )
        if numbered:
            lines[-1]["visit_id"] = f"v{i:07d}"
    return lines


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its place."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def saved(store) -> bytes:
    """The bytes of the snapshot of what the store says now."""
    return store.write_snapshot(store.records()[0]).read_bytes()


def said(store) -> list[dict]:
    """What the store says, as plain lines by client, day and start; blanks left out."""
    records, _ = store.records()
    shown = records.rows.drop(columns=["row", "file", "technique", "patient_id"])
    shown["client"] = records.patients[records.rows["patient_id"].to_numpy() - 1]
    for name, field in (("pain", PAIN), ("later", LATER), ("flexion", FLEXION)):
        if field in records.scores:
            shown[name] = records.scores[field]
    lines = [
        {name: value for name, value in line.items() if not pd.isna(value)}
        for line in shown.astype(object).to_dict("records")
    ]
    treatments = records.treatments
    for place, line in enumerate(lines):
        own = treatments[treatments["record"] == place]
        line["techniques"] = [
            (name, None if np.isnan(minutes) else minutes)
            for name, minutes in zip(own["technique"].astype(str), own["minutes"], strict=True)
        ]
    return lines
