"""Simulated clinics: files as a clinic would type them, with the truth that no clinic knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from hipoutcomes.errors import OutputError
from hipoutcomes.simulate_course import Course, as_score, simulate_course
from hipoutcomes.simulate_files import client_names, therapist_names, typed_rows
from hipoutcomes.simulate_messes import with_mess, write_benchmark_csv
from hipoutcomes.simulate_scenarios import SCENARIOS, TECHNIQUE_SHARES, Scenario

__all__ = [
    "SCENARIOS",
    "Scenario",
    "SimulatedClinic",
    "simulate_clinic",
    "write_benchmark_csv",
    "write_demo",
]

_DEMO = {"n_patients": 270, "seed": 20250106, "n_therapists": 5, "mess": 0.01}


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedClinic:
    """A clinic's file and what is true behind it.

    Attributes
    ----------
    sessions : DataFrame
        One row per visit, text message or stray line, as typed: every cell is text, an empty cell
        is missing. Columns are the headings of the file.
    truth : DataFrame
        One row per episode of care: `client` (as typed), `episode` (1, or 2 for a new complaint),
        `condition`, `technique` and `therapist` of the first session, `side`, `first_day`,
        `last_day`, `n_sessions` (of the whole episode, also outside the file),
        `began_before_file`, `true_severity` (usual pain at the start), `first_score` (pain as
        felt that day, 0 to 10), `natural_course` and `specific_benefit` (points at full size),
        `benefit_week_6`, `true_pain_week_6`, `score_week_6_if_asked` (as it would be recorded,
        also for those who had stopped), `stopped` (see `simulate_course.REASONS`), `texted`,
        `never_measured`.
    settings : mapping
        Everything that made this clinic, the scenario's fields among it.
    planted : mapping of str to int
        How many of each mess the file holds.
    footer : str
        Last line of the file, below the table; empty for none.
    """

    sessions: pd.DataFrame
    truth: pd.DataFrame
    settings: Mapping[str, object]
    planted: Mapping[str, int]
    footer: str = ""

    def write_csv(self, path) -> Path:
        """Write the file as the clinic would hand it over, and return its path.

        Raises
        ------
        OutputError
            When the file cannot be written.
        """
        text = self.sessions.to_csv(index=False, lineterminator="\n")
        return _write(Path(path), text + (f"{self.footer}\n" if self.footer else ""))

    def __repr__(self) -> str:
        return (
            f"SimulatedClinic: {len(self.sessions):,} rows of "
            f"{self.truth['client'].nunique():,} patients, scenario {self.settings['name']!r}"
        )


def simulate_clinic(
    n_patients: int = 300,
    *,
    seed: int,
    scenario: str | Scenario = "default",
    n_therapists: int = 5,
    first_day: str = "2025-01-06",
    last_day: str = "2026-09-11",
    mess: float = 0.0,
    ask: bool = False,
    date_format: str = "%Y-%m-%d",
) -> SimulatedClinic:
    """Simulate the records of a clinic whose truth is known.

    Parameters
    ----------
    n_patients : int
        Patients with at least one visit in the file.
    seed : int
        Equal seeds give equal files.
    scenario : str or Scenario
        "default"; "null" (no benefit, no recovery, no differences); "planted" (deep tissue lowers
        pain by 0.8 points, nothing else differs); "informative_stopping" (no benefit, and who
        stops depends strongly on how they are); "hidden_stopping" (no benefit, and people stop
        when they will be well by the next visit, which nobody records); "confounded" (deep tissue
        goes to those with more pain, and works no better). Or a `Scenario` of your own.
    n_therapists : int
    first_day, last_day : str
        Days that the file covers, ``YYYY-MM-DD``; at least 120 days.
    mess : float
        Share of score and technique cells typed badly, 0 to 0.5. Above 0 the file also has
        repeated, cancelled and nameless rows and a line of totals.
    ask : bool
        Also plant what stops a load with a question: "none" as a pain score.
    date_format : str
        How dates are typed.

    Returns
    -------
    SimulatedClinic

    Raises
    ------
    ValueError
        When the scenario is unknown or a number is out of its range.

    Examples
    --------
    >>> clinic = simulate_clinic(200, seed=1)
    >>> clinic
    SimulatedClinic: 998 rows of 200 patients, scenario 'default'
    >>> week_6 = clinic.truth.groupby("stopped")["true_pain_week_6"].mean()
    >>> bool(week_6["well"] < week_6["discouraged"])
    True
    """
    scenario = _scenario(scenario)
    days = _days(first_day, last_day)
    _refuse_numbers(n_patients, n_therapists, mess)
    rng = np.random.default_rng(seed)
    course = simulate_course(scenario, n_patients, n_therapists, *days, rng)
    typed = typed_rows(scenario, course, n_therapists, date_format, rng)
    typed, footer, planted = with_mess(typed, mess, ask, rng)
    settings = {
        **scenario.settings(),
        "n_patients": n_patients,
        "seed": seed,
        "n_therapists": n_therapists,
        "first_day": first_day,
        "last_day": last_day,
        "mess": mess,
        "ask": ask,
        "date_format": date_format,
    }
    return SimulatedClinic(
        sessions=typed,
        truth=_truth(course, n_therapists, days[0]),
        settings=MappingProxyType(settings),
        planted=MappingProxyType(planted),
        footer=footer,
    )


def write_demo(directory) -> Path:
    """Write `demo_sessions.csv`, and `demo_sessions.md` that says what is planted in it.

    Parameters
    ----------
    directory : str or Path
        Made where it does not exist.

    Returns
    -------
    Path
        The CSV.

    Raises
    ------
    OutputError
        When the directory cannot be written to.
    """
    directory = Path(directory)
    clinic = simulate_clinic(**_DEMO)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise _cannot_write(directory, cause) from cause
    _write(directory / "demo_sessions.md", _what_is_planted(clinic))
    return clinic.write_csv(directory / "demo_sessions.csv")


def _scenario(scenario: str | Scenario) -> Scenario:
    """The scenario itself, or the one of that name."""
    if isinstance(scenario, Scenario):
        return scenario
    if scenario not in SCENARIOS:
        raise ValueError(f"scenario must be one of {', '.join(SCENARIOS)}; it is {scenario!r}.")
    return SCENARIOS[scenario]


def _days(first_day: str, last_day: str) -> tuple[int, int]:
    """Both days since 1970-01-01."""
    first, last = (int(np.datetime64(day, "D").astype(int)) for day in (first_day, last_day))
    if last - first < 120:
        raise ValueError(
            f"last_day must lie at least 120 days after first_day; {first_day} to {last_day} are "
            f"{last - first}."
        )
    return first, last


def _refuse_numbers(n_patients: int, n_therapists: int, mess: float) -> None:
    """Refuse numbers out of their range."""
    for name, value in (("n_patients", n_patients), ("n_therapists", n_therapists)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more; it is {value}.")
    if not 0 <= mess <= 0.5:
        raise ValueError(f"mess must lie between 0 and 0.5; it is {mess}.")


def _truth(course: Course, n_therapists: int, first_day: int) -> pd.DataFrame:
    """What is true of each episode, for people to read."""
    episodes = course.episodes
    therapists = np.array(therapist_names(n_therapists), object)
    table = pd.DataFrame(
        {
            "client": client_names(episodes["patient"].max() + 1)[episodes["patient"]],
            "episode": episodes["episode"],
            "condition": episodes["condition"],
            "technique": np.array(list(TECHNIQUE_SHARES), object)[episodes["technique"]],
            "therapist": therapists[episodes["therapist"]],
            "side": np.array(["left", "right", "both"], object)[episodes["side"]],
            "first_day": pd.to_datetime(episodes["start"], unit="D"),
            "last_day": pd.to_datetime(episodes["last_visit"], unit="D"),
            "n_sessions": episodes["n_sessions"],
            "began_before_file": episodes["start"] < first_day,
            "true_severity": episodes["true_severity"],
            "first_score": as_score(episodes["felt_first"]),
        }
    )
    same = [
        "natural_course",
        "specific_benefit",
        "benefit_week_6",
        "true_pain_week_6",
        "score_week_6_if_asked",
        "stopped",
        "texted",
        "never_measured",
    ]
    return pd.concat([table, episodes[same]], axis=1).sort_values(
        ["client", "episode"], ignore_index=True
    )


def _write(path: Path, text: str) -> Path:
    """Write text with the line ends it has."""
    try:
        path.write_bytes(text.encode())
    except OSError as cause:
        raise _cannot_write(path, cause) from cause
    return path


def _cannot_write(path: Path, cause: OSError) -> OutputError:
    """The error for a place that cannot be written to."""
    return OutputError(
        f"{path} cannot be written: {cause.strerror or cause}.",
        "A place that you may write to is needed.",
        "Choose another directory.",
    )


def _what_is_planted(clinic: SimulatedClinic) -> str:
    """What is true in the demo file, and what was spoilt in it, as Markdown."""
    truth, planted = clinic.truth, clinic.planted
    bad = sum(planted[name] for name in planted if name[0].isupper())
    first, last = clinic.settings["first_day"], clinic.settings["last_day"]
    stopped = truth["stopped"].value_counts()
    reasons = ", ".join(f"{reason} {n}" for reason, n in stopped.items())
    lines = (
        "# demo_sessions.csv",
        "",
        "Nobody in this file exists. It was simulated, with a fixed seed, so that what the report",
        "says can be compared with what is true.",
        "",
        f"- {truth['client'].nunique()} patients, {len(truth)} episodes, {len(clinic.sessions)} "
        f"lines, {first} to {last}.",
        f"- Massage itself lowers pain by {clinic.settings['specific_benefit']} points at most; it "
        "is gone 24 weeks after the first session.",
        "- The techniques do not differ in truth. Deep tissue goes more often to those with more "
        "pain.",
        "- Time alone brings more: "
        + ", ".join(f"{k} {v}" for k, v in clinic.settings["natural_course"].items())
        + " points on average.",
        "- Patients book when pain is high, so a second score is lower by itself.",
        f"- Why they stopped: {reasons}.",
        f"- {int(truth['began_before_file'].sum())} episodes began before the file does; "
        f"{int((truth['episode'] == 2).sum())} patients came back with a new complaint; "
        f"{int(truth['side'].eq('both').sum())} episodes are of both hips.",
        f"- {int(truth['never_measured'].sum())} episodes were never measured again after the "
        "first session; aftercare changes nothing.",
        f"- Spoilt on purpose: {bad} cells, {planted['repeated rows']} repeated, "
        f"{planted['cancelled rows']} cancelled and {planted['rows without client']} nameless "
        "rows, and a line of totals.",
    )
    return "\n".join(lines) + "\n"
