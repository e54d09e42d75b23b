"""Every reason a cell or a row is refused or questioned, one record each.

Codes are stable. They follow the words of the Frictionless Data specification where it has one.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "warning", "reject"]
Refuses = Literal["nothing", "cell", "row"]


@dataclass(frozen=True, slots=True)
class Check:
    """One reason.

    Attributes
    ----------
    code : str
        Stable name, as it stands in `issues`.
    severity : {"note", "warning", "reject"}
        A note needs no action; a warning was kept and should be looked at; a reject was set aside.
    refuses : {"nothing", "cell", "row"}
        What is set aside. A refused cell leaves its visit in place.
    message : str
        The reason in a plain sentence.
    suggestion : str
        What to do about it; empty where nothing needs doing.
    """

    code: str
    severity: Severity
    refuses: Refuses
    message: str
    suggestion: str = ""


def _note(code: str, message: str, suggestion: str = "", refuses: Refuses = "nothing") -> Check:
    return Check(code, "note", refuses, message, suggestion)


def _warning(code: str, message: str, suggestion: str) -> Check:
    return Check(code, "warning", "nothing", message, suggestion)


def _reject(code: str, message: str, suggestion: str, refuses: Refuses = "cell") -> Check:
    return Check(code, "reject", refuses, message, suggestion)


_MISSING = (
    _note("missing-cell", "The cell is blank."),
    _note("not-recorded", "The cell says that nothing was recorded."),
    _note(
        "score-set-aside",
        "Scores were left out because their rows lack what the mapping requires beside them.",
    ),
    _note("item-missing", "The questionnaire has too few answers for a score."),
)

_CELL_REFUSED = (
    _reject("type-error", "This could not be read as what the column holds.", "Correct the cell."),
    _reject(
        "range",
        "The number is outside what this score can be.",
        "Correct it; if it is a code for missing, name that code in the mapping file.",
    ),
    _reject(
        "censored",
        "The cell gives a limit (less than, more than), not a number.",
        "Type the number itself, or leave the cell blank.",
    ),
    _reject(
        "two-scores",
        "There are two different scores in one cell.",
        "Put the score before and the score after treatment in columns of their own.",
    ),
    _reject(
        "two-sides",
        "There are values for both sides in one cell.",
        "Use two rows, or one column for each side.",
    ),
    _reject(
        "unknown-scale",
        "The score is given out of a number that this column does not use.",
        "Type the score on the column's own scale.",
    ),
    _reject(
        "unknown-unit",
        "The unit of this number is missing, or is not one we can convert.",
        "Type the number in the column's own unit.",
    ),
    _reject(
        "excel-date",
        "Excel turned what was typed into a date or a time.",
        "Format the column as text and type the score again.",
    ),
    _reject(
        "excel-error",
        "The cell holds an Excel error instead of a value.",
        "Repair the formula, or type the value.",
    ),
    _reject(
        "formula-no-value",
        "The cell holds a formula whose result was never saved.",
        "Open the workbook in Excel, save it, and read it again.",
    ),
    _reject(
        "ambiguous-none",
        "'None' can mean a score of zero, or that nothing was recorded.",
        "Say which with --none-means zero or --none-means missing.",
    ),
    _reject(
        "word-score",
        "The cell describes the score in words; words are not turned into numbers.",
        "Ask for a number and type that.",
    ),
    _reject(
        "not-degrees",
        "The movement is described, not measured in degrees.",
        "Measure it in degrees, or leave the cell blank.",
    ),
    _reject(
        "date-order",
        "This date cannot be read in the order that the rest of the column uses.",
        "Correct the date, or write the year first: 2026-03-05.",
    ),
    _reject("future-date", "The date lies in the future.", "Correct the date."),
    _reject("old-date", "The date is too long ago to be right.", "Correct the date."),
    _reject(
        "encoding-error",
        "Some letters of this cell could not be read.",
        "Say how the file was saved with --encoding.",
    ),
)

_ROW_REFUSED = (
    _reject("no-patient", "The row does not say which client it is about.", "Add it.", "row"),
    _reject("no-date", "The row has no date that can be read.", "Correct the date.", "row"),
    _reject(
        "extra-cell",
        "The row has more cells than the file has columns, so its values may be shifted.",
        "Look for a comma inside a cell, and put that cell in double quotes.",
        "row",
    ),
    _note("duplicate-row", "The row repeats an earlier row exactly; one is used.", refuses="row"),
    _note(
        "same-visit",
        "The row is a further line, such as a second billing code, of a visit that is there.",
        refuses="row",
    ),
    _note("not-a-visit", "The row is not a visit that took place.", refuses="row"),
    _note("blank-row", "The row is blank.", refuses="row"),
    _note("footer", "The row is a total or a remark at the end of the file.", refuses="row"),
)

_KEPT = (
    _warning(
        "constraint-error",
        "This does not agree with another cell of the row; nothing was worked out from it.",
        "Compare the cells of the row and correct the wrong one.",
    ),
    _warning(
        "range-of-values",
        "Two neighbouring numbers were given; the middle between them was used.",
        "Type one number.",
    ),
    _warning(
        "approximate", "The number was given as approximate, and was used as it is.", "Check it."
    ),
    _warning("decimal-comma", "The comma was read as a decimal point.", "Check the number."),
    _warning("unit", "A unit stood with the number; the number was used in the column's unit.",
             "Check the number."),
    _warning(
        "rescaled", "The score was given on another scale and was converted.", "Check the number."
    ),
    _warning("zero-in-words", "These words were read as zero.", "Check that zero is meant."),
    _warning(
        "half-point",
        "The score lies between two whole numbers; this scale has whole numbers only.",
        "It was kept as typed; ask for a whole number in future.",
    ),
    _warning(
        "soft-range",
        "The number is possible, but outside what is usually seen.",
        "Check it against the notes.",
    ),
    _warning("arc", "A movement from one angle to another was given; its end was used.",
             "Check the number."),
    _warning(
        "excel-serial",
        "The date was stored as a plain number and was read the way Excel counts days.",
        "Format the column as dates.",
    ),
    _warning(
        "utc-time",
        "The time is given in universal time; late visits may fall on the day before or after.",
        "Export the file with local times.",
    ),
    _warning(
        "unknown-term",
        "This word is not in our list; it was kept as 'other'.",
        "Correct the spelling, or add the word to the mapping file.",
    ),
    _warning(
        "two-visits-one-day",
        "The same client has two visits on this day.",
        "Check that both took place.",
    ),
    _warning(
        "duplicate-label", "Two columns have the same heading.", "Give each column its own heading."
    ),
    _warning(
        "id-zeros-lost",
        "Some client numbers may have lost zeros at the front.",
        "Format that column as text.",
    ),
    _warning(
        "id-looks-like-name",
        "The column that says which client it is seems to hold names or addresses.",
        "Use client numbers instead.",
    ),
    _warning(
        "clients-by-name",
        "Only names tell the clients apart here; two clients of one name count as one.",
        "Export client numbers too, if the software can.",
    ),
    _warning(
        "looks-personal",
        "This column was read, and seems to hold names, addresses or numbers of people.",
        "Check the mapping; nothing of it is kept in the clear.",
    ),
    _warning(
        "unknown-row-type",
        "This kind of row is not one we know; the row was taken for a visit.",
        "Say 'visit' or 'score between visits', or name the value in the mapping file.",
    ),
    _warning(
        "several-terms",
        "Several were named where one is counted.",
        "Name the main one first, or alone.",
    ),
    _warning(
        "no-appointment",
        "The client has no appointment on this day; the scores count as given between visits.",
        "Correct the date or the client, or add the appointment.",
    ),
    _warning(
        "join-near",
        "The client has no appointment on this day, and one on the day before or after; the scores "
        "count as given between visits.",
        "If that appointment is meant, correct the date.",
    ),
    _warning(
        "join-ambiguous",
        "The client has several appointments that this row could belong to; its scores count as "
        "given between visits.",
        "Write the number or the time of the appointment beside the scores.",
    ),
    _warning(
        "join-conflict",
        "The files do not say the same about one visit.",
        "Compare the files and correct the wrong one.",
    ),
    _reject(
        "join-scores-differ",
        "The files give different scores for one moment of one visit; neither was used.",
        "Compare the files and correct the wrong one.",
    ),
    _note(
        "outside-appointments",
        "The appointments do not cover this day; the row was taken for a visit as it stands.",
    ),
)  # fmt: skip

#: Every reason by its code.
CHECKS: dict[str, Check] = {
    check.code: check for check in (*_MISSING, *_CELL_REFUSED, *_ROW_REFUSED, *_KEPT)
}
