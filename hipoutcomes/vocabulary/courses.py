"""How complaints went in published studies without the care under study: one record per arm.

Such a course belongs to other patients, chosen in another way. It is shown beside a clinic's own
change, and never added to it or taken from it. The records are the rows of ``courses.csv``.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from hipoutcomes.vocabulary.codelists import CONDITIONS
from hipoutcomes.vocabulary.measures import MEASURES

Arm = Literal["no treatment", "sham", "usual care"]

#: Published means are rounded: change and difference may be this share of the scale apart.
_ROUNDED = 0.002


@dataclass(frozen=True, slots=True)
class Course:
    """One published arm that did not get the care under study.

    Attributes
    ----------
    condition : str
        Code from `conditions.csv`.
    measure : str
    arm : {"no treatment", "sham", "usual care"}
        What the patients got.
    n : int
        Patients of the arm, as randomised.
    interval : str
        Time between the two scores.
    first, later, change : float or None
        Mean scores and their difference, in the measure's own unit and direction; what the source
        as read does not give is None.
    cite, source : str
        In short, and with enough to find it.
    verified : bool
        Whether someone has seen the numbers, in most cases in the abstract.
    caution : str
        What must stand beside it.
    """

    condition: str
    measure: str
    arm: Arm
    n: int
    interval: str
    first: float | None
    later: float | None
    change: float | None
    cite: str
    source: str
    verified: bool
    caution: str = ""

    def __post_init__(self):
        where = f"A course of {self.measure} in {self.condition}"
        if self.measure not in MEASURES or self.condition not in CONDITIONS.terms:
            raise ValueError(f"{where} names a measure or a condition that does not exist.")
        if self.arm not in get_args(Arm):
            allowed = ", ".join(map(repr, get_args(Arm)))
            raise ValueError(f"{where} has arm {self.arm!r}; it can be {allowed}.")
        if not (self.source and self.cite and self.interval) or self.n < 1:
            raise ValueError(
                f"{where} needs a source, a short name of it, an interval and a number of "
                f"patients; it has source {self.source!r}, cite {self.cite!r}, interval "
                f"{self.interval!r} and n {self.n}."
            )
        if self.change is None and self.later is None:
            raise ValueError(f"{where} needs a change or a later score; it has neither.")
        self._check_numbers(where)

    def _check_numbers(self, where: str) -> None:
        """Scores lie on the scale, and the change is their difference."""
        measure = MEASURES[self.measure]
        for score in (self.first, self.later):
            if score is not None and not measure.lowest <= score <= measure.highest:
                raise ValueError(
                    f"{where} has a score of {score:g}; {measure.label} runs from "
                    f"{measure.lowest:g} to {measure.highest:g}."
                )
        if None in (self.first, self.later, self.change):
            return
        most = _ROUNDED * (measure.highest - measure.lowest)
        if abs(self.later - self.first - self.change) > most:
            raise ValueError(
                f"{where} went from {self.first:g} to {self.later:g}, which is no change of "
                f"{self.change:g}."
            )

    @property
    def improvement(self) -> float | None:
        """The change turned so that positive is better."""
        return None if self.change is None else MEASURES[self.measure].sign * self.change

    def label(self) -> str:
        """Who they were, what they got, and whether the numbers were checked, in one line.

        Examples
        --------
        >>> courses_of("pain")[0].label()
        'Bennell 2014: osteoarthritis, sham, 13 weeks (verified abstract; 100 mm visual ...)'
        """
        checked = "verified abstract" if self.verified else "not verified"
        about = "; ".join(filter(None, (checked, self.caution)))
        condition = CONDITIONS.label(self.condition)
        condition = condition if condition[1:2].isupper() else condition[:1].lower() + condition[1:]
        return f"{self.cite}: {condition}, {self.arm}, {self.interval} ({about})"


def read_courses(path: Path) -> tuple[Course, ...]:
    """Read the records of a CSV.

    Raises
    ------
    ValueError
        When a record does not hold together, or has no source.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(_course(row) for row in csv.DictReader(lines))


def _course(row: dict[str, str]) -> Course:
    """One row of the CSV as a record."""
    if row["verified"] not in ("yes", "no"):
        raise ValueError(f"verified is {row['verified']!r} in courses.csv; it can be yes or no.")
    first, later, change = (
        float(row[name]) if row[name] else None for name in ("from", "to", "change")
    )
    kept = {name: row[name] for name in ("condition", "measure", "arm", "interval", "cite")}
    return Course(
        **kept,
        n=int(row["n"] or 0),
        first=first,
        later=later,
        change=change,
        source=row["source"],
        verified=row["verified"] == "yes",
        caution=row["caution"],
    )


#: Every record, in the order of the file.
COURSES: tuple[Course, ...] = read_courses(Path(__file__).with_name("courses.csv"))


def courses_of(measure: str) -> tuple[Course, ...]:
    """Every published course of a measure; empty where none is known.

    Raises
    ------
    ValueError
        When there is no such measure.

    Examples
    --------
    >>> [course.cite for course in courses_of("pain_vas")]
    ['Bennell 2014']
    """
    if measure not in MEASURES:
        raise ValueError(
            f"There is no measure {measure!r}; the measures are {', '.join(MEASURES)}."
        )
    return tuple(course for course in COURSES if course.measure == measure)
