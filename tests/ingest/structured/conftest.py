from datetime import date
from types import SimpleNamespace

import pytest

from hipoutcomes.ingest.file_read import read_file
from hipoutcomes.ingest.planning.plan import make_plan
from hipoutcomes.ingest.read import together
from hipoutcomes.ingest.structured.recognise import structured_grids

TODAY = date(2026, 11, 25)
EPOCH = date(1970, 1, 1)


def days_of(rows):
    """Days as a person writes them."""
    return [str(date.fromordinal(int(day) + EPOCH.toordinal())) for day in rows["day"]]


def read_through(paths, **options):
    """The grids of some files, each read to typed rows by itself, its accounts checked."""
    grids, mappings, others = structured_grids(paths, **options)
    assert others == []
    readings = []
    for grid, mapping in zip(grids, mappings, strict=True):
        file = read_file(grid, make_plan(grid, mapping), TODAY)
        readings.append(together([file]))
        book = readings[-1].accounting.rows
        stood_around = sum(grid.counts[part] for part in ("preamble", "header", "blank", "footer"))
        assert book["rows_in_file"] == len(grid) + stood_around
    return [
        SimpleNamespace(
            grid=grid,
            reading=reading,
            rows=reading.records.rows,
            days=days_of(reading.records.rows),
            scores={str(k): v.tolist() for k, v in _named(reading.records.scores).items()},
            book=reading.accounting.rows,
            cells=reading.accounting.cells,
            codes=reading.issues["code"].tolist(),
            patients=[reading.records.patients[i - 1] for i in reading.records.rows["patient_id"]],
        )
        for grid, reading in zip(grids, readings, strict=True)
    ]


def _named(scores):
    return {
        " ".join(filter(None, (f.measure, f.side, f.timing))): values
        for f, values in scores.items()
    }


@pytest.fixture
def through():
    return read_through
