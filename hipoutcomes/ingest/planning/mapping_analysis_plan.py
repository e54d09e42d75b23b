"""The plan before results in a mapping file: read, checked, and written back."""

import json
from datetime import date, datetime

from hipoutcomes.errors import MappingError
from hipoutcomes.tables.analysis_plan import AnalysisPlan, rule_from_text, rule_in_text

#: Lines that the section [plan] may have.
LINES = ("outcome", "rule", "threshold", "comparisons", "written")

_EXAMPLE = """\
# A plan before results: write it before you look, and a report can tell what was planned from
# what was found by looking. Take away the # at the start of each line below, and change it:
# which score counts, how much of a change counts as better, what is to be put side by side, and
# the day on which you wrote this.
#[plan]
#outcome = "{outcome}"
#rule = "{rule}"
#threshold = {threshold}
#comparisons = ["technique"]
#written = {written}
"""


def parse_analysis_plan(said: dict, name: str) -> AnalysisPlan | None:
    """The plan of a mapping file; None where the section is not there.

    Parameters
    ----------
    said : dict
        The whole mapping file.
    name : str
        For messages.

    Raises
    ------
    MappingError
        When a line is not understood, or names what does not exist.
    """
    if "plan" not in said:
        return None
    lines = said["plan"]
    if unknown := [line for line in lines if line not in LINES]:
        raise MappingError(
            f"The plan in {name} has a line {unknown[0]!r}, which is not understood.",
            f"It may be {', '.join(map(repr, LINES[:-1]))} or {LINES[-1]!r}.",
        )
    try:
        return AnalysisPlan(
            outcome=_text(lines.get("outcome", ""), "outcome"),
            rule=rule_from_text(lines["rule"]) if "rule" in lines else None,
            threshold=_number(lines.get("threshold")),
            comparisons=_comparisons(lines.get("comparisons", [])),
            written=_day(lines.get("written")),
        )
    except ValueError as problem:
        raise MappingError(
            f"The plan in {name} says something that is not understood.",
            str(problem),
            'A plan is like:  outcome = "pain"  rule = "week 6 within 2"  written = 2026-01-15',
        ) from None


def analysis_plan_text(plan: AnalysisPlan | None, *, shape: str, today: date) -> str:
    """The section [plan] as text; without a plan, an example in remarks.

    Parameters
    ----------
    plan : AnalysisPlan, optional
    shape : {"sessions", "episodes"}
        Which rule the example names.
    today : date
        The day that the example carries.
    """
    if plan is None:
        rule = "recorded" if shape == "episodes" else "week 6 within 2"
        return _EXAMPLE.format(outcome="pain", rule=rule, threshold=2, written=today.isoformat())
    lines = ["[plan]", f"outcome = {json.dumps(plan.outcome)}"]
    if plan.rule is not None:
        lines.append(f"rule = {json.dumps(rule_in_text(plan.rule))}")
    if plan.threshold is not None:
        lines.append(f"threshold = {plan.threshold:g}")
    if plan.comparisons:
        named = [names[0] if len(names) == 1 else list(names) for names in plan.comparisons]
        lines.append(f"comparisons = {json.dumps(named)}")
    if plan.written is not None:
        lines.append(f"written = {plan.written.isoformat()}")
    return "\n".join(lines) + "\n"


def _text(value, line: str) -> str:
    """A text, or a complaint that names the line."""
    if not isinstance(value, str):
        raise ValueError(f'{line} is a text, such as "pain"; it is {value!r}.')
    return value


def _number(value) -> float | None:
    """A number, or nothing."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"threshold is a number, such as 2; it is {value!r}.")
    return float(value)


def _comparisons(value) -> tuple[tuple[str, ...], ...]:
    """Groupings, each a name or a list of names to cross."""
    wanted = 'comparisons is a list, such as ["technique", ["technique", "condition"]]'
    if not isinstance(value, list):
        raise ValueError(f"{wanted}; it is {value!r}.")
    named = [names if isinstance(names, list) else [names] for names in value]
    if not all(names and all(isinstance(name, str) for name in names) for names in named):
        raise ValueError(f"{wanted}; it is {value!r}.")
    return tuple(tuple(names) for names in named)


def _day(value) -> date | None:
    """A day written as TOML's date, or as text in the same form."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"written is a day, such as 2026-01-15; it is {value!r}.") from None
