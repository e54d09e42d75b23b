"""What each chart shows, in words made from the same table, for someone who cannot see it."""

import numpy as np
import pandas as pd

from hipoutcomes.charts import labels
from hipoutcomes.charts.flow import flow_steps
from hipoutcomes.charts.love_plot import BALANCED, row_names
from hipoutcomes.charts.shifts import shift_counts
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.minimums import ESTIMATE

#: Beyond so many rows an alternative gives the range instead of every row.
_MOST_ROWS = 12


def describe_forest(table: pd.DataFrame) -> str:
    """Describe a forest chart: each group's estimate, interval and n.

    Examples
    --------
    >>> describe_forest(pd.DataFrame({"group": ["Deep tissue"], "estimate": [2.1],
    ...     "conf_low": [1.7], "conf_high": [2.5], "n_patients": [48], "unit": ["points"],
    ...     "quantity": ["mean improvement"], "outcome_label": ["Pain, 0-10"], "level": [0.95]}))
    'Forest chart, one row per group. Mean improvement in pain (points on 0-10), with its
    95% interval. Deep tissue (n = 48): 2.1 (1.7 to 2.5).'
    """
    table = labels.plain(table)
    what = labels.axis_label(table, "Estimate")
    opening = f"Forest chart, one row per group. {what}, with its {labels.level_of(table)}."
    unit = labels.shared(table, "unit")
    numbers = table[["estimate", "conf_low", "conf_high"]].to_numpy().ravel()
    digits = labels.digits_for(numbers)

    def said(row):
        return labels.with_interval(row.estimate, row.conf_low, row.conf_high, digits, unit=unit)

    return f"{opening} {_rows_or_range(table, said, unit, digits)}"


def describe_natural_course(table: pd.DataFrame, *, courses: pd.DataFrame | None = None) -> str:
    """Describe a chart of what re-measuring alone would give: means, ranges, courses apart.

    Examples
    --------
    >>> describe_natural_course(pd.DataFrame({"quantity": ["mean improvement"], "estimate": [2.1],
    ...     "conf_low": [1.7], "conf_high": [2.5], "expected_low": [0.4], "expected_high": [1.6],
    ...     "n_patients": [48], "unit": ["points"]}))
    'Chart of mean improvement; positive is better. Mean improvement (n = 48): observed 2.1 (1.7 to
    2.5), re-measuring alone 0.4 to 1.6.'
    """
    table = labels.plain(table)
    said = ["Chart of mean improvement; positive is better."]
    for row in table.itertuples():
        if labels.is_share(getattr(row, "unit", "")):
            continue
        name = labels.with_n(row.quantity[:1].upper() + row.quantity[1:], row.n_patients)
        if pd.isna(row.estimate):
            said.append(f"{name}: {getattr(row, 'reason', '') or 'no estimate'}.")
            continue
        observed = labels.with_interval(row.estimate, row.conf_low, row.conf_high)
        ends = (labels.number(end) for end in (row.expected_low, row.expected_high))
        alone = "" if pd.isna(row.expected_low) else f", re-measuring alone {' to '.join(ends)}"
        said.append(f"{name}: observed {observed}{alone}.")
    for row in () if courses is None else courses[courses["estimate"].notna()].itertuples():
        who = labels.with_n(row.group, row.n_patients)
        said.append(f"Apart, other patients as published: {who}: {labels.number(row.estimate)}.")
    return " ".join(said)


def describe_slopes(pairs: pd.DataFrame, *, minimum: int = ESTIMATE) -> str:
    """Describe a chart of slopes: first and later mean of each group of `minimum` or more.

    Examples
    --------
    >>> describe_slopes(pd.DataFrame({"baseline": [6.0] * 12, "final": [4.0] * 12}))
    'Before-and-after chart, one line per patient. Score. All patients (n = 12): mean 6.0 at
    first, 4.0 later.'
    """
    pairs = labels.plain(pairs)
    complete = pairs.dropna(subset=["baseline", "final"])
    if complete.empty:
        return "Before-and-after chart without lines: no patient has a first and a later score."
    if "group" not in complete:
        complete = complete.assign(group="all")
    sentences = []
    for group, part in complete.groupby("group", sort=False, observed=True):
        name = labels.with_n(group, len(part))
        if len(part) < minimum:
            sentences.append(f"{name}: too few for a mean.")
            continue
        means = part[["baseline", "final"]].mean()
        first, later = (labels.number(mean, labels.digits_for(means)) for mean in means)
        sentences.append(f"{name}: mean {first} at first, {later} later.")
    opening = f"Before-and-after chart, one line per patient. {labels.score_label(pairs)}."
    return " ".join((opening, *sentences))


def describe_trajectory(table: pd.DataFrame) -> str:
    """Describe a trajectory: the mean where it starts and ends, and how many were measured.

    Examples
    --------
    >>> describe_trajectory(pd.DataFrame({"axis": "session", "session_number": [1, 2],
    ...     "estimate": [6.0, 5.1], "n_measured": [48, 40], "n_still_coming": [50, 44]}))
    'Line chart of mean scores by session. Score. Session 1: mean 6.0, 48 measured, 50 still
    coming. Session 2: mean 5.1, 40 measured, 44 still coming.'
    """
    table = labels.plain(table)
    if table.empty:
        return "Line chart without points: no scores were recorded over time."
    axis = labels.shared(table, "axis")
    place = "session_number" if axis == "session" else "week"
    rows = table.sort_values(place)
    if len(rows) > _MOST_ROWS:
        rows = rows.iloc[:: -(-len(rows) // _MOST_ROWS)]
    digits = labels.digits_for(rows["estimate"])
    sentences = []
    for row in rows.itertuples():
        drawn = pd.notna(row.estimate)
        parts = [
            f"mean {labels.number(row.estimate, digits)}" if drawn else "no mean drawn",
            f"{int(row.n_measured):,} measured",
        ]
        if "n_still_coming" in rows and pd.notna(row.n_still_coming):
            parts.append(f"{int(row.n_still_coming):,} still coming")
        sentences.append(f"{axis.capitalize()} {getattr(row, place):g}: {', '.join(parts)}.")
    opening = f"Line chart of mean scores by {axis}. {labels.score_label(table)}."
    return " ".join((opening, *sentences))


def describe_cumulative(table: pd.DataFrame) -> str:
    """Describe a cumulative curve: the share that reached each of a few improvements.

    Examples
    --------
    >>> describe_cumulative(pd.DataFrame({"threshold": [-1.0, 0.0, 2.0],
    ...     "estimate": [1.0, 0.9, 0.6], "unit": "points"}))
    'Curve of the share of patients who improved by at least a given amount (points). All
    patients: 100% by at least −1, 90% by at least 0, 60% by at least 2.'
    """
    table = labels.plain(table)
    drawn = table.dropna(subset=["threshold", "estimate"])
    if drawn.empty:
        return "Cumulative curve without points: there are too few patients."
    if "group" not in drawn:
        drawn = drawn.assign(group="all")
    sentences = []
    for group, curve in drawn.groupby("group", sort=False, observed=True):
        curve = curve.sort_values("threshold")
        from_zero = np.arange(len(curve)) - curve["threshold"].searchsorted(0.0)
        few = curve[from_zero % -(-len(curve) // _MOST_ROWS) == 0]
        n_patients = curve["n_patients"].iloc[0] if "n_patients" in curve else None
        points = ", ".join(
            f"{labels.number(share, unit='share')} by at least {amount:g}".replace("-", "−")
            for amount, share in zip(few["threshold"], few["estimate"], strict=True)
        )
        sentences.append(f"{labels.with_n(group, n_patients)}: {points}.")
    unit = labels.in_brackets(labels.shared(table, "unit"))
    opening = f"Curve of the share of patients who improved by at least a given amount{unit}."
    return " ".join((opening, *sentences))


def describe_shares(table: pd.DataFrame) -> str:
    """Describe a chart of shares: better, same and worse, and what re-measuring would give.

    Examples
    --------
    >>> describe_shares(pd.DataFrame({"group": ["all"], "n_better": [30], "n_same": [15],
    ...     "n_worse": [5], "expected_low": [0.2], "expected_high": [0.35]}))
    'Bars of the shares better, same and worse. All patients (n = 50): 60% better, 30% same,
    10% worse; re-measuring alone would give 20% to 35% better.'
    """
    table = labels.plain(table)
    sentences = []
    for row in table.to_dict("records"):
        counts = [row[name] for name in ("n_better", "n_same", "n_worse")]
        total = sum(counts)
        name = labels.with_n(row["group"], row.get("n_patients", total))
        if pd.isna(total) or total == 0:
            sentences.append(f"{name}: {_reason(row)}.")
            continue
        better, same, worse = (labels.number(count / total, unit="share") for count in counts)
        chance = [
            _range(row, "expected_low", "expected_high", "better"),
            _range(row, "expected_worse_low", "expected_worse_high", "worse"),
        ]
        said = " and ".join(part for part in chance if part)
        said = f"; re-measuring alone would give {said}" if said else ""
        sentences.append(f"{name}: {better} better, {same} same, {worse} worse{said}.")
    return " ".join(("Bars of the shares better, same and worse.", *sentences))


def describe_heatmap(table: pd.DataFrame) -> str:
    """Describe a heat map: its cells with an estimate, and how many are too small.

    Examples
    --------
    >>> describe_heatmap(pd.DataFrame({"technique": ["swedish", "cupping"],
    ...     "condition": ["piriformis", "piriformis"], "estimate": [1.8, None],
    ...     "n_patients": [25, 3], "unit": "points"}))
    'Grid of technique by condition. Improvement (points; + is better). Swedish, Piriformis
    syndrome (n = 25): +1.8. 1 cell has too few patients for an estimate.'
    """
    table = labels.plain(table)
    known = table[table["estimate"].notna()]
    n_blank = len(table) - len(known)
    unit, digits = labels.shared(table, "unit"), labels.digits_for(table["estimate"])
    named = known.assign(
        group=[
            f"{TECHNIQUES.label(row.technique)}, {CONDITIONS.label(row.condition)}"
            for row in known.itertuples()
        ]
    )
    sentences = [f"{labels.axis_label(table, 'Improvement', '+ is better')}."]
    if len(named):
        sentences.append(
            _rows_or_range(
                named, lambda row: labels.number(row.estimate, digits, unit=unit, signed=True),
                unit, digits,
            )
        )  # fmt: skip
    if n_blank:
        cells = "1 cell has" if n_blank == 1 else f"{n_blank} cells have"
        sentences.append(f"{cells} too few patients for an estimate.")
    return " ".join(("Grid of technique by condition.", *sentences))


def describe_flow(table: pd.DataFrame) -> str:
    """Describe the patient flow: the number at each step.

    Examples
    --------
    >>> describe_flow(pd.DataFrame({"status": ["not yet due", "measured"], "n_patients": [5, 45]}))
    'Patient flow: seen 50; not yet due 5; due 45; measured again 45.'
    """
    steps = flow_steps(table)
    if not steps:
        return "Patient flow: no patients were seen."
    return "Patient flow: " + "; ".join(f"{name.lower()} {n:,}" for name, n, _ in steps) + "."


def describe_shifts(table: pd.DataFrame) -> str:
    """Describe shifts of category: how many patients are better, the same and worse.

    Examples
    --------
    >>> describe_shifts(pd.DataFrame({"baseline": [2, 3], "final": [1, 3], "n_patients": [12, 4]}))
    'Grid of first by later category. Of 16 patients, 12 are better, 4 the same and 0 worse.'
    """
    table = labels.plain(table)
    counts = shift_counts(table)
    noun, _ = labels.noun_and_range(labels.shared(table, "outcome_label"))
    return (
        f"Grid of first by later {noun or 'category'}. Of {sum(counts.values()):,} patients, "
        f"{counts['better']:,} are better, {counts['same']:,} the same and "
        f"{counts['worse']:,} worse."
    )


def describe_love_plot(table: pd.DataFrame, *, limit: float = BALANCED) -> str:
    """Describe a love plot: how many characteristics differ beyond the limit, and the largest.

    Examples
    --------
    >>> describe_love_plot(pd.DataFrame({"characteristic": ["Age", "Sex"],
    ...     "std_difference": [0.4, 0.05], "std_difference_weighted": [0.02, 0.01]}))
    'Dot chart of the largest difference between two groups in each of 2 characteristics, in
    standard deviations. Before weighting 1 is over 0.1, the largest 0.40 (Age); after weighting
    0 are over 0.1, the largest 0.02 (Age).'
    """
    table = labels.plain(table)
    if table.empty:
        return "Dot chart without dots: no characteristics were recorded."
    names, parts = row_names(table), []
    for moment, column in (("before", "std_difference"), ("after", "std_difference_weighted")):
        sizes = table[column].to_numpy(float) if column in table else np.array([])
        if not np.isfinite(sizes).any():
            continue
        n_over = int((sizes > limit).sum())
        largest = int(np.nanargmax(sizes))
        size = labels.number(sizes[largest], 2) if np.isfinite(sizes[largest]) else "without end"
        name = names[largest].replace("\n", " ")
        verb = "is" if n_over == 1 else "are"
        parts.append(
            f"{moment} weighting {n_over} {verb} over {limit:g}, the largest {size} ({name})"
        )
    said = "; ".join(parts) or "none can be taken"
    return (
        f"Dot chart of the largest difference between two groups in each of {len(table)} "
        f"characteristics, in standard deviations. {said[:1].upper()}{said[1:]}."
    )


def describe_assumption(table: pd.DataFrame) -> str:
    """Describe the mean of everyone against what is assumed of the missing: each marked reading.

    Examples
    --------
    >>> describe_assumption(pd.DataFrame({"assumed": [-4.0, 6.0], "estimate": [0.7, 2.9],
    ...     "conf_low": [0.2, 2.4], "conf_high": [1.2, 3.4], "unit": "points", "level": 0.95,
    ...     "reading": ["worst possible", "best possible"]}))
    'Line of the mean improvement of everyone due (points), with its 95% interval, against the
    mean improvement assumed for those not measured. Worst possible (−4.0): 0.7 (0.2 to 1.2). Best
    possible (6.0): 2.9 (2.4 to 3.4).'
    """
    table = labels.plain(table)
    drawn = table.dropna(subset=["assumed", "estimate"])
    if drawn.empty:
        return "Line chart without a line: nobody is missing, or too few were measured."
    named = drawn[drawn["reading"].fillna("") != ""] if "reading" in drawn else drawn.head(0)
    sentences = [
        f"{row.reading[:1].upper()}{row.reading[1:]} ({labels.number(row.assumed)}): "
        f"{labels.with_interval(row.estimate, row.conf_low, row.conf_high)}."
        for row in named.sort_values("assumed", kind="stable").itertuples()
    ]
    unit = labels.in_brackets(labels.shared(table, "unit"))
    opening = (
        f"Line of the mean improvement of everyone due{unit}, with its {labels.level_of(table)}, "
        "against the mean improvement assumed for those not measured."
    )
    return " ".join((opening, *sentences))


def _rows_or_range(table, said, unit, digits) -> str:
    """Every row in words; of many rows, the lowest and the highest, and how many have none."""
    if len(table) <= _MOST_ROWS:
        return " ".join(
            f"{labels.with_n(row.group, row.n_patients)}: "
            f"{said(row) if pd.notna(row.estimate) else _reason(row._asdict())}."
            for row in table.itertuples()
        )
    known = table[table["estimate"].notna()]
    without = len(table) - len(known)
    tail = f" {without} groups have no estimate." if without else ""
    if known.empty:
        return f"{len(table)} groups, none with an estimate."
    ordered = known.sort_values("estimate", kind="stable")
    ends = [ordered.iloc[0], ordered.iloc[-1]]
    low, high = (
        f"{labels.number(row['estimate'], digits, unit=unit)} ({row['group']})" for row in ends
    )
    return f"{len(known)} groups with an estimate, from {low} to {high}.{tail}"


def _reason(row) -> str:
    """Why a row has no number."""
    reason = row.get("reason")
    return reason if isinstance(reason, str) and reason else "no estimate"


def _range(row, low, high, name) -> str:
    """A range of shares in words; empty where it is not known."""
    if pd.isna(row.get(low)) or pd.isna(row.get(high)):
        return ""
    ends = (labels.number(row[end], unit="share") for end in (low, high))
    return f"{' to '.join(ends)} {name}"
