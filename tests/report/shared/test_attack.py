"""Nothing hidden can be worked out from one shared copy, or from two of them together."""

import json
import re
import runpy
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression import gate
from hipoutcomes.report.shared import write_shared

attack = runpy.run_path(str(Path(__file__).with_name("attack.py")))
Attack = attack["Attack"]
exact = runpy.run_path(str(Path(__file__).with_name("exact_attack.py")))

MINIMUM = 11
#: Last days of the records of two copies.
MONTHS = ("2026-07-31", "2026-09-11")
PARTS = (("elsewhere",), *attack["GROWING"])
FOLLOW_UPS = ["0 follow-ups", "1 follow-up", *(f"{n} follow-ups" for n in range(2, 6)),
              "6 or more follow-ups"]  # fmt: skip


@pytest.fixture
def no_charts(monkeypatch):
    """Charts take most of the time and show what tables show; another test looks at them."""
    monkeypatch.setattr(write_shared, "chart_of", lambda *given: (None, ""))


def clinic_of(folder, sessions, last_day):
    """The clinic as it was on a day."""
    column = next(name for name in sessions if "date" in name.lower())
    path = folder / f"{last_day}.csv"
    sessions[sessions[column] <= last_day].to_csv(path, index=False)
    return ho.load(path)


def truth_of(clinic, codes):
    """Clients by group and class, counted here from single clients."""
    rows = clinic.changes("pain").frame
    rows = rows[rows["is_headline"]]
    status, change = rows["status"].astype(str), rows["improvement"]
    due = status.isin(["measured", "not measured again", "not comparable"])
    made = np.select(
        [~due, status != "measured", change >= 2, change <= -2],
        ["elsewhere", "lost", "better", "worse"],
        "same",
    )
    n = rows["n_follow_ups"].clip(upper=6).astype("Int64")
    ages = pd.cut(rows["age"].astype(float), [-1, 39, 59, 74, 200], labels=False)
    age_names = ["under 40", "40 to 59", "60 to 74", "75 and over"]
    by = {
        "all": pd.Series("all", rows.index),
        "technique": rows["technique"].map(words("technique")),
        "condition": rows["condition"].map(words("condition")),
        "n_follow_ups": n.map(lambda k: FOLLOW_UPS[int(k)], na_action="ignore"),
        "age_band": ages.map(lambda k: age_names[int(k)], na_action="ignore"),
        "sex": rows["sex"].astype(str).str.capitalize(),
        "therapist": rows["therapist"].astype(str).map(codes),
    }
    counts = {}
    scores = pd.DataFrame({"s": rows["baseline"], "c": change}).astype(float)
    for grouping, groups in by.items():
        names = groups.astype(object).where(groups.notna(), "not recorded")
        for (group, name), k in pd.crosstab(names, made).stack().items():
            counts[grouping, group, name] = int(k)
        for (group, name), sums in scores.groupby([names, made]).sum().iterrows():
            counts[grouping, group, name, "s"], counts[grouping, group, name, "c"] = sums
    return counts


def words(column):
    """Names of techniques or conditions, from the lists that ship."""
    path = Path(gate.__file__).parents[2] / "vocabulary" / f"{column}s.csv"
    listed = pd.read_csv(path, comment="#")
    return {**dict(zip(listed["code"], listed["label"], strict=True)), "mixed": "Mixed"}


def two_copies(tmp_path, n_clients, seed, months=MONTHS, **options):
    """Copies of a clinic as it was on some days; see `copies_of`."""
    sessions = ho.simulate_clinic(n_clients, seed=seed).sessions
    return copies_of(tmp_path, dict.fromkeys(months, sessions), **options)


def copies_of(tmp_path, sessions_by_day, minimums=()):
    """One copy for each last day, what each truly counted, and the names of all groups."""
    folders, truths = [], {}
    for place, (last_day, sessions) in enumerate(sessions_by_day.items()):
        clinic = clinic_of(tmp_path, sessions, last_day)
        folder = tmp_path / f"copy-{last_day}"
        write_shared.write_shared_report(
            clinic, folder, memory=tmp_path / "private" / "shared", today=date(2026, 10, 1),
            minimum=minimums[place] if minimums else MINIMUM,
        )  # fmt: skip
        last = max((tmp_path / "private" / "shared").glob("released-*.json"))
        codes = json.loads(last.read_text())["therapists"]
        folders.append(folder)
        truths[f"{date.fromisoformat(last_day):%B %Y}"] = truth_of(clinic, codes["codes"])
    names = {}
    for grouping, group, _ in {k[:3] for truth in truths.values() for k in truth}:
        if grouping != "all" and group not in names.setdefault(grouping, []):
            names[grouping].append(group)
    return folders, truths, {k: sorted(v) for k, v in names.items()}


def small_numbers(truths, names, months, minimum):
    """Everything that must be hidden: (months, grouping, group, classes, value)."""
    found = []
    spans = [(i, None) for i in range(len(months))]
    spans += [(j, i) for j in range(len(months)) for i in range(j)]
    for later, earlier in spans:
        for grouping, groups in {"all": ["all"], **names}.items():
            for group in groups:
                for classes in PARTS:
                    if "elsewhere" in classes and grouping != "all":
                        continue
                    n = sum(truths[later].get((grouping, group, c), 0) for c in classes)
                    if earlier is not None:
                        n -= sum(truths[earlier].get((grouping, group, c), 0) for c in classes)
                    if 0 < abs(n) < minimum:
                        found.append((later, earlier, grouping, group, classes, n))
    return found


def attacked(folders, truths, names, *, uses_means, minimum=MINIMUM):
    """Least and greatest value of every small number, given the copies."""
    attacker = Attack(folders, names, uses_means=uses_means)
    seen = {month: truths[month] for month in attacker.months}

    def grew(before, after, grouping, group, classes):
        at = [sum(seen[m].get((grouping, group, c), 0) for c in classes) for m in (before, after)]
        return at[1] >= at[0]

    def was_added(before, after, grouping, group, name):
        keys = [(grouping, group, name, *what) for what in ("", "s", "c")]
        n, start, change = (seen[after].get(k, 0) - seen[before].get(k, 0) for k in keys)
        least, most = attack["SIZES"][name]
        return (
            0 <= start <= 10 * n and 0 <= start - change <= 10 * n
            and least * n <= change <= most * n
        )  # fmt: skip

    attacker.growth(grew)
    attacker.added_scores(was_added)
    months = attacker.months
    for later, earlier, grouping, group, classes, n in small_numbers(
        list(seen.values()), names, months, minimum
    ):
        terms = attacker.of(months[later], grouping, [group], classes)
        if earlier is not None:
            before = attacker.of(months[earlier], grouping, [group], classes)
            terms = terms + [(c, -v) for c, v in before]
        low, high = attacker.solve(terms)
        assert low - 1e-4 <= n <= high + 1e-4, "the attacker reads the copies wrongly"
        yield (months[later], earlier is not None, grouping, group, classes), n, low, high


#: The largest takes half a minute, and runs with the slow tests.
LARGEST = pytest.param(1000, 3, marks=pytest.mark.slow)
CLINICS = [(60, 1), (90, 13), (200, 1), LARGEST]
MANY = [(n, seed) for n in (60, 90, 200, 400, 1000) for seed in range(2, 8)]


def hidden_from(folders, truths, names, minimum=MINIMUM):
    """Nothing small is told: not by numbers of clients, and not nearly by means either."""
    for uses_means in (False, True):
        for what, n, low, high in attacked(
            folders, truths, names, uses_means=uses_means, minimum=minimum
        ):
            if n < 0:
                n, low, high = -n, -high, -low
            if uses_means:
                assert high - low >= minimum // 2 + 1 - 1e-4, (what, n, low, high)
            else:
                assert low <= 1 + 1e-4, (what, n, low, high)
                assert high >= minimum - 1 - 1e-4, (what, n, low, high)


@pytest.mark.parametrize(("n_clients", "seed"), CLINICS)
def test_no_small_number_can_be_worked_out_from_two_monthly_copies(
    tmp_path, no_charts, n_clients, seed
):
    try:
        folders, truths, names = two_copies(tmp_path, n_clients, seed)
    except NotEnoughData:
        pytest.fail("a clinic of this size can share something")
    hidden_from(folders, truths, names)


@pytest.mark.slow
def test_no_small_number_can_be_worked_out_when_half_a_year_brought_new_tables(tmp_path, no_charts):
    months = ("2026-02-28", "2026-09-11")
    folders, truths, names = two_copies(tmp_path, 700, 8, months)
    assert len(Attack(folders, names, uses_means=False).months) == 2
    hidden_from(folders, truths, names)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_small_number_can_be_worked_out_from_four_copies(tmp_path, no_charts, seed):
    months = ("2025-12-31", "2026-03-31", "2026-06-30", "2026-09-11")
    folders, truths, names = two_copies(tmp_path, 600, seed, months)
    hidden_from(folders, truths, names)


def test_a_copy_for_inside_gives_nothing_away_to_those_outside(tmp_path, no_charts):
    months = ("2026-03-31", "2026-09-11")
    folders, truths, names = two_copies(tmp_path, 120, 2, months, minimums=(5, 11))
    hidden_from(folders[1:], truths, names)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_has_copies_for_inside_too_works_nothing_out(tmp_path, no_charts, seed):
    months = ("2026-03-31", "2026-05-31", "2026-09-11")
    folders, truths, names = two_copies(tmp_path, 250, seed, months, minimums=(11, 5, 11))
    hidden_from([folders[0], folders[2]], truths, names)
    hidden_from(folders, truths, names, minimum=5)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_clients_forgotten_and_imports_undone_cannot_be_told_from_copies(tmp_path, no_charts, seed):
    sessions = ho.simulate_clinic(150, seed=seed).sessions
    who, day = sessions.columns[0], next(c for c in sessions if "date" in c.lower())
    assert sessions[who].nunique() == 150
    clients = sessions[who].unique()
    random = np.random.default_rng(seed)
    forgotten = random.choice(clients, 3, replace=False)
    undone = sessions[day].between("2026-05-01", "2026-06-15")
    by_day = {
        "2026-03-31": sessions,
        "2026-05-31": sessions[~sessions[who].isin(forgotten)],
        "2026-07-31": sessions[~undone],
        "2026-09-11": sessions[~sessions[who].isin(forgotten[1:])],
    }
    hidden_from(*copies_of(tmp_path, by_day))


@pytest.mark.slow
def test_few_new_clients_cannot_be_told_when_many_come_due(tmp_path, no_charts):
    sessions = ho.simulate_clinic(500, seed=1).sessions
    who, day = sessions.columns[0], next(c for c in sessions if "date" in c.lower())
    first = sessions.groupby(who)[day].min()
    new = first[first > "2026-05-31"].index
    few = sessions[~sessions[who].isin(new[5:])]
    hidden_from(*copies_of(tmp_path, {"2026-05-31": few, "2026-09-11": few}))


def rows_with_means(folder, names):
    """Every row whose means are shown: grouping, groups, number, means, and classes shown."""
    attacker = Attack([folder], names, uses_means=False)
    shown = {}
    for grouping, _, rows in attack["read_copy"](folder):
        for label, numbers, means, _ in rows:
            groups = tuple(attacker._groups(grouping, label, rows))
            row = shown.setdefault((grouping, groups), {})
            row |= {"means": means} if means else {}
            row |= {h: n for h, n in numbers.items() if n is not None}
    for (grouping, groups), row in shown.items():
        if "means" in row:
            headings = {"better": "Better", "same": "About the same", "worse": "Worse"}
            known = {name: row[h] for name, h in headings.items() if h in row}
            yield grouping, groups, int(row["Measured again"]), row["means"], known


def range_of_every_small_number(folders, truths, names):
    """What whole scores leave open of the small numbers of every row with means."""
    for folder, truth in zip(folders, truths.values(), strict=True):
        for grouping, groups, n, means, known in rows_with_means(folder, names):
            for classes in PARTS[-6:]:
                k = sum(truth.get((grouping, g, c), 0) for g in groups for c in classes)
                if 0 < k < MINIMUM:
                    low, high = exact["possible"](n, means, known, classes)
                    assert low <= k <= high, "the attacker reads the copies wrongly"
                    yield (folder.name, grouping, groups, n, means, classes), k, low, high


SOME_AND_MORE = [(60, 2), (100, 5),
    *(pytest.param(n, seed, marks=pytest.mark.slow) for n in (100, 200) for seed in range(1, 5)),
]  # fmt: skip


@pytest.mark.parametrize(("n_clients", "seed"), SOME_AND_MORE)
def test_whole_scores_leave_every_small_number_open(tmp_path, no_charts, n_clients, seed):
    copies = two_copies(tmp_path, n_clients, seed, MONTHS[1:])
    for what, k, low, high in range_of_every_small_number(*copies):
        assert high - low >= 6, (what, k, low, high)


def test_whole_scores_tell_much_where_means_are_not_looked_at(tmp_path, no_charts, monkeypatch):
    """The same attack where the gate looks at numbers of clients alone: it can tell."""
    monkeypatch.setattr(gate, "_AT_ONE", gate._AT_NUMBERS)
    monkeypatch.setattr(gate, "_AT_ALL", gate._AT_NUMBERS)
    copies = two_copies(tmp_path, 100, 5, MONTHS[1:])
    ranges = [high - low for _, _, low, high in range_of_every_small_number(*copies)]
    assert min(ranges) < 4
    assert sum(width < 6 for width in ranges) >= 5


@pytest.mark.slow
@pytest.mark.parametrize(("n_clients", "seed"), MANY)
def test_no_small_number_of_many_more_clinics(tmp_path, no_charts, n_clients, seed):
    folders, truths, names = two_copies(tmp_path, n_clients, seed)
    hidden_from(folders, truths, names)


@pytest.mark.parametrize(("n_clients", "seed"), [(60, 1), (200, 1), LARGEST])
def test_the_same_attack_works_where_only_small_numbers_are_hidden(
    tmp_path, no_charts, monkeypatch, n_clients, seed
):
    """Without hiding further numbers the attack finds many: it can tell."""
    monkeypatch.setattr(gate._Gate, "_exposed", lambda self, *given: None)
    folders, truths, names = two_copies(tmp_path, n_clients, seed)
    exact = {True: 0, False: 0}
    for (_, is_change, *_), n, low, high in attacked(folders, truths, names, uses_means=False):
        if high - low < 1e-4:
            assert round(low) == n
            exact[is_change] += 1
    assert exact[True] >= 5
    assert exact[False] >= 1


def test_sentences_say_no_number_that_tables_do_not(tmp_path, no_charts):
    folders, _, _ = two_copies(tmp_path, 120, 2)
    for folder in folders:
        page = attack["Tables"]((folder / "report.html").read_text(encoding="utf-8"))
        known = set()
        for _, _, rows in attack["read_copy"](folder):
            for _, numbers, means, share in rows:
                measured = numbers["Measured again"]
                known |= {n for n in numbers.values() if n is not None}
                known |= {round(100 * n / measured) for n in numbers.values() if n is not None}
                known |= {abs(x) for x in means or ()}
                known |= {int(share[:-1])} if share[:-1].isdigit() else set()
        findings = [text for text in page.text if text.startswith(("Of ", "Among "))]
        assert len(findings) >= 2
        for text in findings:
            # "week 6" and "2 points" belong to the question, not to the clients.
            said = text.replace("week 6", "").replace("by 2 points or more", "")
            for n in re.findall(r"\d+(?:\.\d+)?", said.replace(",", "")):
                assert float(n) in known, (n, text)
