"""Other ways in which files write the scores of a measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coding:
    """One other way of writing a score; here it is ``constant + factor * score``.

    Attributes
    ----------
    measure : str
    name : str
        What a caller types.
    lowest, highest : float
        Range of the scores as the file has them.
    constant, factor : float
    source : str
    verified : bool
    """

    measure: str
    name: str
    lowest: float
    highest: float
    constant: float
    factor: float
    source: str
    verified: bool


#: Every other coding, by measure and name.
CODINGS = {
    (coding.measure, coding.name): coding
    for coding in (
        Coding(
            "oxford_hip_score",
            "12-60",
            12.0,
            60.0,
            60.0,
            -1.0,
            "Murray DW et al. (2007), J Bone Joint Surg Br 89:1010-4; 12 the best.",
            verified=True,
        ),
        Coding(
            "hoos_ps",
            "0 = no difficulty",
            0.0,
            100.0,
            100.0,
            -1.0,
            "Davis AM et al. (2008), Osteoarthritis Cartilage 16:551-9; koos.nu (2016).",
            verified=True,
        ),
    )
}
