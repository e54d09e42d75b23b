"""Baseline rules: which score counts as the start of an episode."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BaselineRule:
    """The last score before treatment at, or some days before, the first session.

    A score sent in between visits counts on the days before the first session, not on that day:
    it may have followed the treatment.

    Attributes
    ----------
    days : int
        Days before the first session in which a score still counts.

    Examples
    --------
    >>> BaselineRule(7).label
    'last score before treatment at the first session or up to 7 days before it'
    """

    days: int = 14

    def __post_init__(self):
        if self.days < 0:
            raise ValueError(f"A baseline rule needs 0 days or more; it has {self.days}.")

    @property
    def label(self) -> str:
        """The rule in words."""
        return (
            f"last score before treatment at the first session or up to {self.days} days before it"
        )
