"""What only shows when cells of one row are set beside each other."""

from collections.abc import Sequence

import numpy as np

from hipoutcomes.ingest.issue_log import IssueLog
from hipoutcomes.ingest.rows.column_read import ColumnRead
from hipoutcomes.ingest.rows.part import Part
from hipoutcomes.tables.records import NO_DAY
from hipoutcomes.tables.scoring import REASONS, score_items
from hipoutcomes.vocabulary.instruments import INSTRUMENTS, ITEMS

#: Fields that hold a day which cannot come after the visit.
_BEFORE_THE_VISIT = ("birth_year", "onset")
_WHOLE_FILE = np.array([0])
#: From this reason on, a form was begun and gave no score.
_BEGUN = 2


def question_agreement(
    columns: Sequence[ColumnRead], part: Part, row_numbers: np.ndarray, log: IssueLog
) -> None:
    """Question days that come after the visit, and forms with too few answers.

    Parameters
    ----------
    columns : sequence of ColumnRead
    part : Part
        The accepted rows.
    row_numbers : ndarray of int, shape (n rows,)
        As a spreadsheet shows them.
    log : IssueLog
    """
    day = part.rows["day"].to_numpy()
    for column in columns:
        if column.plan.target.field not in _BEFORE_THE_VISIT:
            continue
        said = column.numbers(column.cells.codes[part.places])
        late = np.flatnonzero((day != NO_DAY) & (said > day))
        log.rows(
            "constraint-error",
            row_numbers[part.places[late]],
            column=column.plan.heading,
            field=str(column.plan.target),
            values=[column.cells.text(place) for place in part.places[late]],
            note="it comes after the visit",
        )
    _question_forms(part, log)


def _question_forms(part: Part, log: IssueLog) -> None:
    """Count the forms of each questionnaire that were begun and gave no score."""
    forms: dict[tuple[str, str, str], dict[str, np.ndarray]] = {}
    for field, answers in part.scores.items():
        if field.item:
            form = (ITEMS[field.item].instrument, field.timing, field.side)
            forms.setdefault(form, {})[field.item] = answers
    for (instrument, timing, side), items in forms.items():
        if instrument == "psfs":  # which of its activities count is only known at the first visit
            continue
        for measure, scored in score_items(instrument, items).items():
            ready = part.scores.get(_ready(part, measure, timing, side), np.nan)
            without = (scored.reason >= _BEGUN) & np.isnan(ready)
            if n := int(np.count_nonzero(without)):
                reasons = [REASONS[r] for r in np.unique(scored.reason[without])]
                log.rows(
                    "item-missing",
                    _WHOLE_FILE,
                    column=INSTRUMENTS[instrument].label,
                    field=f"{measure} {side} {timing}".replace("  ", " "),
                    note=f"{n:,} rows: {', '.join(reasons)}",
                )


def _ready(part: Part, measure: str, timing: str, side: str):
    """The field of a ready score beside the items; None without one."""
    return next(
        (
            field
            for field in part.scores
            if (field.measure, field.timing, field.side, field.item) == (measure, timing, side, "")
        ),
        None,
    )
