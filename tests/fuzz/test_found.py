"""Every input on which the fuzzer once found a fault, and the inputs it starts from."""

from pathlib import Path

import pytest

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

FOUND = sorted((Path(__file__).parent / "found").glob("*/*"))
SEEDS = [(target, data) for target, inputs in seeds().items() for data in inputs]


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_stays_mended(path):
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize(("target", "data"), SEEDS)
def test_the_inputs_it_starts_from_are_read_or_refused(target, data):
    TARGETS[target](data)


def test_every_target_has_inputs_to_start_from():
    assert set(seeds()) == set(TARGETS)
