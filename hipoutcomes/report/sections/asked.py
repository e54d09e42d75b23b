"""Asked and Part: what a report asks, and the section it stands in."""

from collections.abc import Callable
from dataclasses import dataclass

from hipoutcomes.results import Estimates


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the report.

    Attributes
    ----------
    heading : str
        As the owner would ask it.
    ask : callable
        Without arguments; gives Estimates, or raises NotEnoughData.
    record : str
        What to record where it cannot be answered.
    needs : tuple of str
        Columns of episodes without which it cannot be answered.
    chart : bool
        Whether the report draws it.
    outcome : str
        Measure of an answer that a plan can name; empty for one that no plan is about.
    by : tuple of str
        Groupings that the answer puts side by side.
    """

    heading: str
    ask: Callable[[], Estimates]
    record: str = ""
    needs: tuple[str, ...] = ()
    chart: bool = True
    outcome: str = ""
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One section: its place, title, first words and questions."""

    anchor: str
    title: str
    lead: tuple[str, ...]
    asked: tuple[Asked, ...]
