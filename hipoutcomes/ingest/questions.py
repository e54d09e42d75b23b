"""What is questioned about a whole column: ids that look wrong, scores that are left out."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np

from hipoutcomes.ingest.issue_log import IssueLog
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.ingest.rows.part import Part

_NAME = re.compile(r"[A-Z][a-z'’-]+,? [A-Z][a-zA-Z'’. -]+|[^@\s]+@[^@\s]+\.[a-z]{2,}")
#: So many ids are looked at for names.
_LOOKED_AT = 1000
_WHOLE_COLUMN = np.array([0])


def question_ids(columns: list[ColumnRead], log: IssueLog) -> None:
    """Question patient ids that look like names, or that seem to have lost zeros.

    Parameters
    ----------
    columns : list of ColumnRead
    log : IssueLog
    """
    for column in columns:
        if column.plan.target.field != "patient":
            continue
        ids = [value for value in column.values if value]
        about = {"column": column.plan.heading, "field": "patient"}
        looked_at = ids[:_LOOKED_AT]
        if column.plan.by_name:
            log.rows("clients-by-name", _WHOLE_COLUMN, **about)
        elif 2 * sum(_NAME.fullmatch(name) is not None for name in looked_at) > len(looked_at):
            log.rows("id-looks-like-name", _WHOLE_COLUMN, **about)
        padded = {name.lstrip("0") for name in ids if name[0] == "0" and name.isdigit()}
        if padded and (lost := padded & set(ids)):
            note = f"{len(lost)} numbers occur with and without them"
            log.rows("id-zeros-lost", _WHOLE_COLUMN, note=note, **about)


def question_headings(columns: list[ColumnRead], log: IssueLog) -> None:
    """Question columns that are read under one heading."""
    headings = Counter(column.plan.heading for column in columns)
    for heading, n in headings.items():
        if n > 1:
            log.rows("duplicate-label", _WHOLE_COLUMN, column=heading, note=f"{n} columns")


def set_aside(plan: Plan, columns: list[ColumnRead], part: Part, log: IssueLog) -> Part:
    """Leave scores out in rows that lack what the mapping requires beside them.

    The rows stay; `extra["set_aside"]` marks them, and one line of the issues counts them.
    """
    by_target = {column.plan.target: column for column in columns}
    marked = np.zeros(len(part.rows), bool)
    scores = dict(part.scores)
    for target, needed in plan.requires.items():
        values = scores[target.score]
        complete = np.ones(len(values), bool)
        for other in needed:
            column = by_target[other]
            complete &= column.there(column.cells.codes[part.places])
        lacking = ~np.isnan(values) & ~complete
        if lacking.any():
            scores[target.score] = np.where(lacking, np.nan, values)
            marked |= lacking
            headings = " and ".join(repr(by_target[other].plan.heading) for other in needed)
            log.rows(
                "score-set-aside",
                _WHOLE_COLUMN,
                column=by_target[target].plan.heading,
                field=str(target),
                note=f"{int(lacking.sum()):,} scores; their rows lack {headings}",
            )
    return replace(part, scores=scores, extra={**part.extra, "set_aside": marked})
