"""How files were read, in plain text: what `hipoutcomes inspect` shows."""

import pandas as pd

from hipoutcomes.ingest.planning.plan import ColumnPlan, Plan
from hipoutcomes.ingest.read import Reading
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES

_SAMPLE_WIDTH = 18


def describe(reading: Reading) -> str:
    """Say how each file was read: columns, decisions with their evidence, and the accounts.

    Parameters
    ----------
    reading : Reading

    Returns
    -------
    str
        Shows samples of cells: for the owner of the file only.
    """
    parts = []
    for plan, account in zip(reading.plans, reading.accounting.files, strict=True):
        issues = reading.issues[reading.issues["file"] == plan.file]
        parts += [
            _heading(plan),
            _columns(plan),
            _unused(plan),
            _listed("Decided", plan.evidence),
            _terms(issues),
            _reasons(issues),
            _would(account.rows),
            _listed("Would be accepted and set aside", account_lines(account.rows, account.cells)),
        ]
    if reading.analysis_plan is not None:
        parts.append(_listed("Plan before results", [reading.analysis_plan.label]))
    return "\n\n".join(part for part in parts if part)


def account_lines(rows: dict[str, int], cells: dict[str, int]) -> tuple[str, ...]:
    """The counts of one account on two lines."""
    return tuple(
        ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in book.items() if n)
        for book in (rows, cells)
    )


def _would(rows: dict[str, int]) -> str:
    """What an import would do with the rows, in a sentence."""
    n_skipped, n_there = rows["skipped_not_a_visit"], rows["duplicates"]
    n = rows["accepted"] + rows["quarantined"] + n_skipped + n_there
    said = f"Would accept {rows['accepted']:,} of {n:,} rows and quarantine {rows['quarantined']:,}"
    if n_skipped:
        said += f"; {n_skipped:,} are no visits that took place"
    if n_there:
        said += f"; {n_there:,} repeat a row or a visit that is there already"
    return said + "."


def _heading(plan: Plan) -> str:
    """File, how its bytes were read, and the profile."""
    lines = [f"{plan.file}: read as {plan.shape}"]
    lines += [f"  {name}: {value}" for name, value in plan.dialect.items()]
    if plan.profile:
        lines.append(f"  mapping: {plan.profile}")
    lines += [f"  {name}, for every row: {value}" for name, value in plan.constants.items()]
    return "\n".join(lines)


def _columns(plan: Plan) -> str:
    """A table of the columns that are used."""
    width = max(len(column.heading) for column in plan.read)
    target = max(len(str(column.target)) for column in plan.read)
    lines = [
        f"  {column.heading:<{width}}  {column.target!s:<{target}}  {_samples(column)}".rstrip()
        for column in plan.read
    ]
    return "\n".join(["Columns used (heading, what it holds, examples)", *lines])


def _samples(column: ColumnPlan) -> str:
    """The first values, shortened."""
    texts = [" ".join(sample.split()) for sample in column.samples]
    texts = [t if len(t) <= _SAMPLE_WIDTH else t[: _SAMPLE_WIDTH - 1] + "…" for t in texts]
    return " | ".join(texts) or "(empty)"


def _unused(plan: Plan) -> str:
    """Columns that are not used."""
    lines = [f"{heading!r}: {n:,} cells" for heading, n in plan.ignored.items()]
    return _listed("Columns not used", lines)


def _terms(issues: pd.DataFrame) -> str:
    """Words that are in no list, with the number of cells."""
    unknown = issues[issues["code"].astype(str) == "unknown-term"]
    counts = unknown.groupby(["field", "value"], observed=True).size().sort_values(ascending=False)
    lines = [
        f"{value!r} ({field}): {n:,} cells" + _perhaps(str(field), str(value))
        for (field, value), n in counts.items()
    ]
    return _listed("Words not in our lists", lines)


def _perhaps(field: str, value: str) -> str:
    """The listed word that was perhaps meant."""
    codelist = {"technique": TECHNIQUES, "condition": CONDITIONS}.get(field)
    code = codelist.suggest(value) if codelist else None
    return f"; did you mean {codelist.label(code)!r}?" if code else ""


def _reasons(issues: pd.DataFrame) -> str:
    """How often each reason occurs."""
    counts = issues.groupby(["severity", "code", "message"], observed=True).size()
    by_code = counts.groupby(level=["severity", "code"], observed=True).sum()
    lines = [f"{n:,} × {code} ({severity})" for (severity, code), n in by_code.items() if n]
    return _listed("Refused and questioned", lines)


def _listed(title: str, lines) -> str:
    """A title with lines under it; nothing where there are none."""
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else ""
