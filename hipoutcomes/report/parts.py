"""What the templates are given: plain records of text, numbers already in words, and drawings."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart inside the page.

    Attributes
    ----------
    name : str
        File-safe; the same drawing is `charts/<name>.svg` and `.png`.
    svg : Markup
        The drawing, safe to stand in HTML.
    alternative : str
        What it shows, for someone who cannot see it.
    is_tall : bool
        Higher than wide.
    """

    name: str
    svg: Markup
    alternative: str
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One table inside the page.

    Attributes
    ----------
    caption : str
    headings : tuple of str
    rows : tuple of tuple of str
        The first cell of a row names it.
    numeric : tuple of bool
        Which columns hold numbers and stand to the right.
    note : str
        What the reader must know about rows that are not shown.
    folded : bool
        A long table is folded until it is asked for.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One question inside a section: plain words first, chart, table, then cautions.

    Attributes
    ----------
    heading : str
    words : tuple of str
    figure : Figure or None
    tables : tuple of ShownTable
    csv : str
        Relative path of the whole table of numbers; empty where there is none.
    cautions : tuple of str
    method : str
    why_not : str
        Why the question cannot be answered; the rest is then empty.
    record : str
        What to record so that it can be answered.
    stamp : str
        Whether a plan written before results were seen names it; empty without a plan.
    """

    heading: str
    words: tuple[str, ...] = ()
    figure: Figure | None = None
    tables: tuple[ShownTable, ...] = ()
    csv: str = ""
    cautions: tuple[str, ...] = ()
    method: str = ""
    why_not: str = ""
    record: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report.

    Attributes
    ----------
    anchor : str
        Identifier inside the page.
    title : str
    lead : tuple of str
        What the section is about, before its questions.
    blocks : tuple of Block
    """

    anchor: str
    title: str
    lead: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """One large number of page one, with what it counts and a line under it."""

    number: str
    label: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """First and later score of one measure on page one."""

    name: str
    first: str
    later: str
    unit: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Better, same or worse on page one, with what re-measuring alone would give."""

    label: str
    number: str
    share: str
    expected: str


@dataclass(frozen=True, slots=True)
class PageOne:
    """Everything on page one.

    Attributes
    ----------
    findings : tuple of str
        At least one usable finding, in sentences.
    counts : tuple of Count
    scores : tuple of ScoreChange
    outcomes : tuple of Outcome
    outcomes_note : str
    figure : Figure or None
    limits, may_say, dont_say, record_next : tuple of str
    """

    findings: tuple[str, ...]
    counts: tuple[Count, ...]
    scores: tuple[ScoreChange, ...]
    outcomes: tuple[Outcome, ...]
    outcomes_note: str
    figure: Figure | None
    limits: tuple[str, ...]
    may_say: tuple[str, ...]
    dont_say: tuple[str, ...]
    record_next: tuple[str, ...]
