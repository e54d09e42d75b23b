"""The smallest numbers of patients for which something is said: two different rules."""

from dataclasses import dataclass

#: The usual minimums, where nobody asks for others.
ESTIMATE, CONTRAST, DISCLOSURE_INSIDE = 10, 20, 5


@dataclass(frozen=True, slots=True)
class Minimums:
    """From how many patients on something is said of them.

    Attributes
    ----------
    estimate : int
        Fewer patients than this get no estimate: the row shows n and the reason (reliability).
    contrast : int
        Fewer patients than this in either group get no comparison (reliability).
    disclosure_inside : int
        Fewer patients than this in a cell are not shown even inside the clinic (disclosure).

    Examples
    --------
    >>> Minimums(estimate=5).label
    'no mean or share is given for fewer than 5 patients, nothing is compared with fewer than 20 in
    a group, and a report shows no numbers of groups of fewer than 5'
    >>> Minimums(estimate=1)
    Traceback (most recent call last):
        ...
    ValueError: Minimums need 2 patients or more for an estimate (an interval needs two), as many or
    more in each group of a contrast, and from 1 to as many as an estimate needs for disclosure
    inside the clinic; they have estimate=1, contrast=20 and disclosure_inside=5.
    """

    estimate: int = ESTIMATE
    contrast: int = CONTRAST
    disclosure_inside: int = DISCLOSURE_INSIDE

    def __post_init__(self):
        if (
            self.estimate < 2
            or self.contrast < self.estimate
            or not (1 <= self.disclosure_inside <= self.estimate)
        ):
            raise ValueError(
                "Minimums need 2 patients or more for an estimate (an interval needs two), as many "
                "or more in each group of a contrast, and from 1 to as many as an estimate needs "
                f"for disclosure inside the clinic; they have estimate={self.estimate}, "
                f"contrast={self.contrast} and disclosure_inside={self.disclosure_inside}."
            )

    @property
    def label(self) -> str:
        """The minimums in words."""
        return (
            f"no mean or share is given for fewer than {self.estimate} patients, nothing is "
            f"compared with fewer than {self.contrast} in a group, and a report shows no numbers "
            f"of groups of fewer than {self.disclosure_inside}"
        )

    def too_few(self, n_patients: int) -> str:
        """Say why a group of this size gets no estimate; empty where it gets one.

        Examples
        --------
        >>> Minimums().too_few(4)
        'only 4 patients; an estimate needs 10'
        >>> Minimums().too_few(10)
        ''
        """
        if n_patients >= self.estimate:
            return ""
        if n_patients == 0:
            return f"no patients; an estimate needs {self.estimate}"
        noun = "patient" if n_patients == 1 else "patients"
        return f"only {n_patients} {noun}; an estimate needs {self.estimate}"
