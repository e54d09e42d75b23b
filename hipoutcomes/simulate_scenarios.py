"""What can be made true in a simulated clinic, with the sources of the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import sqrt
from types import MappingProxyType

#: Techniques that simulated therapists use, with the share of patients who get each.
TECHNIQUE_SHARES = MappingProxyType(
    {"swedish": 0.30, "deep_tissue": 0.30, "trigger_point": 0.20, "myofascial_release": 0.20}
)

#: Conditions, with the share of patients, mean age and share of women in each (judgement).
CONDITIONS = MappingProxyType(
    {
        "bursitis": (0.26, 55, 0.75),
        "tendinopathy": (0.20, 48, 0.65),
        "osteoarthritis": (0.26, 66, 0.55),
        "piriformis": (0.14, 44, 0.55),
        "impingement": (0.06, 33, 0.50),
        "nonspecific": (0.08, 46, 0.55),
    }
)

_SHARES = (
    "reliability",
    "therapist_icc",
    "stop_well",
    "stop_discouraged",
    "stop_random",
    "stop_hidden",
    "text_share",
    "never_measured",
    "missing",
    "running",
    "second_episode",
    "two_hips",
)


def _natural_course() -> dict[str, float]:
    """Points of pain that pass without any specific help, by condition."""
    return {
        "bursitis": 1.0,
        "tendinopathy": 1.0,
        "osteoarthritis": 2.0,
        "piriformis": 1.5,
        "impingement": 0.8,
        "nonspecific": 1.5,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is true in a simulated clinic. Pain is in points of the 0-10 scale, lower is better.

    Change a scenario with ``dataclasses.replace(SCENARIOS["default"], confounding=1.0)``.

    Attributes
    ----------
    name : str
    entry_minimum : int
        Recorded pain from which people book a first session (3 [1]_).
    pain_mean, pain_sd : float
        One recorded score of the people from whom patients come, before that choice. 4.9 and 2.3
        give recorded first scores of mean 5.5 and standard deviation 1.8 [1]_.
    reliability : float
        Correlation of two recorded scores of one patient while nothing changes (0.6 [1]_). What
        is left over is variation from visit to visit, and so regression to the mean.
    natural_course : mapping of str to float
        Points that pass in time, by condition; absent is 0. Falls in control and sham arms:
        osteoarthritis 2.0 [2]_, bursitis and tendinopathy 1.0 [3]_; impingement 0.8, piriformis
        and non-specific 1.5 (judgement).
    natural_sd : float
        Standard deviation of that between patients; some get worse. 1.5 gives changes with a
        standard deviation of 2.2 to 2.6 [1]_.
    natural_weeks : float
        Time constant: after so many weeks 63 % of it has happened (judgement).
    specific_benefit : float
        Points by which massage itself lowers pain at its full size: 0.8 [4]_.
    benefit_sessions : int
        Sessions until full size, in equal steps; more sessions add nothing (judgement).
    benefit_full_until, benefit_gone_by : float
        Weeks since the first session: the benefit is whole until week 8 and gone by week 24 [5]_.
    technique_sd : float
        Standard deviation of true differences between techniques: 0; 0.15 is plausible [6]_.
    technique_extra : mapping of str to float
        Points of benefit added for a technique, by code; used to plant a difference.
    therapist_icc : float
        Share of the variance of change that lies between therapists (0.01 [7]_).
    confounding : float
        Log odds of deep tissue per point of first pain above the mean (judgement).
    confounding_hidden : float
        Log odds of deep tissue per point of usual pain above the mean, which nobody records: 0.
    immediate_drop, immediate_sd : float
        Fall of pain within a session, gone by the next (judgement: larger than what lasts).
    stop_well, stop_discouraged, stop_random : float
        Chance to stop after a session for a patient who feels pain of 2 or less; who from the
        second session on is no better than at first; and for anyone (judgement; loss to
        follow-up is 10 to 30 % [1]_).
    stop_hidden : float
        Chance to stop for a patient whose true pain will be 2 or less by the day of the next
        visit: relief that nobody records, for they do not come. 0.
    text_share : float
        Share of patients whose pain is known from a text message around week 6, come or not.
    never_measured : float
        Share of patients whose pain is not written down again after the first session.
    missing : float
        Share of other cells left blank.
    running : float
        Episodes, relative to patients, that began before the file does.
    second_episode : float
        Share of patients who return with a new complaint after a gap of more than 90 days.
    two_hips : float
        Share of patients treated for both hips.
    motion_gain : float
        Degrees of active motion gained with the full benefit (0 to 3 [1]_).

    References
    ----------
    .. [1] Defaults bracketed by the trials below; visit-to-visit reliability from the arms of
       Vickers A (2006). Trials 7:15.
    .. [2] Bennell K et al. (2014). JAMA 311:1987; the sham arm.
    .. [3] Mellor R et al. (2018). BMJ 361:k1662; 29 % success with wait-and-see.
    .. [4] Perlman A et al. (2019). J Gen Intern Med 34:379-86; massage against light touch.
    .. [5] Perlman A et al. (2012). PLoS ONE 7:e30248; nothing left at 24 weeks.
    .. [6] Cherkin D et al. (2011). Ann Intern Med 155:1; no trial compares them for the hip.
    .. [7] BMC Musculoskelet Disord (2013) 14:158; assumed for a trial of low back pain.

    Raises
    ------
    ValueError
        When a share is not between 0 and 1, when nobody would book, when times are out of order,
        or when a condition or technique is unknown.

    Examples
    --------
    >>> Scenario(specific_benefit=0.0).specific_benefit
    0.0
    """

    name: str = "default"
    entry_minimum: int = 3
    pain_mean: float = 4.9
    pain_sd: float = 2.3
    reliability: float = 0.6
    natural_course: Mapping[str, float] = field(default_factory=_natural_course)
    natural_sd: float = 1.5
    natural_weeks: float = 4.0
    specific_benefit: float = 0.8
    benefit_sessions: int = 4
    benefit_full_until: float = 8.0
    benefit_gone_by: float = 24.0
    technique_sd: float = 0.0
    technique_extra: Mapping[str, float] = field(default_factory=dict)
    therapist_icc: float = 0.01
    confounding: float = 0.25
    confounding_hidden: float = 0.0
    immediate_drop: float = 1.5
    immediate_sd: float = 0.8
    stop_well: float = 0.35
    stop_discouraged: float = 0.20
    stop_random: float = 0.05
    stop_hidden: float = 0.0
    text_share: float = 0.35
    never_measured: float = 0.08
    missing: float = 0.04
    running: float = 0.06
    second_episode: float = 0.06
    two_hips: float = 0.03
    motion_gain: float = 1.5

    def __post_init__(self):
        for share in _SHARES:
            if not 0 <= getattr(self, share) <= 1:
                raise ValueError(f"{share} must lie between 0 and 1; it is {getattr(self, share)}.")
        if not 0 <= self.entry_minimum <= 8:
            raise ValueError(f"entry_minimum must be 0 to 8; it is {self.entry_minimum}.")
        if self.pain_mean + 2 * self.pain_sd < self.entry_minimum:
            raise ValueError(
                f"Hardly anyone would book: pain_mean={self.pain_mean} and pain_sd={self.pain_sd} "
                f"are too low for entry_minimum={self.entry_minimum}."
            )
        if self.benefit_sessions < 1 or self.natural_weeks <= 0:
            raise ValueError(
                "benefit_sessions must be 1 or more and natural_weeks above 0; they are "
                f"{self.benefit_sessions} and {self.natural_weeks}."
            )
        if self.benefit_gone_by <= self.benefit_full_until:
            raise ValueError(
                f"benefit_gone_by ({self.benefit_gone_by}) must come after benefit_full_until "
                f"({self.benefit_full_until})."
            )
        _refuse_unknown("natural_course", self.natural_course, CONDITIONS)
        _refuse_unknown("technique_extra", self.technique_extra, TECHNIQUE_SHARES)

    @property
    def visit_sd(self) -> float:
        """Standard deviation of one patient's score from visit to visit, nothing changing."""
        return self.pain_sd * sqrt(1 - self.reliability)

    @property
    def therapist_sd(self) -> float:
        """Standard deviation of benefit between therapists."""
        return sqrt(self.therapist_icc * (2 * self.visit_sd**2 + self.natural_sd**2))

    def settings(self) -> dict[str, object]:
        """Every field and its value."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def _refuse_unknown(name: str, given: Mapping, allowed: Mapping) -> None:
    """Refuse codes that the simulator does not know."""
    if unknown := sorted(set(given) - set(allowed)):
        raise ValueError(
            f"{name} names {', '.join(unknown)}; the simulator knows {', '.join(allowed)}."
        )


#: Scenarios by name. "null": no benefit, no recovery, no differences; scores only vary.
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        scenario.name: scenario
        for scenario in (
            Scenario(),
            Scenario(
                name="null",
                entry_minimum=4,
                pain_mean=5.0,
                pain_sd=2.0,
                natural_course={},
                natural_sd=0.0,
                specific_benefit=0.0,
                therapist_icc=0.0,
                confounding=0.0,
                immediate_drop=0.0,
                motion_gain=0.0,
            ),
            Scenario(
                name="planted",
                specific_benefit=0.0,
                benefit_sessions=1,
                technique_extra={"deep_tissue": 0.8},
                therapist_icc=0.0,
                confounding=0.0,
            ),
            Scenario(
                name="informative_stopping",
                specific_benefit=0.0,
                natural_sd=2.5,
                stop_well=0.60,
                stop_discouraged=0.45,
                stop_random=0.03,
                text_share=0.60,
                confounding=0.0,
            ),
            Scenario(
                name="hidden_stopping",
                specific_benefit=0.0,
                natural_sd=2.5,
                stop_well=0.0,
                stop_discouraged=0.0,
                stop_random=0.03,
                stop_hidden=0.80,
                text_share=0.60,
                confounding=0.0,
            ),
            Scenario(name="confounded", confounding=1.0),
        )
    }
)
