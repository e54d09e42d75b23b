"""A plan as the text of a mapping file, with what a person needs to change it."""

import json
from datetime import date
from pathlib import Path

from hipoutcomes.errors import OutputError
from hipoutcomes.ingest.planning.mapping_analysis_plan import analysis_plan_text
from hipoutcomes.ingest.planning.plan import ColumnPlan, Plan
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.tables.analysis_plan import AnalysisPlan

_HEAD = """\
# How hipoutcomes reads {file}.
# Change what is wrong, then:  hipoutcomes report FILE --mapping mapping.toml
# Lines that begin with # are remarks.
"""
_SHAPES = "# sessions: one row per visit; episodes: one row per patient's whole course of care"
_OTHERS = "# ignore: use only the columns below; recognise: look for others too"
_HEADINGS = "# What the file's headings were; where they change, we ask"


def write_mapping(plan: Plan, path: str | Path, analysis_plan: AnalysisPlan | None = None) -> Path:
    """Keep a plan as a mapping file, which reads the same file the same way.

    Parameters
    ----------
    plan : Plan
        How the file was read.
    path : path
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked before results were seen; without one, an example stands in
        remarks.

    Raises
    ------
    OutputError
        When the place cannot be written to.
    """
    path = Path(path)
    try:
        path.write_text(mapping_text(plan, analysis_plan), encoding="utf-8")
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be written: {problem.strerror or problem}.",
            remedy="Name another place, or close the file where it is open.",
        ) from None
    return path


def mapping_text(plan: Plan, analysis_plan: AnalysisPlan | None = None) -> str:
    """The text of a mapping file for a plan.

    Parameters
    ----------
    plan : Plan
        How the file was read.
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked before results were seen.
    """
    parts = [
        _HEAD.format(file=plan.file),
        _file(plan),
        _columns(plan),
        _section("scales", {c.target: _quoted(c.scale) for c in plan.read if c.scale}),
        _section("missing", {c.target: _codes(c) for c in plan.read if _codes(c)}),
        _section(
            "requires",
            {t: json.dumps([str(n) for n in needed]) for t, needed in plan.requires.items()},
        ),
        _section("constants", {n: _quoted(v) for n, v in plan.constants.items()}),
        *(_values(column) for column in plan.read if column.values),
        _unused(plan),
        analysis_plan_text(analysis_plan, shape=plan.shape, today=date.today()),
    ]
    return "\n".join(part for part in parts if part)


def _file(plan: Plan) -> str:
    """What holds for the whole file."""
    lines = ["[file]", _SHAPES, f"shape = {_quoted(plan.shape)}", _OTHERS]
    lines.append('other_columns = "ignore"')
    orders = {c.date_order for c in plan.read if c.date_order in ("day-first", "month-first")}
    if len(orders) == 1:
        lines.append(f"date_order = {_quoted(orders.pop())}")
    if plan.none_means:
        lines.append(f"none_means = {_quoted(plan.none_means)}")
    if plan.missing_everywhere:
        lines.append(f"missing = {json.dumps(list(plan.missing_everywhere), ensure_ascii=False)}")
    if plan.missing_years:
        lines.append(f"missing_years = {list(plan.missing_years)}")
    if plan.cancelled_marker:
        lines.append(f"cancelled_marker = {_quoted(plan.cancelled_marker)}")
    lines += [f"{name} = true" for name, told in _yes(plan).items() if told]
    if plan.headings:
        lines += [_HEADINGS, f"headings = {_list([h for h in plan.headings if h])}"]
    return "\n".join(lines) + "\n"


def _yes(plan: Plan) -> dict[str, bool]:
    """What is so or not so."""
    return {
        "clients_by_name": any(column.by_name for column in plan.read),
        "same_day_is_one_visit": plan.same_day_is_one_visit,
        "minutes_are_of_visit": plan.minutes_are_of_visit,
    }


def _columns(plan: Plan) -> str:
    """What each column holds, with examples of its cells."""
    lines = ["[columns]"]
    headings: dict[Target, list[ColumnPlan]] = {}
    for column in plan.read:
        headings.setdefault(column.target, []).append(column)
    for target, columns in headings.items():
        names = [column.heading for column in columns]
        lines.append(f"{_key(target)} = {_quoted(names[0]) if len(names) == 1 else _list(names)}")
    return "\n".join(lines) + "\n"


def _section(name: str, lines: dict[Target | str, str]) -> str:
    """One section by target; nothing where it would be empty."""
    if not lines:
        return ""
    body = [f"{_key(key)} = {value}" for key, value in lines.items()]
    return "\n".join([f"[{name}]", *body]) + "\n"


def _values(column: ColumnPlan) -> str:
    """What each value of a coded column means."""
    lines = {
        raw: _quoted(meaning) if isinstance(meaning, str) else str(meaning)
        for raw, meaning in column.values.items()
    }
    body = [f"{_quoted(raw)} = {meaning}" for raw, meaning in lines.items()]
    return "\n".join([f"[values.{_key(column.target)}]", *body]) + "\n"


def _unused(plan: Plan) -> str:
    """Columns that are not used, as remarks."""
    if not plan.ignored:
        return ""
    lines = [f"#   {_quoted(heading)}: {n:,} cells" for heading, n in plan.ignored.items()]
    return "\n".join(["# Columns that are not used:", *lines]) + "\n"


def _codes(column: ColumnPlan) -> str:
    """Codes for missing that were told for a column; the common ones need no line."""
    return json.dumps(list(column.told_missing), ensure_ascii=False) if column.told_missing else ""


def _key(target: Target | str) -> str:
    """A target as a key: in quotes where it holds more than letters."""
    text = str(target)
    return text if text.replace("_", "").isalnum() and text.isascii() else _quoted(text)


def _quoted(text: str) -> str:
    """Text in double quotes, as TOML writes it."""
    escaped = json.dumps(text, ensure_ascii=False)
    return escaped.replace("\x7f", "\\u007f")


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"
