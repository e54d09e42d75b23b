import ast
import re
from pathlib import Path

import pytest

from hipoutcomes.ingest import checks
from hipoutcomes.ingest.checks import CHECKS

PARSING = Path(checks.__file__).parent / "parsing"

#: Place of the code among the arguments of the functions that make a `Parsed`.
PLACE_OF_CODE = {"Parsed": 1, "refused": 0, "within": 2, "_weeks": 2}


def codes_in(source: str) -> set[str]:
    """Codes that stand in a source as arguments, or beside `code` in an assignment of a pair."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = PLACE_OF_CODE.get(node.func.id)
            arguments = node.args[place : place + 1] if place is not None else []
        elif isinstance(node, ast.Assign) and "code" in ast.unparse(node.targets[0]):
            arguments = [node.value]
        else:
            continue
        for constant in (part for argument in arguments for part in ast.walk(argument)):
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                found.add(constant.value)
    return {code for code in found if re.fullmatch(r"[a-z]+(-[a-z]+)*", code)}


READERS = sorted(path.name for path in PARSING.glob("pars*.py"))


@pytest.mark.parametrize("name", [*READERS, "scales.py"])
def test_every_code_a_reader_emits_has_a_record(name):
    assert codes_in((PARSING / name).read_text(encoding="utf-8")) - set(CHECKS) == set()


def test_the_search_for_codes_finds_them():
    found = set()
    for name in [*READERS, "scales.py"]:
        found |= codes_in((PARSING / name).read_text(encoding="utf-8"))
    assert found >= {
        "ambiguous-none", "approximate", "arc", "censored", "date-order", "decimal-comma",
        "excel-date", "excel-error", "excel-serial", "formula-no-value", "future-date",
        "half-point", "missing-cell", "not-degrees", "not-recorded", "old-date", "range",
        "range-of-values", "rescaled", "soft-range", "two-scores", "two-sides", "type-error",
        "unit", "unknown-scale", "unknown-term", "unknown-unit", "utc-time", "word-score",
        "zero-in-words",
    }  # fmt: skip


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.code)
def test_every_record_is_complete(check):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.code)
    assert re.fullmatch(r"['A-Z].{10,}\.", check.message)
    assert check.severity in ("note", "warning", "reject")
    assert check.refuses in ("nothing", "cell", "row")
    if check.severity == "reject":
        assert check.refuses != "nothing"
    if check.severity == "warning":
        assert check.refuses == "nothing"
    if check.severity != "note":
        assert check.suggestion.endswith(".")


def test_codes_of_the_frictionless_specification_keep_their_names():
    assert set(CHECKS) >= {
        "type-error", "constraint-error", "missing-cell", "extra-cell", "blank-row",
        "duplicate-label", "duplicate-row", "encoding-error",
    }  # fmt: skip
