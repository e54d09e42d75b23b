"""What an export says of itself."""

from hipoutcomes.privacy.dates import DateRule
from hipoutcomes.privacy.export_tables import ExportTables

_CODED = "Coded, limited"
_SAFE_HARBOR = "Without the identifiers of Safe Harbor"
_DATES = {
    "exact": "Dates are the days themselves.",
    "shifted": "Each client's dates were moved back by a number of whole weeks, 1 to 52, that is "
    "the same in all rows of the client. Days between rows and days of the week are right; dates, "
    "seasons and the order of clients are not.",
    "relative": "'day' counts days from the client's first visit, which is day 0; scores before it "
    "have negative days. 'first_year' is the year of that visit; no other date is given.",
}
_ABOUT_CODED = (
    "This is data about people, coded: whoever holds the clinic's records can tell who is who.",
    "It is not anonymous, and it is not de-identified by Safe Harbor (45 CFR 164.514(b)(2)).",
    "In most places it may be handed on only under an agreement, and only as far as needed.",
)
_ABOUT_SAFE_HARBOR = (
    "The identifiers that 45 CFR 164.514(b)(2)(i) lists were left out: no names, places, dates",
    "but one year, numbers of people, or text that somebody typed. Clients and staff have random",
    "numbers. Age is that at the first visit; ages of 90 and over are one group, '90+'.",
    "Safe Harbor also asks that the clinic knows of no way in which what is left could tell who",
    "somebody is, 164.514(b)(2)(ii). No program can see to that: the clinic must, before it hands",
    "this on. Other laws than HIPAA have other tests.",
)


def label_of(dates: DateRule, safe_harbor: bool) -> str:
    """What kind of data an export is, in a few words.

    Examples
    --------
    >>> label_of("shifted", False), label_of("relative", True)
    ('Coded, limited (dates shifted)', 'Without the identifiers of Safe Harbor (days relative)')
    """
    days = {"exact": "dates exact", "shifted": "dates shifted", "relative": "days relative"}[dates]
    return f"{_SAFE_HARBOR if safe_harbor else _CODED} ({days})"


def readme_of(
    tables: ExportTables, label: str, dates: DateRule, safe_harbor: bool, least_clients: int
) -> str:
    """The note that goes with an export."""
    about = _ABOUT_SAFE_HARBOR if safe_harbor else _ABOUT_CODED
    lines = (
        label,
        "=" * len(label),
        "",
        *about,
        "",
        f"sessions.csv    {len(tables.sessions):,} rows, one per visit",
        f"treatments.csv  {len(tables.treatments):,} rows, one per visit and technique",
        f"scores.csv      {len(tables.scores):,} rows, one per score",
        f"                {len(tables.clients):,} clients; join by study_id and visit",
        "",
        "Text is UTF-8, an empty cell is missing, and the point is the decimal mark.",
        _DATES[dates],
        f"Words that fewer than {least_clients} clients share were replaced by 'other'.",
        "Text that begins like a formula has an apostrophe before it.",
        "",
        "Made by hipoutcomes. Scores are as recorded; a missing score is not a good one or a bad",
        "one. Please keep to small-cell rules in whatever you publish: do not show numbers from",
        "which fewer than 11 clients can be told apart.",
        "",
    )
    return "\n".join(lines)
