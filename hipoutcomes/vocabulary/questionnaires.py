"""How each questionnaire's answers become scores: items, ranges, missing-item rules, tables.

No item's wording is here: items are numbered as in the instrument's own form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from hipoutcomes.vocabulary.measures import Better

Combine = Literal["percent of best", "mean", "sum", "imputed sum", "table", "one alternative"]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a questionnaire; its scale reads like that of a `Measure`.

    Attributes
    ----------
    code : str
    instrument : str
    lowest, highest : float
    better : {"lower", "higher"}
        Which end of the answers is the good one.
    step : float
        1 where answers are whole numbers, 0 where they are continuous.
    allowed : tuple of float
        The only answers there are, where these are fewer than the whole numbers of the range.
    """

    code: str
    instrument: str
    lowest: float
    highest: float
    better: Better
    step: float = 1.0
    allowed: tuple[float, ...] = ()
    noun: str = "item score"
    unit: str = "points"
    soft_low: None = None
    soft_high: None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """How one measure comes from items.

    Attributes
    ----------
    measure : str
    items : tuple of str
    combine : str
        ``percent of best``: 100 - mean / 4 * 100 of answers from 0 (best) to 4. ``mean`` and
        ``sum`` of the answers. ``imputed sum``: mean of the answers times the number of items.
        ``table``: the sum looked up in `table`. ``one alternative``: the sum, with exactly one
        of the last items in `alternatives` answered.
    minimum : mapping of str to int
        Fewest items answered for a score, by rule; the first rule is the default.
    table : tuple of float
        Score of the sum 0, 1, 2, ...
    alternatives : tuple of str
        Items of which exactly one is answered.
    """

    measure: str
    items: tuple[str, ...]
    combine: Combine
    minimum: Mapping[str, int]
    table: tuple[float, ...] = ()
    alternatives: tuple[str, ...] = ()


#: HOOS-PS: score of the sum 0 to 20 of the answers, 100 = no difficulty. Davis AM et al. (2008),
#: Osteoarthritis Cartilage 16:551-9; read from a transcription of the developers' table 1a.
HOOS_PS_TABLE = (
    100.0, 95.4, 91.2, 87.3, 83.6, 80.0, 76.6, 73.1, 69.6, 66.1, 62.3, 58.3, 53.9, 49.2, 44.1, 38.4,
    32.1, 25.2, 17.6, 9.2, 0.0,
)  # fmt: skip

#: HOOS, JR.: interval score of the sum 0 to 24. Lyman S et al. (2016), Clin Orthop Relat Res
#: 474:1472-82; read from two transcriptions of the developers' table that agree.
HOOS_JR_TABLE = (
    100.0, 92.340, 85.257, 80.550, 76.776, 73.472, 70.426, 67.516, 64.664, 61.815, 58.930,
    55.985, 52.965, 49.858, 46.652, 43.335, 39.902, 36.363, 32.735, 29.009, 25.103, 20.805,
    15.633, 8.104, 0.0,
)  # fmt: skip


def _numbered(stem: str, n: int) -> tuple[str, ...]:
    """Codes of items numbered from 1."""
    return tuple(f"{stem}{number}" for number in range(1, n + 1))


def _part(measure: str, stem: str, n: int, **minimum: int) -> Scoring:
    """A scale of HOOS or HAGOS."""
    rules = {rule.removeprefix("rule_").replace("_", " "): least for rule, least in minimum.items()}
    return Scoring(measure, _numbered(stem, n), "percent of best", MappingProxyType(rules))


def _whole(measure: str, stem: str, n: int, combine: Combine, rule: str, least: int, table=()):
    """A questionnaire with one scale."""
    return Scoring(measure, _numbered(stem, n), combine, MappingProxyType({rule: least}), table)


_ALTERNATIVES = ("visa_g_8a", "visa_g_8b", "visa_g_8c")

#: Instrument -> how each of its measures is scored.
SCORINGS: Mapping[str, tuple[Scoring, ...]] = MappingProxyType(
    {
        "psfs": (_whole("psfs", "psfs_", 5, "mean", "any", 1),),
        "hoos": (
            _part("hoos_symptoms", "hoos_s", 5, rule_2013=3, rule_2003=3),
            _part("hoos_pain", "hoos_p", 10, rule_2013=5, rule_2003=8),
            _part("hoos_adl", "hoos_a", 17, rule_2013=9, rule_2003=15),
            _part("hoos_sport", "hoos_sp", 4, rule_2013=2, rule_2003=2),
            _part("hoos_qol", "hoos_q", 4, rule_2013=2, rule_2003=2),
        ),
        "hoos12": (
            _part("hoos12_pain", "hoos12_p", 4, half=2),
            _part("hoos12_function", "hoos12_f", 4, half=2),
            _part("hoos12_qol", "hoos12_q", 4, half=2),
        ),
        "hoos_ps": (_whole("hoos_ps", "hoos_ps_", 5, "table", "all", 5, HOOS_PS_TABLE),),
        "hoos_jr": (_whole("hoos_jr", "hoos_jr_", 6, "table", "all", 6, HOOS_JR_TABLE),),
        "hagos": (
            _part("hagos_symptoms", "hagos_s", 7, half=4),
            _part("hagos_pain", "hagos_p", 10, half=5),
            _part("hagos_adl", "hagos_a", 5, half=3),
            _part("hagos_sport", "hagos_sp", 8, half=4),
            _part("hagos_participation", "hagos_pa", 2, half=1),
            _part("hagos_qol", "hagos_q", 5, half=3),
        ),
        "ihot12": (_whole("ihot12", "ihot12_", 12, "mean", "three quarters", 9),),
        "lefs": (_whole("lefs", "lefs_", 20, "sum", "all", 20),),
        "visa_g": (
            Scoring(
                "visa_g",
                (*_numbered("visa_g_", 7), *_ALTERNATIVES),
                "one alternative",
                MappingProxyType({"all": 8}),
                alternatives=_ALTERNATIVES,
            ),
        ),
        "oxford_hip_score": (
            _whole("oxford_hip_score", "oxford_", 12, "imputed sum", "two missing", 10),
        ),
    }
)

#: Answers that are not simply the whole numbers 0 to 4, 0 the best: lowest, highest, better,
#: step, allowed.
_PLAIN = (0.0, 4.0, "lower", 1.0, ())
_ANSWERS = {
    "psfs": (0.0, 10.0, "higher", 0.0, ()),
    "ihot12": (0.0, 100.0, "higher", 0.0, ()),
    "lefs": (0.0, 4.0, "higher", 1.0, ()),
    "oxford_hip_score": (0.0, 4.0, "higher", 1.0, ()),
    "visa_g_1": (0.0, 10.0, "higher", 1.0, ()),
    **{f"visa_g_{n}": (0.0, 10.0, "higher", 1.0, (0.0, 2.0, 5.0, 7.0, 10.0)) for n in range(2, 7)},
    "visa_g_7": (0.0, 10.0, "higher", 1.0, (0.0, 4.0, 7.0, 10.0)),
    "visa_g_8a": (0.0, 10.0, "higher", 1.0, (0.0, 2.0, 5.0, 7.0, 10.0)),
    "visa_g_8b": (0.0, 20.0, "higher", 1.0, (0.0, 5.0, 10.0, 15.0, 20.0)),
    "visa_g_8c": (6.0, 30.0, "higher", 1.0, (6.0, 12.0, 18.0, 24.0, 30.0)),
}


def _item(code: str, instrument: str) -> Item:
    """One item with its answers."""
    return Item(code, instrument, *_ANSWERS.get(code, _ANSWERS.get(instrument, _PLAIN)))


#: Every item by its code.
ITEMS: dict[str, Item] = {
    code: _item(code, instrument)
    for instrument, scorings in SCORINGS.items()
    for scoring in scorings
    for code in scoring.items
}
