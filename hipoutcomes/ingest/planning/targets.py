"""What one column holds, as a mapping file writes it: ``patient``, ``pain left before``, ..."""

import re
from dataclasses import dataclass, replace
from typing import get_args

from hipoutcomes.tables.records import ScoreField, Timing
from hipoutcomes.vocabulary.codelists import TECHNIQUES
from hipoutcomes.vocabulary.fields import FIELDS
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

TIMINGS = get_args(Timing)
_SCORE = re.compile(
    r"(?P<measure>[a-z0-9_]+)(?: (?P<side>left|right))? (?P<timing>before|during|after|between)"
    r"(?: \+(?P<days>\d+) days?)?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What one column holds.

    Attributes
    ----------
    field : str
        Name of a record in `vocabulary.fields.FIELDS`; empty for scores.
    technique : str
        With ``minutes``: the technique whose minutes, or whose use, the column tells.
    score : ScoreField, optional
        Measure or item, timing and side, for scores.
    days_later : int
        A score between visits belongs to so many days after the date of its row.
    """

    field: str = ""
    technique: str = ""
    score: ScoreField | None = None
    days_later: int = 0

    @classmethod
    def of_score(cls, code: str, timing: str, side: str = "", days_later: int = 0) -> "Target":
        """Target of a measure or of a questionnaire item."""
        item = code if code in ITEMS else ""
        return cls(score=ScoreField(code, timing, side, item), days_later=days_later)

    def at(self, timing: str) -> "Target":
        """The same score at another moment."""
        return replace(self, score=replace(self.score, timing=timing))

    def of(self, measure: str) -> "Target":
        """The same moment and side of another measure."""
        return replace(self, score=replace(self.score, measure=measure))

    @property
    def timing(self) -> str:
        """Moment of the score; empty for anything else."""
        return self.score.timing if self.score else ""

    @property
    def measure(self) -> str:
        """Measure or item of the score; empty for anything else."""
        return self.score.measure if self.score else ""

    @property
    def kind(self) -> str:
        """How the cells are read: a kind of `Field`, ``use`` of a technique, or ``score``."""
        if self.score:
            return "score"
        return "use" if self.technique else FIELDS[self.field].kind

    @property
    def may_repeat(self) -> bool:
        """Whether several columns may hold it."""
        return bool(self.field) and not self.technique and FIELDS[self.field].several

    def __str__(self) -> str:
        if not self.score:
            return f"{self.field}:{self.technique}" if self.technique else self.field
        words = [self.score.measure, self.score.side, self.score.timing]
        if self.days_later:
            words.append(f"+{self.days_later} day{'s' if self.days_later > 1 else ''}")
        return " ".join(word for word in words if word)


def parse_target(text: str) -> Target | None:
    """Read a target as a mapping file writes it; None where it is none.

    Examples
    --------
    >>> parse_target("pain left before").score.side
    'left'
    >>> str(parse_target("pain between +1 day")), str(parse_target("minutes:swedish"))
    ('pain between +1 day', 'minutes:swedish')
    >>> parse_target("pain sometimes")
    """
    if text in FIELDS:
        return Target(text)
    head, _, technique = text.partition(":")
    if head == "minutes" and technique in TECHNIQUES.terms:
        return Target("minutes", technique)
    found = _SCORE.fullmatch(text)
    if found is None or (found["measure"] not in MEASURES and found["measure"] not in ITEMS):
        return None
    days = int(found["days"] or 0)
    if days and found["timing"] != "between":
        return None
    return Target.of_score(found["measure"], found["timing"], found["side"] or "", days)
