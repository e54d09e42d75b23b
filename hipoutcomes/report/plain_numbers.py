"""Numbers as the report writes them: the only place where they are rounded."""

import math

from hipoutcomes.analyses.sentences import percent


def count(n: float) -> str:
    """A number of people or visits.

    Examples
    --------
    >>> count(35965)
    '35,965'
    """
    return "" if _absent(n) else f"{round(n):,}"


def of_people(n: int, noun: str = "client") -> str:
    """A number with its noun.

    Examples
    --------
    >>> of_people(1), of_people(1200)
    ('1 client', '1,200 clients')
    """
    return f"{count(n)} {noun}" if n == 1 else f"{count(n)} {noun}s"


def score(x: float, digits: int = 1) -> str:
    """A score or a change of score, with a real minus sign; minus zero is zero.

    Examples
    --------
    >>> score(2.06), score(-1.2), score(-0.01)
    ('2.1', '−1.2', '0.0')
    """
    if _absent(x):
        return ""
    said = f"{x:,.{digits}f}"
    is_zero = float(said.replace(",", "")) == 0
    return said.removeprefix("-") if is_zero else said.replace("-", "−")


def in_unit(number: str, unit: str) -> str:
    """A number with its unit; one of it is singular.

    Examples
    --------
    >>> in_unit("1", "points"), in_unit("2.5", "degrees")
    ('1 point', '2.5 degrees')
    """
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}".strip()


def share(x: float) -> str:
    """A share as a percentage; never 0% or 100% unless it is exactly that.

    Examples
    --------
    >>> share(0.527), share(0.002), share(0.0), share(0.999)
    ('53%', 'under 1%', '0%', 'over 99%')
    """
    return "" if _absent(x) else percent(x)


def between(low: str, high: str) -> str:
    """A range in words.

    Examples
    --------
    >>> between("20%", "31%"), between("3", "3")
    ('20% to 31%', '3')
    """
    return low if low == high else f"{low} to {high}"


def _absent(x: float | None) -> bool:
    """Whether there is no number."""
    if x is None:
        return True
    try:
        return math.isnan(x)
    except TypeError:
        return True
