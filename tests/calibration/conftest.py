"""Simulated clinics in large numbers, the truth of each scenario, and the page of results.

The patients of a scenario are simulated by the hundred thousand and read through the whole path;
clinics are drawn from them with replacement, so that what is true of all of them is the truth.
"""

import csv
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaincinv

import hipoutcomes as ho

#: Cells that may be on the page at once: each interval is at level 1 - 0.01 / CELLS.
CELLS = 200

EXACT = (0.944, 0.956)
APPROXIMATE = (0.93, 0.975)

HERE = Path(__file__).parent

#: The band of what is shown and not judged; what stands around the table in the README.
ANYTHING = "0.000 to 1.000"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"


@dataclass(frozen=True)
class Cell:
    """How often an interval held the truth of its scenario.

    `truth` is a number of the scenario, or the words "its own" where every clinic has another.
    """

    estimator: str
    scenario: str
    n: str
    n_clinics: int
    truth: str
    coverage: float
    lowest: float
    highest: float
    bias: float
    width: float
    band: str
    holds: bool


def monte_carlo_interval(k: int, n: int) -> tuple[float, float]:
    """Where the true share may lie, for every cell of the page at once with 99 % (exact)."""
    tail = 0.01 / CELLS / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return low, high


class Page:
    """Collects cells; a cell fails only where its interval lies outside its band altogether."""

    def __init__(self):
        self.cells: list[Cell] = []

    def covers(self, estimator, scenario, n, truth, estimates, low, high, band) -> Cell:
        """Judge intervals, one per clinic, against the truth of their scenario."""
        estimates, low, high = (np.asarray(a, float) for a in (estimates, low, high))
        assert np.isfinite(estimates).all() and np.isfinite(low).all() and np.isfinite(high).all()
        held = (low <= truth) & (truth <= high)
        own = np.ndim(truth) > 0
        return self.share(
            estimator, scenario, n, held, band,
            truth="its own" if own else f"{float(truth):.3f}",
            bias=float(np.mean(estimates - truth)),
            width=float(np.mean(high - low)),
        )  # fmt: skip

    def share(
        self, estimator, scenario, n, held, band, *, truth="", bias=np.nan, width=np.nan
    ) -> Cell:
        """Judge a share of clinics against a band."""
        held = np.asarray(held, bool)
        lowest, highest = monte_carlo_interval(int(held.sum()), len(held))
        holds = highest >= band[0] and lowest <= band[1]
        cell = Cell(
            estimator, scenario, str(n), len(held), truth, float(held.mean()), lowest, highest,
            bias, width, f"{band[0]:.3f} to {band[1]:.3f}", holds,
        )  # fmt: skip
        self.cells.append(cell)
        return cell

    def enumerated(self, estimator, scenario, n, mean, least, band, floor) -> Cell:
        """Keep a coverage that was counted exactly, without simulation."""
        cell = Cell(
            estimator, scenario, str(n), 0, "grid", mean, least, mean, np.nan, np.nan,
            f"{band[0]:.3f} to {band[1]:.3f}, least {floor:.2f}",
            band[0] <= mean <= band[1] and least >= floor,
        )  # fmt: skip
        self.cells.append(cell)
        return cell

    def write(self, folder: Path) -> None:
        """Write the cells, replacing those of the same estimator, scenario and n."""
        path = folder / "results.csv"
        rows = [] if not path.exists() else list(csv.DictReader(path.read_text().splitlines()))
        new = [{k: _text(v) for k, v in asdict(cell).items()} for cell in self.cells]
        key = ("estimator", "scenario", "n")
        made = {tuple(row[k] for k in key) for row in new}
        rows = [row for row in rows if tuple(row[k] for k in key) not in made] + new
        rows.sort(key=lambda row: [row[k] for k in key])
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(new[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        readme = folder / "README.md"
        before, _, rest = readme.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        readme.write_text(f"{before}{BEGIN}\n\n{rendered(rows)}\n{END}{after}")


def rendered(rows: list[dict[str, str]]) -> str:
    """The table of the page in Markdown, a row per cell."""
    lines = [
        "| estimator | scenario | n | clinics | truth | held | may be | bias | width | band | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        share = f"{100 * float(row['coverage']):.1f} %"
        range_ = f"{100 * float(row['lowest']):.1f} to {100 * float(row['highest']):.1f}"
        if int(row["n_clinics"]) == 1:
            share = range_ = ""  # One large clinic shows its bias and nothing else.
        known = [row["estimator"], row["scenario"], row["n"], row["n_clinics"], row["truth"]]
        judged = row["band"] != ANYTHING
        band = row["band"] if judged else "shown, not judged"
        holds = "" if not judged else "holds" if row["holds"] == "True" else "**fails**"
        numbers = [share, range_, row["bias"], row["width"], band, holds]
        lines.append(f"| {' | '.join([*known, *numbers])} |")
    return "\n".join(lines) + "\n"


def _text(value) -> str:
    """A value as the page keeps it."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.4f}"
    return str(value)


@pytest.fixture(scope="session")
def calibration_page():
    """How the page is rendered, for a test that holds it whole."""
    return SimpleNamespace(CELLS=CELLS, BEGIN=BEGIN, END=END, rendered=rendered)


@pytest.fixture(scope="session")
def page():
    """The page of results; written where HIPOUTCOMES_WRITE_RESULTS is set."""
    collected = Page()
    yield collected
    if collected.cells and os.environ.get("HIPOUTCOMES_WRITE_RESULTS"):
        collected.write(HERE)


@pytest.fixture(scope="session")
def read_back(tmp_path_factory):
    """Simulates clinics of a scenario, a part at a time, and reads each as a user would."""
    folder = tmp_path_factory.mktemp("clinics")

    def each(scenario, n_patients, *, seed, n_therapists=5, part=50_000):
        for place, size in enumerate(_parts(n_patients, part)):
            made = ho.simulate_clinic(
                size, seed=seed + place, scenario=scenario, n_therapists=n_therapists
            )
            path = made.write_csv(folder / "clinic.csv")
            clinic = ho.load(path)
            path.unlink()
            yield clinic, made.truth

    return each


@pytest.fixture(scope="session")
def patients(read_back):
    """Patients of a scenario: their headline change in pain, with what is true of them."""
    kept = {}

    def ask(scenario, n_patients=200_000, *, seed, **options):
        key = (repr(scenario), n_patients, seed, *options.items())
        if key not in kept:
            clinics = read_back(scenario, n_patients, seed=seed, **options)
            kept[key] = pd.concat(
                [_with_truth(clinic, truth) for clinic, truth in clinics], ignore_index=True
            )
        return kept[key]

    return ask


@pytest.fixture(scope="session")
def visits(read_back):
    """Scores before treatment at the first visits: a row per patient, a column per visit."""
    kept = {}

    def ask(scenario, n_visits, n_patients=100_000, *, seed):
        key = (repr(scenario), n_visits, n_patients, seed)
        if key not in kept:
            clinics = read_back(scenario, n_patients, seed=seed)
            kept[key] = np.concatenate([_at_visits(clinic, n_visits) for clinic, _ in clinics])
        return kept[key]

    return ask


def _at_visits(clinic, n_visits: int) -> np.ndarray:
    """Pain before treatment at each visit of the first episode; missing where not recorded."""
    episodes = clinic.episodes.frame
    episodes = episodes[~episodes["already_running"].to_numpy(bool)].drop_duplicates("patient_id")
    links = clinic.episode_sessions.frame
    links = links[links["episode_id"].isin(episodes["episode_id"])]
    arrays = clinic.scores.arrays("pain", ("before",))
    scores = pd.Series(arrays["score"], arrays["session_id"])
    scores = scores[~scores.index.duplicated()]
    early = links[links["episode_seq"] <= n_visits]
    table = early.assign(score=early["session_id"].map(scores)).pivot_table(
        index="episode_id", columns="episode_seq", values="score", dropna=False
    )
    return table.to_numpy(float)


def _parts(n: int, part: int) -> list[int]:
    """Sizes of the files that make up n patients."""
    return [part] * (n // part) + ([n % part] if n % part else [])


def _with_truth(clinic, truth: pd.DataFrame) -> pd.DataFrame:
    """Headline changes in pain, with what is true of the patient's first episode."""
    rows = clinic.changes("pain").frame
    rows = rows[rows["is_headline"]].assign(client=lambda r: clinic.patients[r["patient_id"] - 1])
    known = truth.drop_duplicates("client").drop(
        columns=["condition", "technique", "therapist", "side", "first_day", "last_day"]
    )
    rows = rows.drop(columns=["n_sessions"]).merge(known, on="client")
    return rows[rows["episode_id"].notna()]


@pytest.fixture(scope="session")
def drawn():
    """Draws clinics of equal size from the rows of a scenario, with replacement."""

    def draw(rows: pd.DataFrame, size: int, n_clinics: int, *, seed: int):
        rng = np.random.default_rng(seed)
        for _ in range(n_clinics):
            yield rows.iloc[rng.integers(0, len(rows), size)]

    return draw
