"""The columns of the score sheet, each with what may be typed into it."""

from dataclasses import dataclass

from hipoutcomes.ingest.rows.visits import EXAMPLE
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.measures import MEASURES

VISIT, BETWEEN = "visit", "score between visits"

_YES_NO = ("yes", "no")
#: Whole numbers of a pain score.
SCORES_0_TO_10 = tuple(str(score) for score in range(11))


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the sheet.

    Attributes
    ----------
    heading : str
        Recognised by `ingest.planning.headings`.
    example : str
    help : str
        Shown when a cell is chosen.
    choices : tuple of str
        Drop-down; empty for free text.
    lowest, highest : float
        For numbers that are not chosen from a list.
    strict : bool
        Whether anything that is not in the list is refused, or only asked about.
    """

    heading: str
    example: str
    help: str
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    strict: bool = True


def _labels(codelist) -> tuple[str, ...]:
    """The labels of a list, as a person reads them."""
    return tuple(term.label for term in codelist.terms.values())


def _degrees(heading: str, measure: str, example: str) -> SheetColumn:
    """A column of one active motion, on the side of the row."""
    record = MEASURES[measure]
    return SheetColumn(
        heading,
        example,
        "In degrees, before treatment, on the side named in this row.",
        lowest=record.lowest,
        highest=record.highest,
    )


#: Columns that only a sheet made from appointments has, before all others.
APPOINTMENT, TIME = (
    SheetColumn("Appointment ID", "", "From your appointments: leave it as it is."),
    SheetColumn("Time", "", "From your appointments: leave it as it is."),
)


def sheet_columns() -> tuple[SheetColumn, ...]:
    """The columns of the sheet, in order."""
    tension = MEASURES["tension"]
    steps = tuple(str(n) for n in range(int(tension.lowest), int(tension.highest) + 1))
    return (
        SheetColumn("Client", EXAMPLE, "The client's number or code. No names."),
        SheetColumn("Date", "2026-03-05", "Year first: 2026-03-05."),
        SheetColumn(
            "Row type",
            VISIT,
            "For a score asked by text, phone or form, choose 'score between visits' and write it "
            "under 'Pain before'.",
            (VISIT, BETWEEN),
        ),
        SheetColumn("First visit for this complaint", "yes", "", _YES_NO),
        SheetColumn("Therapist", "AB", "Initials or number."),
        SheetColumn(
            "Technique",
            "Swedish 40; Deep tissue 20",
            "Choose one, or type several with their minutes: Swedish 40; Deep tissue 20.",
            _labels(TECHNIQUES),
            strict=False,
        ),
        SheetColumn("Minutes", "60", "Length of the session.", lowest=1, highest=480),
        SheetColumn("Condition", "Osteoarthritis", "", _labels(CONDITIONS), strict=False),
        SheetColumn("Side", "left", "", ("left", "right", "both")),
        SheetColumn(
            "Pain before (0-10)", "6", "0 no pain, 10 worst pain. Ask on arrival.", SCORES_0_TO_10
        ),
        SheetColumn("Pain after (0-10)", "4", "Asked at the end of the session.", SCORES_0_TO_10),
        SheetColumn("Discomfort during massage (0-10)", "2", "", SCORES_0_TO_10),
        _degrees("Active flexion before (degrees)", "flexion_active", "105"),
        _degrees("Active internal rotation before (degrees)", "internal_rotation_active", "30"),
        SheetColumn(
            f"Muscle tension before (0-{steps[-1]})", "2", "0 none. One therapist's rating.", steps
        ),
        SheetColumn("Device", "goniometer", "", ("goniometer", "inclinometer", "phone app")),
        SheetColumn("Position", "supine", "", ("supine", "prone", "seated")),
        SheetColumn("Aftercare advised", "hydration; stretching", "Several: separate with ;"),
        SheetColumn("Aftercare followed", "stretching", "Since the last visit; or 'no'."),
        SheetColumn("Age", "52", "In years.", lowest=0, highest=120),
        SheetColumn("Sex", "F", "", ("F", "M", "X")),
        SheetColumn("Next visit advised", "yes", "", _YES_NO),
    )
