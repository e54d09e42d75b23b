"""How large a change matters: one record per published number, with all it depends on.

A threshold is no property of an instrument. It belongs to a measure, a population, a treatment,
an interval and a method: for HOOS pain it is 6 to 10 after exercise and 24 after a hip
replacement. The records are the rows of ``thresholds.csv``; a number nobody has checked against
its source says "not verified" wherever it is shown.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from hipoutcomes.vocabulary.measures import MEASURES

Kind = Literal["MIC", "MDC", "PASS", "SCB"]
Operator = Literal[">=", ">", "<=", "<"]
Direction = Literal["improvement", "either", "state"]
Level = Literal["individual", "group", "between groups"]

#: What each kind says.
KINDS = MappingProxyType(
    {
        "MIC": "smallest change that matters to patients",
        "MDC": "smallest change beyond measurement error",
        "PASS": "state that patients accept",
        "SCB": "change that patients find substantial",
    }
)

_WORDS = {">=": "or more", ">": "exceeded", "<=": "or less", "<": "not reached"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """One published threshold.

    Attributes
    ----------
    measure : str
    kind : {"MIC", "MDC", "PASS", "SCB"}
        Minimal important change, minimal detectable change, patient acceptable symptom state,
        substantial clinical benefit.
    value : float
        Size of the change, positive, in `unit`; for `direction` ``state`` a score to reach.
    unit : str
        The measure's own unit, or ``percent`` of the first score.
    operator : str
        How it is met. On whole-number scores ``>=`` and ``>`` give very different shares.
    direction : {"improvement", "either", "state"}
        A change for the better, a change either way, or a state.
    level : {"individual", "group", "between groups"}
        Who it is about: one patient's change, a mean change, a difference of means.
    population, treatment, interval, method : str
        Where the number comes from.
    cite, source : str
        In short, and with enough to find it.
    verified : bool
        Whether someone has seen the number, in most cases in the abstract.
    is_default : bool
        Used by `responders` where the caller names no threshold.
    caution : str
        What must stand beside it.
    """

    measure: str
    kind: Kind
    value: float
    unit: str
    operator: Operator
    direction: Direction
    level: Level
    population: str
    treatment: str
    interval: str
    method: str
    cite: str
    source: str
    verified: bool
    is_default: bool = False
    caution: str = ""

    def __post_init__(self):
        for name, allowed in (
            ("kind", get_args(Kind)),
            ("operator", get_args(Operator)),
            ("direction", get_args(Direction)),
            ("level", get_args(Level)),
            ("unit", ("percent", MEASURES[self.measure].unit)),
        ):
            if (given := getattr(self, name)) not in allowed:
                raise ValueError(
                    f"A threshold of {self.measure} has {name} {given!r}; it can be "
                    f"{', '.join(map(repr, allowed))}."
                )
        if not self.source or (self.direction != "state" and not self.value > 0):
            raise ValueError(
                f"A threshold of {self.measure} needs a source and a size above zero; it has "
                f"source {self.source!r} and value {self.value!r}."
            )

    def label(self) -> str:
        """Size, source and whether it was checked, in one line.

        Examples
        --------
        >>> default_threshold("pain").label()
        '2 points or more (Farrar 2001; verified abstract)'
        >>> default_threshold("oxford_hip_score").label()
        '8 points or more (Beard 2015; verified abstract; from hip replacement; it depends ...)'
        """
        unit = self.unit.removesuffix("s") if self.value == 1 else self.unit
        size = f"{self.value:g} {unit} {_WORDS[self.operator]}"
        checked = "verified abstract" if self.verified else "not verified"
        said = f"a score of {size}" if self.direction == "state" else size
        return f"{said} ({'; '.join(filter(None, (self.cite, checked, self.caution)))})"


def read_thresholds(path: Path) -> tuple[Threshold, ...]:
    """Read the records of a CSV; a blank unit is the measure's own.

    Raises
    ------
    ValueError
        When a record does not hold together, or a measure has two defaults.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        records = tuple(_threshold(row) for row in csv.DictReader(lines))
    defaults = [record.measure for record in records if record.is_default]
    if twice := sorted({code for code in defaults if defaults.count(code) > 1}):
        raise ValueError(f"More than one default threshold for {', '.join(twice)}.")
    return records


def _threshold(row: dict[str, str]) -> Threshold:
    """One row of the CSV as a record."""
    if row["measure"] not in MEASURES:
        raise ValueError(f"There is a threshold for {row['measure']!r}, which is no measure.")
    return Threshold(
        **{
            **row,
            "value": float(row["value"]),
            "unit": row["unit"] or MEASURES[row["measure"]].unit,
            "verified": _yes(row["verified"]),
            "is_default": _yes(row["is_default"]),
        }
    )


def _yes(cell: str) -> bool:
    """A yes or no of the CSV."""
    if cell not in ("yes", "no"):
        raise ValueError(f"A cell of thresholds.csv is {cell!r}; it can be 'yes' or 'no'.")
    return cell == "yes"


#: Every record, in the order of the file.
THRESHOLDS: tuple[Threshold, ...] = read_thresholds(Path(__file__).with_name("thresholds.csv"))

_NO_MODE = (
    "It is not recorded whether the motion was active or passive, so a change cannot be told from "
    "a change of method."
)
_REASONS = MappingProxyType(
    {
        "groc": "It is itself a rating of change, so a change of it has no meaning; read the "
        "rating.",
        "hip_range_of_motion": _NO_MODE,
        "hoos12": "No threshold after conservative care was found.",
        "hoos_ps": "The only threshold found is from hip replacement, where it is several times "
        "larger than after conservative care.",
        "hoos_jr": "The only thresholds found are from hip replacement, where they are several "
        "times larger than after conservative care.",
        "hagos": "One patient's score must change by 17.7 to 33.8 points to exceed measurement "
        "error, more than any change that matters: sorting single patients is not valid. Read "
        "mean changes of groups (Thorborg 2011).",
        "visa_g": "No trustworthy threshold was found (review by Nasser 2022: low-quality "
        "evidence on measurement error).",
        "muscle_tension": "Tension is rated in categories by one therapist; there is no "
        "validated size of change.",
        "discomfort": "Discomfort during a session is not an outcome of care; no size of change "
        "was validated.",
    }
)


def thresholds_of(measure: str) -> tuple[Threshold, ...]:
    """Every threshold of a measure, the default first.

    Raises
    ------
    ValueError
        When there is no such measure.
    """
    _require(measure)
    found = [record for record in THRESHOLDS if record.measure == measure]
    return tuple(sorted(found, key=lambda record: not record.is_default))


def default_threshold(measure: str) -> Threshold | None:
    """The threshold used where the caller names none; None where no number deserves that.

    The defaults suit conservative care: 2 points of pain (Farrar 2001), measurement error of the
    same rater for range of motion (Pua 2008), the upper end of what was found after exercise for
    HOOS. The one for the Oxford Hip Score is from hip replacement, and its label says so.

    Raises
    ------
    ValueError
        When there is no such measure.

    Examples
    --------
    >>> default_threshold("flexion_active").value
    9.7
    >>> default_threshold("hagos_pain") is None
    True
    """
    first = next(iter(thresholds_of(measure)), None)
    return first if first is not None and first.is_default else None


def why_no_threshold(measure: str) -> str:
    """Why a measure has no default threshold; empty where it has one.

    Raises
    ------
    ValueError
        When there is no such measure.

    Examples
    --------
    >>> why_no_threshold("pain")
    ''
    >>> why_no_threshold("visa_g")
    'No trustworthy threshold was found (review by Nasser 2022: ...).'
    """
    if default_threshold(measure) is not None:
        return ""
    return _REASONS[MEASURES[measure].instrument]


def _require(measure: str) -> None:
    """Refuse what is no measure."""
    if measure not in MEASURES:
        raise ValueError(
            f"There is no measure {measure!r}; the measures are {', '.join(MEASURES)}."
        )
