"""What the shared copy says in sentences: made from released numbers, and from nothing else."""

from hipoutcomes.analyses import sentences
from hipoutcomes.privacy.suppression.gate import FEW
from hipoutcomes.privacy.suppression.made_up_clients import SHORT
from hipoutcomes.privacy.suppression.population import ALL
from hipoutcomes.privacy.suppression.released import Released, ReleasedTable
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.plain_numbers import count, of_people, score, share
from hipoutcomes.vocabulary.groupings import GROUPINGS
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.minimums import CONTRAST

_LOST = (
    "Those not measured again may have done better or worse than the others; nothing here can tell."
)

_BY_THEMSELVES = (
    "Scores go up and down by themselves. No number here says how much of the change would have "
    "come from measuring twice: that takes single scores, which do not leave the clinic."
)


def findings(released: Released, measure: Measure, when: str, size: str) -> tuple[str, ...]:
    """The main numbers in sentences.

    Parameters
    ----------
    released : Released
    measure : Measure
    when : str
        When the later score was taken: "around week 6".
    size : str
        How much change counts: "2 points or more".
    """
    made = (
        ("measured", lambda table: _measured(table, when)),
        ("change", lambda table: _change(table, measure, when)),
        ("sorted", lambda table: _sorted(table, size)),
    )
    tables = [(released.table(ALL, question), words) for question, words in made]
    said = [(table, words(table)) for table, words in tables if table is not None]
    first = said[0][0].as_of if said else ""
    return tuple(
        text if table.as_of == first else f"{text} (Records up to {table.as_of}.)"
        for table, text in said
        if text
    )


def cautions() -> tuple[str, ...]:
    """What must be known before a number is quoted."""
    worst = sentences.REGRESSION.replace("it is at its worst", "a complaint is at its worst")
    said = [sentences.OBSERVED, worst, _BY_THEMSELVES, _LOST]
    return tuple(in_owner_words(text) for text in said)


def cautions_of(grouping: str) -> tuple[str, ...]:
    """What must be known before groups are looked at side by side."""
    said = (
        GROUPINGS[grouping].caution,
        sentences.NOT_LIKE_FOR_LIKE,
        f"Groups of fewer than {CONTRAST} clients measured again may be shown; they are too few to "
        "be compared with anything.",
    )
    return tuple(in_owner_words(text) for text in said)


def repeated(released: Released, table: ReleasedTable) -> str:
    """That a table is the one of an earlier copy; empty where it is new."""
    if table in released.new:
        return ""
    return (
        f"These are the numbers of the copy with records up to {table.as_of}. Too little has "
        "changed since for new ones: a reader of both could tell about single clients."
    )


def protected(released: Released) -> tuple[str, ...]:
    """How numbers are protected, for whoever receives the copy."""
    low, apart = released.minimum - 1, released.minimum // 2 + 1
    said = [
        f"No number of clients from 1 to {low} is shown. “Hidden” stands for such a number, or for "
        "a larger one or none from which such a number could be worked out.",
        "Small groups stand together as “All others”, and neighbouring bands as one.",
        f"For every number from 1 to {low} that is hidden, two clinics can be made up that agree "
        "with every number of clients shown here and in earlier copies, and with every growth from "
        f"copy to copy: in one it is 1 or less, in the other {low} or more. The same holds for how "
        "much a number changed since an earlier copy. A table that cannot be protected is left "
        "out, or the earlier one is repeated.",
        "For whoever guesses rightly that hidden numbers are small, or takes means and likely "
        "ranges apart into single scores, two clinics can be made up in which such a number "
        f"differs by {apart} or more. Means of several copies and of several ways of grouping "
        "together were tried roughly, as if a client could be divided; exactly, but not both at "
        f"once, where {FEW} or fewer were measured on a scale of {SHORT} steps or fewer.",
        "Beyond the numbers of clients that it shows, this copy alone does not say of any number "
        "of points that somebody changed by exactly that.",
        "A likely range or a mean is not shown where scores hardly differ or are nearly all at an "
        "end of the scale, nor where such a mean would be the difference of others. Better, same "
        "and worse are not shown where everybody in a group did the same.",
        "There are no single clients in this copy: no dates, no lowest or highest score, no "
        "quoted cell, no names of files or people. Therapists have codes in an order that says "
        "nothing.",
        "What is not promised: some of the values that a hidden number can have are likelier than "
        "others; where something is hidden or put together, some number there is small, and "
        "whoever repeats every step of this program with made-up clinics, or guesses that a "
        "hidden number is not small, may rule out further values; a mean says a little about each "
        f"of the {released.minimum} or more clients in it; whoever knows the scores of some "
        "clients can take those away first; and scores from a conversion table are taken as whole "
        "points.",
    ]
    if released.left_out:
        said.append(_left_out(released))
    return tuple(said)


def _left_out(released: Released) -> str:
    """Which groupings are not shown."""
    names = sentences.listed(GROUPINGS[name].question for name in released.left_out)
    return f"Not shown {names}: there are too few clients in too few groups, or too many groups."


def _measured(table: ReleasedTable, when: str) -> str:
    """How many of those due have a later score."""
    row = table.rows[0]
    n, n_due = row.number("measured"), row.number("due")
    if n_due is None:
        return (
            f"{of_people(n)} were measured again {when}. How many were due a later score is hidden."
        )
    return (
        f"Of {of_people(n_due)} whose later score was due, {count(n)} were measured again {when} "
        f"({share(n / n_due)})."
    )


def _change(table: ReleasedTable, measure: Measure, when: str) -> str:
    """How the mean score changed."""
    row = table.rows[0]
    if row.means is None:
        return ""
    means, worse = row.means, {"lower": "higher", "higher": "lower"}[measure.better]
    direction = measure.better if means.change >= 0 else worse
    said = (
        f"Among the {count(row.number('measured'))} clients measured at both times, the mean "
        f"{measure.noun} was {score(means.start)} at the start, and {score(abs(means.change))} "
        f"{measure.unit} {direction} {when}"
    )
    if means.low <= 0 <= means.high:
        return (
            f"{said} (likely range {score(abs(means.low))} {worse} to {score(means.high)} "
            f"{measure.better}, which may be no change at all)."
        )
    low, high = sorted((abs(means.low), abs(means.high)))
    return f"{said} (likely range {score(low)} to {score(high)})."


def _sorted(table: ReleasedTable, size: str) -> str:
    """How many are better, about the same and worse."""
    row = table.rows[0]
    n = row.number("measured")
    better, same, worse = (row.number(name) for name in ("better", "same", "worse"))
    said = f"Of the {count(n)} measured again, "
    if None not in (better, same, worse):
        parts = [_part(better, n, "better"), _part(same, n, "about the same"),
                 _part(worse, n, "worse")]  # fmt: skip
        return f"{said}{sentences.listed(parts)}, by {size}."
    known, word, others = (better, "better", "about the same or worse")
    if better is None:
        known, word, others = (worse, "worse", "better or about the same")
    if known is None:
        return f"{said}how many were better, about the same or worse by {size} is hidden."
    return (
        f"{said}{_part(known, n, word)} by {size}. The other {count(n - known)} were {others}; how "
        "many were which is hidden."
    )


def _part(k: int, n: int, word: str) -> str:
    """A number with its share and what it counts."""
    return f"{count(k)} ({share(k / n)}) {sentences.verb(k, 'was', 'were')} {word}"
