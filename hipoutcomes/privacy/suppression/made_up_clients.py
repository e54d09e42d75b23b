"""Clients that can be made up: every change of score there can be, and from which first scores."""

import math
from dataclasses import dataclass

from hipoutcomes.privacy.suppression.population import Scale

#: Sizes of change, in steps of the scale, that made-up clients have on a long scale. Any choice
#: is safe: it leaves out clinics that could be made up too. Small ones let sums come out right.
_SIZES = (*range(11), 12, 15, 18, 21, 25, 30, 35, 40, 50, 60, 80, 100, 150, 200, 300)
#: A scale of no more steps than this is short: every size is used.
SHORT = 20


@dataclass(frozen=True, slots=True)
class PossibleChange:
    """One size of improvement that a client can have.

    Attributes
    ----------
    steps : int
        Improvement in steps of the scale; positive is better.
    kind : str
        "better", "same" or "worse".
    lowest, highest : int
        First scores it can start from, in steps above the lowest end of the scale.
    """

    steps: int
    kind: str
    lowest: int
    highest: int


def possible_changes(scale: Scale) -> tuple[PossibleChange, ...]:
    """Every change that made-up clients can have on a scale.

    Parameters
    ----------
    scale : Scale

    Examples
    --------
    >>> pain = possible_changes(Scale(0, 10, -1, 2))
    >>> len(pain), pain[0], pain[-1].kind
    (21, PossibleChange(steps=-10, kind='worse', lowest=0, highest=0), 'better')
    >>> [change.steps for change in pain if change.kind == "same"]
    [-1, 0, 1]
    """
    most = _steps(scale)
    sizes = set(range(most + 1)) if is_short(scale) else {size for size in _SIZES if size <= most}
    if scale.threshold is not None:
        enough = math.ceil(scale.threshold / scale.step - 1e-9)
        sizes |= {size for size in (enough - 1, enough) if size <= most}
    return tuple(
        PossibleChange(steps, _kind(steps, scale), *_starts(steps * scale.sign, most))
        for steps in sorted({*sizes, *(-size for size in sizes)})
    )


def is_short(scale: Scale) -> bool:
    """Whether a scale has so few steps that every size of change is used.

    Parameters
    ----------
    scale : Scale
    """
    return _steps(scale) <= SHORT


def _steps(scale: Scale) -> int:
    """How many steps a scale has."""
    return math.floor((scale.highest - scale.lowest) / scale.step + 1e-9)


def _kind(steps: int, scale: Scale) -> str:
    """What a change counts as."""
    if scale.threshold is None or abs(steps) * scale.step < scale.threshold - 1e-9:
        return "same"
    return "better" if steps > 0 else "worse"


def _starts(rise: int, most: int) -> tuple[int, int]:
    """From where a score can rise, or fall, by some steps without leaving the scale."""
    return (0, most - rise) if rise >= 0 else (-rise, most)
