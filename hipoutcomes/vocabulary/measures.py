"""Every measure: the smallest thing with a direction and a range."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from hipoutcomes.vocabulary.codelists import MOTIONS, MUSCLES

Better = Literal["lower", "higher"]
Domain = Literal[
    "pain",
    "mobility",
    "function",
    "quality of life",
    "tension",
    "discomfort",
    "performance",
    "global change",
]
Unit = Literal["points", "degrees", "seconds", "repetitions"]

#: Ways to write how a motion was measured: suffix of the code, word of the label.
MODES = MappingProxyType({"_active": "active", "_passive": "passive", "": ""})


@dataclass(frozen=True, slots=True)
class Measure:
    """A subscale of an instrument, one motion, or one muscle group's tension.

    Attributes
    ----------
    code : str
    instrument : str
        Code of its record in `vocabulary.instruments.INSTRUMENTS`.
    noun : str
        For the middle of a sentence: "pain".
    label : str
        For axes and headings: "Pain, 0-10".
    domain : str
        Kind of thing it tells about.
    lowest, highest : float
        Hard bounds; a score outside is refused.
    better : {"lower", "higher"}
    unit : str
    step : float
        1 where scores are whole numbers, 0 where they are continuous.
    soft_low, soft_high : float, optional
        Bounds of what is usually seen; a score outside is questioned. None where the hard
        bounds are all there is.
    ordinal : bool
        Categories in order: described as shifts of category, never as means.
    needs_setting : bool
        A change needs the same known rater; of a motion also the same device and position.
    """

    code: str
    instrument: str
    noun: str
    label: str
    domain: Domain
    lowest: float
    highest: float
    better: Better
    unit: Unit = "points"
    step: float = 0.0
    soft_low: float | None = None
    soft_high: float | None = None
    ordinal: bool = False
    needs_setting: bool = False

    @property
    def sign(self) -> int:
        """What a change is multiplied by so that positive is better: +1 or -1."""
        return 1 if self.better == "higher" else -1


#: Soft and hard bounds in degrees. Extension is positive beyond neutral, negative for a
#: contracture; all bounds are judgement, wide enough for the reference values of adults.
MOTION_BOUNDS = MappingProxyType(
    {
        "flexion": (60, 140, 0, 160),
        "extension": (-20, 35, -60, 60),
        "abduction": (10, 60, -10, 90),
        "adduction": (0, 40, -10, 60),
        "internal_rotation": (0, 55, -30, 80),
        "external_rotation": (10, 65, -20, 90),
    }
)


def _motion(motion: str, suffix: str, mode: str) -> Measure:
    """Range of one motion, measured in one mode."""
    soft_low, soft_high, lowest, highest = map(float, MOTION_BOUNDS[motion])
    words = f"hip {MOTIONS.label(motion).lower()}"
    return Measure(
        code=motion + suffix,
        instrument="hip_range_of_motion",
        noun=f"{mode} {words}".strip(),
        label=f"{words.capitalize()}, {mode}" if mode else words.capitalize(),
        domain="mobility",
        lowest=lowest,
        highest=highest,
        better="higher",
        unit="degrees",
        soft_low=soft_low,
        soft_high=soft_high,
        needs_setting=True,
    )


def _scale(code: str, instrument: str, name: str, domain: Domain, highest: float = 100) -> Measure:
    """A questionnaire's scale from 0, higher is better."""
    return Measure(
        code, instrument, name, f"{name}, 0-{highest:g}", domain, 0.0, float(highest), "higher"
    )


def _tension(code: str, name: str) -> Measure:
    """A therapist's rating of tension: 0-3 in most clinics, up to 0-10 in some."""
    return Measure(
        code,
        "muscle_tension",
        name,
        f"{name[0].upper()}{name[1:]} (rated)",
        "tension",
        0.0,
        10.0,
        "lower",
        step=1.0,
        ordinal=True,
        needs_setting=True,
    )


_SINGLE = (
    Measure("pain", "nprs", "pain", "Pain, 0-10", "pain", 0.0, 10.0, "lower", step=1.0),
    Measure("pain_vas", "vas", "pain (VAS)", "Pain (VAS), 0-100", "pain", 0.0, 100.0, "lower"),
    _scale("psfs", "psfs", "patient-specific function", "function", 10),
    Measure(
        "groc",
        "groc",
        "rating of change",
        "Global rating of change, -7 to +7",
        "global change",
        -7.0,
        7.0,
        "higher",
        step=1.0,
    ),
)

_MOTIONS = tuple(_motion(m, suffix, mode) for m in MOTIONS.terms for suffix, mode in MODES.items())

_QUESTIONNAIRES = (
    _scale("hoos_symptoms", "hoos", "HOOS symptoms", "function"),
    _scale("hoos_pain", "hoos", "HOOS pain", "pain"),
    _scale("hoos_adl", "hoos", "HOOS daily living", "function"),
    _scale("hoos_sport", "hoos", "HOOS sport", "function"),
    _scale("hoos_qol", "hoos", "HOOS quality of life", "quality of life"),
    _scale("hoos12_pain", "hoos12", "HOOS-12 pain", "pain"),
    _scale("hoos12_function", "hoos12", "HOOS-12 function", "function"),
    _scale("hoos12_qol", "hoos12", "HOOS-12 quality of life", "quality of life"),
    _scale("hoos12_summary", "hoos12", "HOOS-12 summary", "function"),
    _scale("hoos_ps", "hoos_ps", "HOOS-PS function", "function"),
    _scale("hoos_jr", "hoos_jr", "HOOS, JR.", "function"),
    _scale("hagos_symptoms", "hagos", "HAGOS symptoms", "function"),
    _scale("hagos_pain", "hagos", "HAGOS pain", "pain"),
    _scale("hagos_adl", "hagos", "HAGOS daily living", "function"),
    _scale("hagos_sport", "hagos", "HAGOS sport", "function"),
    _scale("hagos_participation", "hagos", "HAGOS participation", "function"),
    _scale("hagos_qol", "hagos", "HAGOS quality of life", "quality of life"),
    _scale("ihot12", "ihot12", "iHOT-12", "quality of life"),
    _scale("lefs", "lefs", "LEFS function", "function", 80),
    _scale("visa_g", "visa_g", "VISA-G", "function"),
    _scale("oxford_hip_score", "oxford_hip_score", "Oxford Hip Score", "function", 48),
)

_OBSERVED = (
    Measure(
        "tug",
        "tug",
        "Timed Up and Go",
        "Timed Up and Go",
        "performance",
        2.0,
        300.0,
        "lower",
        unit="seconds",
        soft_low=4.0,
        soft_high=40.0,
    ),
    Measure(
        "chair_stand",
        "chair_stand",
        "30-second chair stand",
        "30-second chair stand",
        "performance",
        0.0,
        60.0,
        "higher",
        unit="repetitions",
        step=1.0,
        soft_low=3.0,
        soft_high=30.0,
    ),
    _tension("tension", "muscle tension"),
    *(
        _tension(f"tension_{code}", f"tension of the {term.label.lower()}")
        for code, term in MUSCLES.terms.items()
    ),
    Measure(
        "discomfort",
        "discomfort",
        "discomfort during the session",
        "Discomfort during the session, 0-10",
        "discomfort",
        0.0,
        10.0,
        "lower",
        step=1.0,
    ),
)

#: Every measure by its code, in the order in which they are shown.
MEASURES: dict[str, Measure] = {
    measure.code: measure for measure in (*_SINGLE, *_MOTIONS, *_QUESTIONNAIRES, *_OBSERVED)
}
