"""Every instrument: what it measures, how it is scored, who owns it, and what was checked.

No item's wording is part of this package. Adding an instrument is one record here, its measures
in `measures.py` and, where it has items, its scoring in `questionnaires.py`.
"""

from dataclasses import dataclass

from hipoutcomes.vocabulary.measures import MEASURES, Measure
from hipoutcomes.vocabulary.questionnaires import ITEMS, SCORINGS, Item, Scoring

__all__ = ["INSTRUMENTS", "ITEMS", "MEASURES", "Fact", "Instrument", "Item", "Measure", "Scoring"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement, and whether someone has seen it in a source.

    As text it says so when nobody has.

    Examples
    --------
    >>> print(Fact("All items are needed.", verified=False))
    All items are needed. (not verified)
    """

    text: str
    verified: bool

    def __str__(self) -> str:
        return self.text if self.verified else f"{self.text} (not verified)"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One way of scoring.

    Attributes
    ----------
    code : str
    label : str
        Its name as printed.
    scoring : Fact
        How answers become scores.
    missing_items : Fact
        When there is no score.
    licence : Fact
        Who owns it and what that means for a clinic that uses it; a summary, not legal advice.
    source : str
        Enough to find the publication. Abstracts, guides and source files were read for the facts
        marked as seen; no paper was opened in full.
    caution : str
        What a reader must know before comparing scores.
    """

    code: str
    label: str
    scoring: Fact
    missing_items: Fact
    licence: Fact
    source: str
    caution: str = ""

    def __post_init__(self):
        if not self.source or not self.licence.text:
            raise ValueError(f"{self.label} needs a source and a licence status.")

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it measures, in the order in which they are shown."""
        return tuple(m for m in MEASURES.values() if m.instrument == self.code)

    @property
    def scorings(self) -> tuple[Scoring, ...]:
        """How its measures come from items; empty for a single number."""
        return SCORINGS.get(self.code, ())

    @property
    def items(self) -> tuple[str, ...]:
        """Codes of its items; empty for a single number."""
        return tuple(item for scoring in self.scorings for item in scoring.items)

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of its missing-item rules, the default first."""
        return tuple(self.scorings[0].minimum) if self.scorings else ()

    @property
    def verified(self) -> bool:
        """Whether scoring, missing-item rule and licence were all seen in a source."""
        return not self.unverified

    @property
    def unverified(self) -> tuple[str, ...]:
        """Which of its facts nobody has checked against a source."""
        names = ("scoring", "missing_items", "licence")
        return tuple(name for name in names if not getattr(self, name).verified)


def _seen(text: str) -> Fact:
    """A statement that was seen in a source."""
    return Fact(text, verified=True)


def _recalled(text: str) -> Fact:
    """A statement that nobody has checked."""
    return Fact(text, verified=False)


_NO_ITEMS = _seen("A single number: there are no items.")
_FREE = _recalled("Generic; free to use.")
_HOOS_LICENCE = _recalled(
    "Copyright Roos and colleagues; free for clinicians and academics; the wording is not to be "
    "altered and is not part of this package."
)
_PERCENT_OF_BEST = "100 - mean of the answers (0 to 4) / 4 * 100."

_ALL = (
    Instrument(
        "nprs",
        "Numeric pain rating scale (NPRS), 0-10",
        _seen("The number given."),
        _NO_ITEMS,
        _FREE,
        "Farrar JT et al. (2001), Pain 94:149-58.",
        "Say which pain was asked about (now, last day, last week), and keep scores from before "
        "and after a session apart.",
    ),
    Instrument(
        "vas",
        "Visual analogue scale of pain (VAS), 0-100 mm",
        _seen("The millimetres measured."),
        _NO_ITEMS,
        _FREE,
        "Tubach F et al. (2005), Ann Rheum Dis 64:29-33.",
        "Scores in centimetres (0-10) are not to be mixed in silently.",
    ),
    Instrument(
        "psfs",
        "Patient-Specific Functional Scale (PSFS)",
        _seen("Mean of three to five activities that the patient names, 0 unable to 10 as before."),
        _recalled("Mean of the activities scored; at least one."),
        _recalled("Free to use."),
        "Stratford P et al. (1995), Physiother Can 47:258-63.",
        "A change must use the activities scored at the start; those added later do not count.",
    ),
    Instrument(
        "groc",
        "Global rating of change (GROC), -7 to +7",
        _recalled("The number given."),
        _NO_ITEMS,
        _FREE,
        "Jaeschke R et al. (1989), Control Clin Trials 10:407-15.",
        "It is itself a rating of change and follows the present state; scales of 11 and of 15 "
        "points are not interchangeable.",
    ),
    Instrument(
        "hip_range_of_motion",
        "Hip range of motion, degrees",
        _seen("The degrees measured; extension beyond neutral is positive."),
        _NO_ITEMS,
        _FREE,
        "Pua YH et al. (2008), Arch Phys Med Rehabil 89:1146; Poulsen E et al. (2012), BMC "
        "Musculoskelet Disord 13:242.",
        "Between raters, devices or positions readings differ by more than most changes: a change "
        "needs the same rater, device, position and mode.",
    ),
    Instrument(
        "hoos",
        "Hip disability and Osteoarthritis Outcome Score (HOOS)",
        _seen(f"Each subscale: {_PERCENT_OF_BEST} There is no total score."),
        _seen(
            "Half of the items of a subscale (rule of 2013); the rule of 2003 needs 8 of 10 pain "
            "and 15 of 17 daily living items."
        ),
        _HOOS_LICENCE,
        "Nilsdotter AK et al. (2003), BMC Musculoskelet Disord 4:10; HOOS scoring guide (2013).",
    ),
    Instrument(
        "hoos12",
        "HOOS-12",
        _recalled(f"Each scale: {_PERCENT_OF_BEST} The summary is the mean of the three scales."),
        _recalled("2 of the 4 items of a scale; the summary needs all three scales."),
        _HOOS_LICENCE,
        "Gandek B, Roos EM, Franklin PD, Ware JE (2019), Osteoarthritis Cartilage; koos.nu.",
    ),
    Instrument(
        "hoos_ps",
        "HOOS Physical Function Short-form (HOOS-PS)",
        _seen("The sum of the answers looked up in the developers' table; 100 = no difficulty."),
        _recalled("All 5 items."),
        _HOOS_LICENCE,
        "Davis AM et al. (2008), Osteoarthritis Cartilage 16:551-9; koos.nu (2016).",
        "Both directions are official: here 100 = no difficulty. Scores written with 0 = no "
        "difficulty are turned by 100 - score.",
    ),
    Instrument(
        "hoos_jr",
        "HOOS, JR.",
        _seen("The sum of the answers looked up in the developers' interval table."),
        _recalled("All 6 items."),
        _recalled(
            "Copyright Hospital for Special Surgery; free with attribution; the wording is not "
            "part of this package."
        ),
        "Lyman S et al. (2016), Clin Orthop Relat Res 474:1472-82.",
        "Made for hip replacement; not validated for soft-tissue care.",
    ),
    Instrument(
        "hagos",
        "Copenhagen Hip and Groin Outcome Score (HAGOS)",
        _seen(f"Each subscale: {_PERCENT_OF_BEST} There is no total score."),
        _recalled("Half of the items of a subscale."),
        _seen("Freely available; the wording is not part of this package."),
        "Thorborg K et al. (2011), Br J Sports Med 45:478-91.",
        "One patient's score must change by 18 to 34 points to exceed measurement error: read "
        "means of groups, not individuals.",
    ),
    Instrument(
        "ihot12",
        "International Hip Outcome Tool (iHOT-12)",
        _seen("Mean of the items, each 0 to 100."),
        _recalled(
            "9 of the 12 items: a cautious rule of this package, because the instrument's own "
            "minimum was not found."
        ),
        _recalled("Free; copyright MAHORN; the wording is not part of this package."),
        "Griffin DR et al. (2012), Arthroscopy 28:611-6.",
    ),
    Instrument(
        "lefs",
        "Lower Extremity Functional Scale (LEFS), 0-80",
        _recalled("Sum of 20 answers from 0 to 4."),
        _recalled("All 20 items: a cautious rule of this package; no official rule was found."),
        _recalled("Copyright Stratford 1996; the wording is not part of this package."),
        "Binkley JM et al. (1999), Phys Ther 79:371-83.",
        "Healthy people score 77 of 80 (median), so there is little room above.",
    ),
    Instrument(
        "visa_g",
        "VISA-G, for gluteal tendinopathy and greater trochanteric pain",
        _seen("Sum of items 1 to 7 and of exactly one of items 8A, 8B and 8C."),
        _seen("All items; none when more than one of 8A, 8B and 8C is answered."),
        _recalled("Published by Elsevier; the wording is not part of this package."),
        "Fearon AM et al. (2015), Man Ther 20:805-13.",
        "Only for gluteal tendinopathy and greater trochanteric pain.",
    ),
    Instrument(
        "oxford_hip_score",
        "Oxford Hip Score (OHS), 0-48",
        _seen("Sum of 12 answers from 0 to 4, 4 the best."),
        _recalled(
            "With more than 2 items missing there is no score; with 1 or 2 missing, the mean of "
            "the others stands for them."
        ),
        _seen(
            "Restricted: a licence from Oxford University Innovation, whose fee depends on the "
            "use; the wording is not part of this package."
        ),
        "Dawson J et al. (1996), J Bone Joint Surg Br 78:185-90; Murray DW et al. (2007), "
        "J Bone Joint Surg Br 89:1010-4.",
        "An older coding from 12 to 60, lower is better, still circulates: 60 - old score.",
    ),
    Instrument(
        "tug",
        "Timed Up and Go (TUG)",
        _seen("Seconds taken."),
        _NO_ITEMS,
        _FREE,
        "Podsiadlo D, Richardson S (1991), J Am Geriatr Soc 39:142-8.",
        "Keep to one way: the fastest of several trials, or their mean.",
    ),
    Instrument(
        "chair_stand",
        "30-second chair stand",
        _seen("Full stands in 30 seconds."),
        _NO_ITEMS,
        _FREE,
        "Jones CJ et al. (1999), Res Q Exerc Sport 70:113-9.",
    ),
    Instrument(
        "muscle_tension",
        "Muscle tension, rated by the therapist",
        _recalled("The category given; 0 is none. 0 to 3 in most clinics, up to 10 in some."),
        _NO_ITEMS,
        _FREE,
        "No validated instrument; palpation agrees poorly between raters (Lucas N et al. (2009), "
        "Clin J Pain 25:80-9).",
        "Described as shifts of category within one rater; never a mean, never a main outcome.",
    ),
    Instrument(
        "discomfort",
        "Discomfort during the session, 0-10",
        _recalled("The number given; 0 is none."),
        _NO_ITEMS,
        _FREE,
        "No validated instrument; asked in the manner of the numeric pain rating scale.",
        "What the session felt like; it is not an outcome of care.",
    ),
)

#: Every instrument by its code.
INSTRUMENTS: dict[str, Instrument] = {instrument.code: instrument for instrument in _ALL}
