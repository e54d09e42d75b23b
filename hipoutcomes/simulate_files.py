"""What a simulated clinic writes down: its rows as typed, before anything goes wrong."""

import numpy as np
import pandas as pd

from hipoutcomes.simulate_course import Course, as_score
from hipoutcomes.simulate_scenarios import Scenario

_THERAPISTS = ("Ada", "Ben", "Cleo", "Dev", "Eva", "Finn", "Gia", "Hugo", "Ines", "Kira", "Leo")

#: How therapists type each technique.
TECHNIQUE_WORDS = {
    "swedish": "Swedish",
    "deep_tissue": "Deep tissue",
    "trigger_point": "Trigger point therapy",
    "myofascial_release": "Myofascial release",
}

#: How they type each condition.
CONDITION_WORDS = {
    "bursitis": "Hip bursitis",
    "tendinopathy": "Tendinopathy",
    "osteoarthritis": "Osteoarthritis",
    "piriformis": "Piriformis syndrome",
    "impingement": "Hip impingement",
    "nonspecific": "Non-specific hip pain",
}

_SIDES = ("Left", "Right", "Both")
_PRESSURES = ("light", "medium", "firm", "deep")
_AFTERCARE = ("hydration", "stretching", "stretching; hydration", "strengthening; rest")


def typed_rows(
    scenario: Scenario,
    course: Course,
    n_therapists: int,
    date_format: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The rows as a clinic types them, in the order of days; every cell is text or missing."""
    rows = course.rows.assign(patient=course.episodes["patient"].to_numpy()[course.rows["episode"]])
    rows = rows.sort_values(["day", "patient", "number"], kind="stable").reset_index(drop=True)
    episodes = course.episodes.iloc[rows["episode"]].reset_index(drop=True)
    rows = _as_given(rows, episodes, n_therapists, rng)
    visit = rows["number"].to_numpy() > 0
    typed = {
        "Client": _words(client_names(course.episodes["patient"].max() + 1), rows["patient"]),
        "Date": _dates(rows["day"].to_numpy(), date_format),
        "Row type": _words(("Text message", "Visit"), visit.astype(int)),
        "First visit": _words(("yes",), np.where(rows["number"] == 1, 0, -1)),
        **_care(rows, episodes, visit, n_therapists, rng),
        **_pain(scenario, rows, episodes, visit, rng),
        **_hands_on(scenario, rows, episodes, visit, n_therapists, rng),
        **_questionnaire(scenario, rows, episodes, visit, rng),
    }
    return pd.DataFrame(typed)


def client_names(n: int) -> np.ndarray:
    """Made-up client codes in the order clients first came: C0001, C0002, ...

    Examples
    --------
    >>> client_names(2)
    array(['C0001', 'C0002'], dtype=object)
    """
    width = max(4, len(str(n)))
    return np.array([f"C{number:0{width}d}" for number in range(1, n + 1)], object)


def _words(labels, codes) -> pd.api.extensions.ExtensionArray:
    """Text cells from positions in `labels`; -1 is an empty cell."""
    return pd.array(list(labels), dtype="str").take(np.asarray(codes), allow_fill=True)


def _numbers(values, kept) -> pd.api.extensions.ExtensionArray:
    """Whole numbers from 0 as text; an empty cell where not kept."""
    values = np.asarray(values).astype(int)
    return _words(map(str, range(values.max(initial=0) + 1)), np.where(kept, values, -1))


def _dates(day: np.ndarray, date_format: str) -> pd.api.extensions.ExtensionArray:
    """Days since 1970-01-01 as text."""
    distinct, codes = np.unique(day, return_inverse=True)
    return _words(pd.to_datetime(distinct, unit="D").strftime(date_format), codes)


def therapist_names(n: int) -> list[str]:
    """Made-up first names, then numbers.

    Examples
    --------
    >>> therapist_names(13)[-3:]
    ['Leo', 'Therapist 12', 'Therapist 13']
    """
    return [*_THERAPISTS, *(f"Therapist {k}" for k in range(len(_THERAPISTS) + 1, n + 1))][:n]


def _as_given(rows, episodes, n_therapists, rng) -> pd.DataFrame:
    """Rows with the technique and therapist of the day, and the discomfort they brought."""
    n = len(rows)
    other = (rng.random(n) < 0.15) & (rows["number"].to_numpy() > 1)
    technique = np.where(other, rng.integers(0, len(TECHNIQUE_WORDS), n), episodes["technique"])
    substitute = rng.random(n) < 0.08
    therapist = np.where(substitute, rng.integers(0, n_therapists, n), episodes["therapist"])
    hurts = np.array([1.5, 3.5, 3.5, 2.0])[technique] + 0.2 * (rows["felt"].to_numpy() - 5)
    discomfort = as_score(hurts + rng.normal(0, 1.5, n))
    return rows.assign(technique=technique, therapist=therapist, discomfort=discomfort)


def _care(rows, episodes, visit, n_therapists, rng) -> dict:
    """Who treated, how, and for what."""
    n = len(rows)
    technique, therapist = rows["technique"].to_numpy(), rows["therapist"].to_numpy()
    names = list(TECHNIQUE_WORDS.values())
    combined = np.where((rng.random(n) < 0.06) & (rows["number"] > 1), len(names), 0)
    condition = episodes["condition"].map({code: i for i, code in enumerate(CONDITION_WORDS)})
    return {
        "Therapist": _words(therapist_names(n_therapists), np.where(visit, therapist, -1)),
        "Technique": _words(
            [*names, *(f"{name}; Stretching" for name in names)],
            np.where(visit, technique + combined, -1),
        ),
        "Minutes": _words(("30", "45", "60", "90"), np.where(visit, rng.choice(4, n), -1)),
        "Condition": _words(CONDITION_WORDS.values(), np.where(visit, condition, -1)),
        "Side": _words(_SIDES, episodes["side"]),
        "Age": _numbers(episodes["age"], visit),
        "Sex": _words(("F", "M"), np.where(visit, episodes["sex"] == "M", -1)),
    }


def _written(scenario, rows, episodes, rng) -> np.ndarray:
    """Whether a cell was filled in; nothing is, after the first visit, for some patients."""
    again = rows["number"].to_numpy() != 1
    return (rng.random(len(rows)) >= scenario.missing) & ~(again & episodes["never_measured"])


def _pain(scenario, rows, episodes, visit, rng) -> dict:
    """Pain before and after treatment, between visits, and discomfort during treatment."""
    n = len(rows)
    felt = rows["felt"].to_numpy()
    dropped = felt - scenario.immediate_drop + rng.normal(0, 0.5, n)
    dropped -= scenario.immediate_sd * rng.normal(0, 1, n)
    there = [_written(scenario, rows, episodes, rng) for _ in range(3)]
    return {
        "Pain before": _numbers(as_score(felt), visit & there[0]),
        "Pain after": _numbers(as_score(dropped), visit & there[1]),
        "Pain between visits": _numbers(as_score(felt), ~visit & ~episodes["never_measured"]),
        "Discomfort": _numbers(rows["discomfort"], visit & there[2]),
    }


def _hands_on(scenario, rows, episodes, visit, n_therapists, rng) -> dict:
    """Motion, tension, pressure and aftercare; each therapist reads a little differently."""
    n = len(rows)
    therapist = rows["therapist"].to_numpy()
    measured = visit & (rows["number"].to_numpy() % 2 == 1)
    device, position = rng.random((2, n)) < 0.08
    tense = 0.6 + 0.2 * rows["felt"].to_numpy() + rng.normal(0, 0.4, n_therapists)[therapist]
    tense += rng.normal(0, 0.5, n)
    looser = tense - 0.5 * scenario.immediate_drop
    firm = np.array([0.5, 2.4, 1.6, 1.2])[rows["technique"]] + rng.normal(0, 0.6, n)
    pressure = np.where(visit, np.clip(np.rint(firm), 0, 3), -1).astype(int)
    adjusted = rng.random(n) < np.where(rows["discomfort"] >= 5, 0.6, 0.1)
    advice = rng.choice(len(_AFTERCARE), rows["episode"].max() + 1)[rows["episode"]]
    advised, followed = np.where(rng.random((2, n)) < [[0.7], [0.5]], advice, -1)
    motions = {
        name: _numbers(degrees, measured & _written(scenario, rows, episodes, rng))
        for name, degrees in _motions(scenario, rows, episodes, n_therapists, device, position, rng)
    }
    return {
        **motions,
        "Rater": _words(therapist_names(n_therapists), np.where(visit, therapist, -1)),
        "Device": _words(("goniometer", "inclinometer"), np.where(measured, device, -1)),
        "Position": _words(("supine", "seated"), np.where(measured, position, -1)),
        "Tension before": _numbers(np.clip(np.rint(tense), 0, 3), visit),
        "Tension after": _numbers(np.clip(np.rint(looser), 0, 3), visit),
        "Pressure": _words(_PRESSURES, pressure),
        "Pressure adjusted": _words(("no", "yes"), np.where(visit, adjusted, -1)),
        "Aftercare advised": _words(_AFTERCARE, np.where(visit, advised, -1)),
        "Aftercare followed": _words(_AFTERCARE, np.where(rows["number"] > 1, followed, -1)),
    }


def _motions(scenario, rows, episodes, n_therapists, device, position, rng):
    """Degrees of two motions, with the errors of raters (Poulsen 2012), device and position."""
    n_episodes, n = rows["episode"].max() + 1, len(rows)
    built = np.minimum(rows["n_before"].to_numpy() / scenario.benefit_sessions, 1)
    for name, mean, between, rater_sd, error_sd in (
        ("Flexion active before", 108, 12, 3, 3.5),
        ("Internal rotation active before", 28, 7, 8, 4.5),
    ):
        usual = rng.normal(mean, between, n_episodes)[rows["episode"]]
        rater = rng.normal(0, rater_sd, n_therapists)[rows["therapist"]]
        gain = scenario.motion_gain * built + 4 * device + 8 * position * (mean < 60)
        yield name, np.clip(np.rint(usual + rater + gain + rng.normal(0, error_sd, n)), 0, 140)


def _questionnaire(scenario, rows, episodes, visit, rng) -> dict:
    """Answers to the five items of HOOS-PS, at the first visit and from week 5 on."""
    weeks = (rows["day"] - episodes["start"]).to_numpy() / 7
    asked = visit & ((rows["number"].to_numpy() == 1) | (weeks >= 5))
    asked &= ~(episodes["never_measured"].to_numpy() & (rows["number"].to_numpy() > 1))
    answers = answers_to_items(rows["felt"].to_numpy(), 5, rng)
    return {
        f"HOOS-PS {item}": _numbers(answer, asked & (rng.random(len(rows)) >= scenario.missing / 4))
        for item, answer in enumerate(answers, start=1)
    }


def answers_to_items(felt, n_items, rng) -> np.ndarray:
    """Answers from 0 to 4 that follow pain, shape (n_items, n)."""
    harder = np.linspace(-0.5, 0.5, n_items)[:, None]
    trouble = 0.3 * felt + harder + rng.normal(0, 0.6, (n_items, len(felt)))
    return np.clip(np.rint(trouble), 0, 4).astype(int)
