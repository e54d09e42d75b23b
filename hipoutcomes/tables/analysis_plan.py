"""A plan before results: what was meant to be asked, written down before anybody looked."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from hipoutcomes.tables.outcome_rules import OutcomeRule, last, recorded, session, week
from hipoutcomes.vocabulary.groupings import GROUPINGS
from hipoutcomes.vocabulary.instruments import MEASURES

_EPOCH = date(1970, 1, 1)
_WEEK = re.compile(r"week (\d+)(?: within (\d+))?")
_SESSION = re.compile(r"session (\d+)")

#: How a rule may be written.
RULES = "'week 6 within 2', 'session 6', 'last' or 'recorded'"


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """One outcome, its window, a threshold, and the comparisons meant to be made.

    Not to be confused with how a file was read, which is `Clinic.plans`.

    Attributes
    ----------
    outcome : str
        Code of a measure.
    rule : OutcomeRule, optional
        Which score counts as the outcome; without one, the usual rule.
    threshold : float, optional
        Size of improvement that counts as better, in the measure's unit; without one, its default.
    comparisons : tuple of tuple of str
        Groupings to be put side by side, each by itself (one name) or crossed (several).
    written : date, optional
        The day on which the plan was written, as its writer says.

    Raises
    ------
    ValueError
        When the outcome, a grouping or the threshold is not one that exists.

    Examples
    --------
    >>> AnalysisPlan("pain", week(6, 2), 2, (("technique",),), date(2026, 1, 15)).label
    'pain, score nearest week 6 (4 to 8 weeks after the first session); better by 2 points or more;
    compared by technique; written on 15 January 2026'
    """

    outcome: str
    rule: OutcomeRule | None = None
    threshold: float | None = None
    comparisons: tuple[tuple[str, ...], ...] = ()
    written: date | None = None

    def __post_init__(self):
        if self.outcome not in MEASURES:
            raise ValueError(
                f"A plan needs an outcome, such as 'pain'; it has {self.outcome!r}, which is no "
                "measure."
            )
        measure = MEASURES[self.outcome]
        span = measure.highest - measure.lowest
        if self.threshold is not None and not 0 < self.threshold <= span:
            raise ValueError(
                f"A plan's threshold for {self.outcome!r} must lie above 0 and up to {span:g} "
                f"{measure.unit}; it is {self.threshold:g}."
            )
        for names in self.comparisons:
            for name in names:
                if name not in GROUPINGS:
                    allowed = ", ".join(map(repr, GROUPINGS))
                    raise ValueError(f"A plan compares by {allowed}; it names {name!r}.")

    @property
    def label(self) -> str:
        """The plan in words."""
        measure = MEASURES[self.outcome]
        window = "outcome by the usual rule" if self.rule is None else self.rule.label
        parts = [f"{measure.noun}, {window}"]
        if self.threshold is not None:
            unit = measure.unit.removesuffix("s") if self.threshold == 1 else measure.unit
            parts.append(f"better by {self.threshold:g} {unit} or more")
        if self.comparisons:
            named = [" and ".join(_words(name) for name in names) for names in self.comparisons]
            parts.append(f"compared by {', '.join(named)}")
        else:
            parts.append("no comparisons")
        day = "on a day not given" if self.written is None else f"on {_in_words(self.written)}"
        return "; ".join([*parts, f"written {day}"])

    def written_before(self, last_day: int) -> bool:
        """Whether it says that it was written no later than the last day of the records.

        Parameters
        ----------
        last_day : int
            Days since 1970-01-01, as `Clinic.last_day`.
        """
        return self.written is not None and (self.written - _EPOCH).days <= last_day


def rule_from_text(text: str) -> OutcomeRule:
    """The outcome rule that a plan writes as text.

    Raises
    ------
    ValueError
        When it is none of `RULES`.

    Examples
    --------
    >>> rule_from_text("week 6 within 2").name, rule_from_text("Session 4").name
    ('week-6', 'session-4')
    """
    said = " ".join(str(text).lower().split())
    if found := _WEEK.fullmatch(said):
        n, within = int(found[1]), found[2]
        return week(n) if within is None else week(n, within=int(within))
    if found := _SESSION.fullmatch(said):
        return session(int(found[1]))
    if said in ("last", "recorded"):
        return last() if said == "last" else recorded()
    raise ValueError(f"A plan's rule is written as {RULES}; it is {text!r}.")


def rule_in_text(rule: OutcomeRule) -> str:
    """An outcome rule as a plan writes it.

    Raises
    ------
    ValueError
        When the rule is of a caller's own making, which no plan can write.

    Examples
    --------
    >>> rule_in_text(week(12, within=3)), rule_in_text(session(4)), rule_in_text(last())
    ('week 12 within 3', 'session 4', 'last')
    """
    name = rule.name
    if name.startswith("week-"):
        return f"week {rule.n} within {rule.within}"
    text = name.replace("-", " ")
    if rule_from_text(text) != rule:
        raise ValueError(f"A plan's rule is written as {RULES}; {name!r} is a rule of its own.")
    return text


def day_in_words(day: int) -> str:
    """A day since 1970-01-01 as a person writes it.

    Examples
    --------
    >>> day_in_words(20468)
    '15 January 2026'
    """
    return _in_words(_EPOCH + timedelta(days=int(day)))


def _in_words(day: date) -> str:
    """A date without a leading zero."""
    return f"{day.day} {day:%B %Y}"


def _words(name: str) -> str:
    """A grouping in words."""
    return name.replace("_", " ").removeprefix("n ")
