"""The words that clinics put into the headings of score columns."""

from typing import NamedTuple


class Moment(NamedTuple):
    """When a score was taken, as a heading says it.

    Attributes
    ----------
    timing : str
        ``before``, ``during``, ``after`` or ``between``.
    family : str
        ``visit`` (before and after one treatment), ``course`` (start and end of care),
        ``either`` where the words do for both, empty for scores between visits.
    days_later : int
        Days after the date of the row.
    """

    timing: str
    family: str = ""
    days_later: int = 0


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("|"))


_OF_A_SESSION = _phrases("|tx|treatment|session|massage|visit|appt|appointment|rx")


def _moments() -> dict[str, Moment]:
    """Each phrase that tells a moment."""
    table = {}
    for word, timing in (
        *((word, "before") for word in ("before", "pre", "prior to", "start of", "beginning of")),
        *((word, "after") for word in ("after", "post", "following", "end of")),
        *((word, "during") for word in ("during", "in")),
    ):
        for noun in _OF_A_SESSION:
            if noun:
                table[f"{word} {noun}"] = table[f"{word} the {noun}"] = Moment(timing, "visit")
            elif " " not in word and word not in ("in", "following"):
                table[word] = Moment(timing, "either")
    named = {
        Moment("before", "visit"): "on arrival|at arrival|arrival|arriving|coming in|prior",
        Moment("before", "either"): "start|at start|beginning",
        Moment("after", "visit"): "on leaving|leaving|at departure|immediately after|right after",
        Moment("after", "either"): "end|at end|finish",
        Moment("between"): "between|between visits|between sessions|between appointments|"
        "text message|by text|by phone|by email",
        Moment(
            "between", "", 1
        ): "next day|the next day|day after|1 day after|24 h after|24h after|"
        "24 hours after|24 h later|24h later|24 hours later|24 hrs later|24 hrs after|next morning|"
        "1 day later|day 1 after|24h|24 hr|24 hours|post 24h|post 24 h",
        Moment("between", "", 2): "48 h later|48h later|48 hours later|48 hours after|48 h after|"
        "48h|2 days later|2 days after|two days later",
        Moment("before", "course"): "baseline|at baseline|initial|intake|at intake|pre op|preop|"
        "pre operative|preoperative|admission|on admission|first|at first visit|first visit|"
        "enrolment|enrollment|t0|start of care|start of course|before care|at start of care|bl",
        Moment("between", "course"): "discharge|at discharge|final|follow up|followup|fu|f u|"
        "post op|postop|post operative|postoperative|last|end of care|end of course|after care|"
        "outcome|later|t1|at last visit|last visit|at end of care",
    }
    for moment, text in named.items():
        table.update(dict.fromkeys(_phrases(text), moment))
    return table


#: Folded phrase -> moment.
MOMENTS = _moments()

#: Words for the side in a score's heading. "right" and "left" alone.
SIDES = {"left": "left", "lt": "left", "l": "left", "right": "right", "rt": "right", "r": "right"}

#: Words for active or passive motion.
MODES = {
    **dict.fromkeys(("active", "arom", "act", "actively"), "active"),
    **dict.fromkeys(("passive", "prom", "pass", "passively"), "passive"),
}

#: Words that tell a measure, beyond its own code. Compared without spaces.
MEASURE_WORDS = {
    "pain": "pain|nprs|nrs|vas|nprs pain|nrs pain|vas pain|pain nprs|pain nrs|pain vas|pain now|"
    "current pain|pain today|numeric pain|numeric pain rating|numeric rating|numerical rating|"
    "numerical pain|visual analogue|visual analog|pain right now|average pain today|"
    "pain at rest now|nprs 11",
    "psfs": "psfs|patient specific functional|patient specific function",
    "groc": "groc|grcs|gpe|global rating of change|global change|global perceived effect",
    "tension": "tension|muscle tension|tone|muscle tone|tightness|muscle tightness|tenderness|"
    "overall tension|hypertonicity|hip tension",
    "discomfort": "discomfort|massage discomfort|treatment discomfort|session discomfort|"
    "pain of massage|discomfort of massage|discomfort with pressure",
    "tug": "tug|tug s|timed up and go|timed up and go s|timed up go|timed up go s|up and go",
    "chair_stand": "chair stand|chair stands|sit to stand|30 s chair stand|30s chair stand|"
    "30 second chair stand|30 sec chair stand|30 sec sit to stand|30s sts|30 s sit to stand|cst|"
    "30cst|chair rise|chair rises",
    "oxford_hip_score": "ohs|oxford|oxford hip|hip replacement oxford",
    "hoos_sport": "hoos sport rec|hoos sports|hoos sport recreation|hoos sp",
    "hoos_qol": "hoos quality of life|hoos q",
    "hoos_adl": "hoos daily living|hoos function daily living|hoos a",
    "hoos_symptoms": "hoos symptom|hoos s",
    "hoos_jr": "hoos jr|hoos junior",
    "ihot12": "ihot|ihot 12|i hot 12",
    "lefs": "lefs|lower extremity functional|lower extremity function",
    "visa_g": "visa g|visag|visa",
    "hagos_participation": "hagos pa",
    "hagos_qol": "hagos quality of life",
}

#: Words for a motion of the hip. Compared without spaces.
MOTION_WORDS = {
    "flexion": "flexion|flex|hip flexion",
    "extension": "extension|ext|exten",
    "abduction": "abduction|abd|abduct",
    "adduction": "adduction|add|adduct",
    "internal_rotation": "internal rotation|internal rot|int rotation|int rot|ir|"
    "medial rotation|med rotation|inward rotation|introt",
    "external_rotation": "external rotation|external rot|ext rotation|ext rot|er|"
    "lateral rotation|lat rotation|outward rotation|extrot",
}

#: Words for a muscle group in a heading of tension. Compared without spaces.
MUSCLE_WORDS = {
    "gluteus_maximus": "gluteus maximus|glute max|gmax|glut max|glutes max",
    "gluteus_medius": "gluteus medius|glute med|gmed|glut med",
    "gluteus_minimus": "gluteus minimus|glute min|gmin|glut min",
    "hip_flexors": "hip flexors|hip flexor|flexors|iliopsoas|psoas",
    "adductors": "adductors|adductor|groin",
    "abductors": "abductors|abductor",
    "piriformis": "piriformis|piri",
    "lower_back": "lower back|low back|lumbar|ql|lumbar paraspinals",
}

#: Words that carry no meaning of their own in a score's heading.
FILLERS = frozenset(
    _phrases(
        "score|scores|level|rating|scale|intensity|value|the|of|at|on|in|for|by|to|hip|rom|range|"
        "motion|movement|degrees|degree|deg|points|pts|result|total|reading|measured|ready|"
        "subscale|and|with|item|question|qu|mm|cm|sec|seconds|secs|out|max|number|no|reported|"
        "patient|client|pt|recorded|overall|"
        "how|strong|bad|much|is|your|you|do|have|feel|today|now|rate|please|current|what"
    )
)

#: Abbreviations of a motion that mean something else when they stand alone.
NEVER_ALONE = frozenset(("add", "ext", "er", "act", "abd"))
