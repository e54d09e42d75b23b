"""What happens in a simulated clinic: who comes, how their pain goes, and why they stop."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hipoutcomes.simulate_scenarios import CONDITIONS, TECHNIQUE_SHARES, Scenario

#: Why an episode has no further session.
REASONS = ("well", "discouraged", "at random", "plan finished", "file ended", "unseen relief")

#: Weeks after the first session at which the truth is stated.
TRUTH_WEEK = 6

_MOST_SESSIONS = 12

#: Pain at or under which a patient is well.
_WELL = 2


@dataclass(frozen=True, eq=False)
class Course:
    """What happened, before anyone wrote it down.

    Attributes
    ----------
    episodes : DataFrame
        One row per episode, index 0..n-1: `patient` (from 0), who they are and what is true.
    rows : DataFrame
        One row per visit or text message: `episode` (row of `episodes`), `number` of the session
        (0 for a text message), `day`, `n_before` (sessions before it), `pain` (true), `felt`
        (true, and the variation of that day).
    """

    episodes: pd.DataFrame
    rows: pd.DataFrame


def simulate_course(
    scenario: Scenario,
    n_patients: int,
    n_therapists: int,
    first_day: int,
    last_day: int,
    rng: np.random.Generator,
) -> Course:
    """Simulate who came, how they fared and when they stopped.

    Parameters
    ----------
    scenario : Scenario
    n_patients : int
        Patients with at least one visit in the file.
    n_therapists : int
    first_day, last_day : int
        Days since 1970-01-01 that the file covers.
    rng : Generator
    """
    n_running = round(scenario.running * n_patients)
    n = n_patients + n_running
    running = rng.permutation(np.arange(n) < n_running)
    start = np.where(
        running,
        first_day - rng.integers(7, 50, n),
        rng.integers(first_day, max(first_day + 1, last_day - 1), n),
    )
    people = _people(scenario, n, n_therapists, rng).assign(running=running)
    truth = _true_amounts(scenario, n_therapists, rng)
    first = _episodes(scenario, people, start, truth, rng).assign(episode=1)
    visits, first = _visits(scenario, first, last_day, rng)
    second = _returning(scenario, people, first, last_day, rng)
    again = _episodes(scenario, people.loc[second.index], second.to_numpy(), truth, rng)
    again_visits, again = _visits(scenario, again.assign(episode=2), last_day, rng)
    again_visits["episode"] += len(first)
    episodes = pd.concat([first, again], ignore_index=True)
    visits = pd.concat([visits, again_visits], ignore_index=True)
    rows, episodes = _with_texts(scenario, episodes, visits, rng)
    in_file = rows[rows["day"].between(first_day, last_day)]
    return _kept(episodes, in_file, n_patients)


def _people(scenario, n, n_therapists, rng) -> pd.DataFrame:
    """Condition, age, sex, side and usual therapist of each person."""
    shares, ages, women = map(np.array, zip(*CONDITIONS.values(), strict=True))
    condition = rng.choice(len(shares), n, p=shares)
    age = np.clip(np.rint(rng.normal(ages[condition], 11)), 18, 92).astype(int)
    busy = np.linspace(2, 1, n_therapists)
    side = rng.integers(0, 2, n)
    return pd.DataFrame(
        {
            "patient": np.arange(n),
            "condition": np.array(list(CONDITIONS))[condition],
            "age": age,
            "sex": np.where(rng.random(n) < women[condition], "F", "M"),
            "side": np.where(rng.random(n) < scenario.two_hips, 2, side),
            "therapist": rng.choice(n_therapists, n, p=busy / busy.sum()),
        }
    )


def _true_amounts(scenario, n_therapists, rng) -> tuple[np.ndarray, np.ndarray]:
    """Benefit added by each technique and by each therapist."""
    technique = rng.normal(0, 1, len(TECHNIQUE_SHARES)) * scenario.technique_sd
    technique += [scenario.technique_extra.get(code, 0.0) for code in TECHNIQUE_SHARES]
    return technique, rng.normal(0, 1, n_therapists) * scenario.therapist_sd


def _entry(scenario, n, rng) -> tuple[np.ndarray, np.ndarray]:
    """Usual and felt pain of people who book: only those who feel it enough on that day."""
    usual, felt = np.empty(0), np.empty(0)
    usual_sd = scenario.pain_sd * np.sqrt(scenario.reliability)
    while len(usual) < n:
        drawn = rng.normal(scenario.pain_mean, usual_sd, n + 100)
        that_day = drawn + rng.normal(0, scenario.visit_sd, n + 100)
        booked = as_score(that_day) >= scenario.entry_minimum
        usual, felt = np.r_[usual, drawn[booked]], np.r_[felt, that_day[booked]]
    return usual[:n], felt[:n]


def _episodes(scenario, people, start, truth, rng) -> pd.DataFrame:
    """One episode for each row of people, beginning on the days given."""
    n = len(people)
    usual, felt = _entry(scenario, n, rng)
    tilt = np.zeros((n, len(TECHNIQUE_SHARES)))
    deep = list(TECHNIQUE_SHARES).index("deep_tissue")
    tilt[:, deep] = scenario.confounding * (as_score(felt) - 5.5)
    tilt[:, deep] += scenario.confounding_hidden * (usual - scenario.pain_mean)
    liking = np.log(list(TECHNIQUE_SHARES.values())) + tilt + rng.gumbel(size=tilt.shape)
    technique = liking.argmax(axis=1)
    course = people["condition"].map(dict.fromkeys(CONDITIONS, 0.0) | dict(scenario.natural_course))
    by_technique, by_therapist = truth
    return people.reset_index(drop=True).assign(
        start=_on_weekday(start),
        technique=technique,
        true_severity=usual,
        felt_first=felt,
        natural_course=course.to_numpy(float) + rng.normal(0, 1, n) * scenario.natural_sd,
        specific_benefit=(
            scenario.specific_benefit + by_technique[technique] + by_therapist[people["therapist"]]
        ),
        planned=rng.integers(4, 13, n),
        never_measured=rng.random(n) < scenario.never_measured,
        texted=rng.random(n) < scenario.text_share,
        text_day=np.rint(rng.normal(7 * TRUTH_WEEK, 3, n)).astype(int),
    )


def _on_weekday(day: np.ndarray) -> np.ndarray:
    """The same day, or Monday for a Sunday; day 0 was a Thursday."""
    return day + ((day + 3) % 7 == 6)


def as_score(felt: np.ndarray) -> np.ndarray:
    """Pain as it is recorded: a whole number from 0 to 10."""
    return np.clip(np.rint(felt), 0, 10).astype(int)


def benefit_at(scenario: Scenario, amount, weeks, n_before) -> np.ndarray:
    """Specific benefit `weeks` after the first session, `n_before` sessions having been had."""
    built = np.minimum(n_before / scenario.benefit_sessions, 1.0)
    fading = scenario.benefit_gone_by - scenario.benefit_full_until
    left = np.clip((scenario.benefit_gone_by - weeks) / fading, 0.0, 1.0)
    return amount * built * left


def _true_pain(scenario, episodes, day, n_before) -> np.ndarray:
    """True pain of each episode on a day: severity less natural course and benefit, 0 to 10."""
    weeks = (day - episodes["start"].to_numpy()) / 7
    happened = 1 - np.exp(-weeks / scenario.natural_weeks)
    natural = episodes["natural_course"].to_numpy() * happened
    benefit = benefit_at(scenario, episodes["specific_benefit"].to_numpy(), weeks, n_before)
    return np.clip(episodes["true_severity"].to_numpy() - natural - benefit, 0, 10)


def _visits(scenario, episodes, last_day, rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Visits until each patient stops, and the episodes with why and when they did."""
    n = len(episodes)
    stopped, last_visit, n_sessions = np.full(n, "", "U13"), np.zeros(n, int), np.zeros(n, int)
    active, day, parts = np.arange(n), episodes["start"].to_numpy(), []
    for number in range(1, _MOST_SESSIONS + 1):
        here = episodes.iloc[active]
        pain = _true_pain(scenario, here, day, number - 1)
        felt = pain + rng.normal(0, scenario.visit_sd, len(active))
        if number == 1:
            felt = here["felt_first"].to_numpy()
        parts.append(
            pd.DataFrame(
                {"episode": active, "number": number, "day": day, "pain": pain, "felt": felt}
            )
        )
        last_visit[active], n_sessions[active] = day, number
        day_next = _next_day(day, number, rng)
        why = _why_stop(scenario, here, number, as_score(felt), day_next > last_day, rng)
        why = _unseen_relief(scenario, here, number, day_next, why, rng)
        stopped[active] = why
        going = why == ""
        active, day = active[going], day_next[going]
    visits = pd.concat(parts, ignore_index=True)
    return (
        visits.assign(n_before=visits["number"] - 1),
        episodes.assign(stopped=stopped, last_visit=last_visit, n_sessions=n_sessions),
    )


def _next_day(day, number, rng) -> np.ndarray:
    """Weekly for the first four sessions, then every other week, a few days either way."""
    return _on_weekday(day + (7 if number < 4 else 14) + rng.integers(-2, 4, len(day)))


def _why_stop(scenario, episodes, number, score, file_ends, rng) -> np.ndarray:
    """Why each patient has no further session; empty for those who come again."""
    chance = rng.random((3, len(score)))
    no_better = score >= as_score(episodes["felt_first"].to_numpy())
    return np.select(
        [
            (score <= _WELL) & (chance[0] < scenario.stop_well),
            no_better & (number >= 2) & (chance[1] < scenario.stop_discouraged),
            chance[2] < scenario.stop_random,
            number >= np.minimum(episodes["planned"].to_numpy(), _MOST_SESSIONS),
            file_ends,
        ],
        REASONS[:5],
        default="",
    )


def _unseen_relief(scenario, episodes, number, day_next, why, rng) -> np.ndarray:
    """The same reasons, and of those who would have come, who stays away because well by then."""
    if not scenario.stop_hidden:
        return why
    well = _true_pain(scenario, episodes, day_next, number) <= _WELL
    stays = (why == "") & well & (rng.random(len(why)) < scenario.stop_hidden)
    return np.where(stays, "unseen relief", why)


def _returning(scenario, people, first, last_day, rng) -> pd.Series:
    """Day on which some patients return with a new complaint, more than 90 days later."""
    n = len(people)
    day = first["last_visit"] + 92 + rng.exponential(60, n).astype(int)
    returns = (rng.random(n) < scenario.second_episode) & (day <= last_day - 2)
    return day[returns & (first["stopped"] != "file ended")]


def _with_texts(scenario, episodes, visits, rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Visits and text messages together, and the episodes with what was true at week 6."""
    sent = (episodes["start"] + episodes["text_day"]).to_numpy()
    n_sent = _sessions_before(visits, sent)
    true_then = _true_pain(scenario, episodes, sent, n_sent)
    texts = pd.DataFrame(
        {
            "episode": np.arange(len(episodes)),
            "number": 0,
            "day": sent,
            "n_before": n_sent,
            "pain": true_then,
            "felt": true_then + rng.normal(0, scenario.visit_sd, len(episodes)),
        }
    )[episodes["texted"].to_numpy()]
    target = episodes["start"].to_numpy() + 7 * TRUTH_WEEK
    n_then = _sessions_before(visits, target)
    pain = _true_pain(scenario, episodes, target, n_then)
    asked = as_score(pain + rng.normal(0, scenario.visit_sd, len(episodes)))
    benefit = benefit_at(scenario, episodes["specific_benefit"], TRUTH_WEEK, n_then)
    episodes = episodes.assign(
        benefit_week_6=benefit, true_pain_week_6=pain, score_week_6_if_asked=asked
    )
    return pd.concat([visits, texts], ignore_index=True), episodes


def _sessions_before(visits, day) -> np.ndarray:
    """Number of visits of each episode before a day of its own."""
    episode = visits["episode"].to_numpy()
    return np.bincount(episode[visits["day"].to_numpy() < day[episode]], minlength=len(day))


def _kept(episodes, rows, n_patients) -> Course:
    """The first patients of whom the file has a visit, numbered in the order they came."""
    patient = episodes["patient"].to_numpy()[rows["episode"]]
    visits = rows["number"].to_numpy() > 0
    seen = pd.Series(rows["day"].to_numpy()[visits]).groupby(patient[visits]).min()
    chosen = seen.sort_index().iloc[:n_patients].sort_values(kind="stable")
    number = pd.Series(np.arange(len(chosen)), chosen.index)
    keep = np.isin(episodes["patient"], chosen.index)
    renumbered = np.cumsum(keep) - 1
    episodes = episodes[keep].assign(patient=lambda e: e["patient"].map(number))
    rows = rows[keep[rows["episode"]]]
    rows = rows.assign(episode=renumbered[rows["episode"]])
    return Course(episodes.reset_index(drop=True), rows.reset_index(drop=True))
