"""Headline: the few numbers that page one and its sentences are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from hipoutcomes.vocabulary.minimums import ESTIMATE


@dataclass(frozen=True, slots=True)
class MeanChange:
    """First and later mean score of one measure, among those measured at both times.

    Attributes
    ----------
    measure : str
        Code.
    noun : str
        For sentences: "pain".
    label : str
        With its range: "Pain, 0-10".
    unit : str
    better : str
        ``lower`` or ``higher``.
    n : int
        Clients measured at both times.
    n_due : int
        Clients whose later score was due.
    first, later, improvement, low, high : float or None
        None where clients are too few. Improvement is positive when better.
    alone : (float, float) or None
        Lowest and highest mean improvement that re-measuring alone would give.
    """

    measure: str
    noun: str
    label: str
    unit: str
    better: str
    n: int
    n_due: int
    first: float | None = None
    later: float | None = None
    improvement: float | None = None
    low: float | None = None
    high: float | None = None
    alone: tuple[float, float] | None = None

    @property
    def scored(self) -> str:
        """What was scored, for "the mean ... was": "pain score", "hip flexion"."""
        is_plain = self.unit == "points" and not self.noun.lower().endswith("score")
        return f"{self.noun} score" if is_plain else self.noun

    @property
    def has_estimate(self) -> bool:
        """Whether clients were enough for a mean."""
        return self.improvement is not None

    @property
    def may_be_nothing(self) -> bool:
        """Whether the likely range holds no change at all."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Shares:
    """How many got better, stayed the same and got worse, with what re-measuring would give.

    Attributes
    ----------
    n_better, n_same, n_worse : int
    n_eligible : int
        Clients whose first score left room to get better by the threshold.
    n_room_to_worsen : int
        Clients whose first score left room to get worse by it.
    threshold : float
    unit : str
    share_better, share_worse : float
        0 to 1; of those whose first score left room for it.
    low, high : float or None
        Likely range of the share that got better.
    expected_better, expected_worse : (float, float) or None
        Lowest and highest share that re-measuring alone would give.
    threshold_label : str
    operator : str
        ``>=`` or ``>``.
    """

    n_better: int
    n_same: int
    n_worse: int
    n_eligible: int
    n_room_to_worsen: int
    threshold: float
    unit: str
    share_better: float
    share_worse: float
    low: float | None = None
    high: float | None = None
    expected_better: tuple[float, float] | None = None
    expected_worse: tuple[float, float] | None = None
    threshold_label: str = ""
    operator: str = ">="

    @property
    def n_ineligible(self) -> int:
        """Clients whose first score left no room to get better by the threshold."""
        return self.n_better + self.n_same + self.n_worse - self.n_eligible

    @property
    def beyond_re_measuring(self) -> bool:
        """Whether even the low end of the likely range lies above what re-measuring would give."""
        if self.expected_better is None or self.low is None:
            return False
        return self.low > self.expected_better[1]


@dataclass(frozen=True, slots=True)
class Comparable:
    """Whether a grouping could be compared at all, in the records' numbers.

    Attributes
    ----------
    grouping : str
        ``technique`` or ``therapist``.
    n_groups : int
    n_large_enough : int
        Groups with the least number of measured clients that a comparison takes.
    patients_needed : int
        Measured clients that it would take in each of two groups to see `difference`.
    difference : str
        A difference worth knowing, with its unit: "1 point".
    """

    grouping: str
    n_groups: int
    n_large_enough: int
    patients_needed: int
    difference: str

    @property
    def possible(self) -> bool:
        """Whether two groups are large enough to be put side by side."""
        return self.n_large_enough >= 2


@dataclass(frozen=True, slots=True)
class Headline:
    """What page one is made of.

    Attributes
    ----------
    n_seen : int
        Clients in the files.
    n_sessions : int
        Appointments; 0 where the file records none.
    flow : mapping of str to int
        Clients by what became of them, in the order of `vocabulary.columns.STATUSES`.
    when : str
        When the later score was taken: "around week 6".
    pain, mobility : MeanChange or None
        The main outcome (pain where recorded), and a measure of movement or function.
    shares : Shares or None
    immediate : MeanChange or None
        Change from before to after treatment on the same day.
    comparable : tuple of Comparable
    mean_needs : int
        Clients that a mean needs.
    missing : str
        What those not measured again could change, in the owner's words.
    """

    n_seen: int
    n_sessions: int
    flow: Mapping[str, int]
    when: str
    pain: MeanChange | None
    mobility: MeanChange | None = None
    shares: Shares | None = None
    immediate: MeanChange | None = None
    comparable: tuple[Comparable, ...] = ()
    mean_needs: int = ESTIMATE
    missing: str = ""

    @property
    def n_due(self) -> int:
        """Clients with a first score whose later score could be expected by now."""
        return self.n_measured + self.n_lost

    @property
    def n_measured(self) -> int:
        """Clients with a first and a later score."""
        return self.flow.get("measured", 0)

    @property
    def n_lost(self) -> int:
        """Clients due and without a later score that can be used."""
        return self.flow.get("not measured again", 0) + self.flow.get("not comparable", 0)
