"""Rows, sentences and notes of a model's answer; a row without an estimate says why."""

from itertools import combinations

import numpy as np
import pandas as pd

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.tables.design import Design

#: What must hold before a difference may be called an effect.
CAUSAL = (
    "An adjusted difference is an effect only if four things hold: rows alike in the columns of "
    "the model were as likely to be in either group, whatever their outcome; each kind of row "
    "could have been in either; no column was influenced by the group; and the form of the model "
    "is right."
)

_FAMILY = {
    "holm": "P-values are adjusted over the {n} contrasts estimated here (Holm 1979)",
    "bh": "P-values are adjusted over the {n} contrasts estimated here (Benjamini & Hochberg 1995)",
    "none": "P-values are not adjusted for making {n} contrasts",
}


def coefficient_rows(
    made: Design, inference: Inference, level: float, patients: np.ndarray | None = None
) -> pd.DataFrame:
    """One row per coefficient; with the patients of the rows used, how many they are."""
    table = pd.DataFrame({"term": made.columns}).assign(n_rows=len(made.outcome))
    if patients is not None:
        table["n_patients"] = len(np.unique(patients))
    table.insert(0, "outcome", made.outcome_name)
    table.insert(1, "quantity", "coefficient")
    weights = np.eye(len(made.columns))
    table = inferred(table, inference, level, weights, [""] * len(table))
    if table["estimate"].isna().all():
        raise NotEnoughData(
            f"{inference.n_clusters} clusters are too few for '{made.formula}': no coefficient "
            f"reaches {inference.fewest_df:g} degrees of freedom.",
            "Every standard error would itself be too uncertain to use.",
            "Collect more clusters; or name the clusters in the formula as C(...), without "
            "cluster=, and speak of these clusters only.",
        )
    return table


def inferred(
    table: pd.DataFrame,
    inference: Inference,
    level: float,
    weights: np.ndarray,
    reasons: list[str],
) -> pd.DataFrame:
    """The table with estimates, or the reason where there is none."""
    sums = inference.contrasts(weights, level)
    if inference.n_clusters:
        table = table.assign(n_clusters=inference.n_clusters)
    few = ~(sums.df >= inference.fewest_df - 1e-9)
    reasons = [
        why or (_few_clusters(have, inference.fewest_df) if lacks else "")
        for why, have, lacks in zip(reasons, sums.df, few, strict=True)
    ]
    refused = np.array([bool(reason) for reason in reasons])
    names = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
    numbers = {name: np.where(refused, np.nan, getattr(sums, name)) for name in names}
    counts = [name for name in ("n_rows", "n_patients", "n_clusters") if name in table]
    made = table.drop(columns=counts).assign(**numbers, df=sums.df, level=level)
    return made.assign(**{name: table[name] for name in counts}, reason=reasons)


def _few_clusters(df: float, fewest: float) -> str:
    """Why a sum of coefficients that few clusters carry has no interval."""
    have = f"only {df:.1f}" if np.isfinite(df) else "no"
    return f"{have} degrees of freedom from the clusters; an interval needs {fewest:g}"


def level_pairs(names: list[str], reference, factor: str) -> list[tuple[int, int]]:
    """Positions of the levels to subtract: all pairs, or each minus the reference."""
    if reference is None:
        return list(combinations(range(len(names)), 2))
    if str(reference) not in names:
        raise ValueError(
            f"{factor} has no level {str(reference)!r}; its levels are: {', '.join(names)}."
        )
    place = names.index(str(reference))
    return [(other, place) for other in range(len(names)) if other != place]


def row_sentence(row: dict) -> str:
    """One adjusted mean or difference in words."""
    name = row.get("contrast", row.get("group"))
    if "within" in row:
        name = f"{row['within']}: {name}"
    if row["reason"]:
        return f"{name}: no estimate ({row['reason']})."
    form, unit = "{:.2f}", ""
    if row.get("unit") == "share" and "contrast" in row:
        row = row | {limit: 100 * row[limit] for limit in ("estimate", "conf_low", "conf_high")}
        form, unit = "{:.0f}", " percentage points"
    elif row.get("unit") == "share":
        form = "{:.0%}"
    return (
        f"{name}: {row['quantity']} {form.format(row['estimate'])}{unit} ({row['level']:.0%} "
        f"interval {form.format(row['conf_low'])} to {form.format(row['conf_high'])})."
    )


def family_note(table: pd.DataFrame, adjust: str) -> str:
    """Which contrasts the adjusted p-values allow for, and that intervals stand alone."""
    n = int(table["p_value"].notna().sum())
    several = _FAMILY[adjust].format(n=n) if n else "No p-value is given"
    return several + "; intervals are for one contrast at a time."


def level_notes(made: Design) -> tuple[str, ...]:
    """What to know of levels with one row, and of levels that are not in the model."""
    notes = []
    for name, counts in made.levels.items():
        if alone := [str(level) for level, n in counts.items() if n == 1]:
            notes.append(
                f"{name} has one row only at {', '.join(alone)}: the model fits that row exactly, "
                "and learns nothing else from it. Merge the level with another, or leave it out."
            )
    for name, gone in made.emptied.items():
        notes.append(
            f"{name} has no row used at {', '.join(map(str, gone))}: not part of the model."
        )
    return tuple(notes)


def model_words(made: Design, level: float, *, alike: bool = True) -> tuple[str, ...]:
    """Who is in the model, what is estimated, and what is assumed of those left out.

    Parameters
    ----------
    made : Design
    level : float
    alike : bool
        Whether the model takes rows left out to be like those used; a model that assumes
        something else says so itself.
    """
    out = ", ".join(f"{n:,} {why}" for why, n in made.dropped.items())
    left_out = f"; left out: {out}" if out else ""
    words = (
        f"{len(made.outcome):,} of {len(made.used):,} rows are in the model{left_out}.",
        f"Each row of the table is the difference in mean {made.outcome_name}, with its "
        f"{level:.0%} interval, between rows one unit apart in that column (for a level: between "
        "it and the first level) and alike in every other column.",
    )
    if made.products:
        words += (
            "The formula multiplies columns: the row of one of them alone holds where those it is "
            "multiplied with are zero or at their first level; .contrasts() gives averages.",
        )
    if out and alike:
        words += (
            "Rows left out are taken to be like the rows used with the same values in the model.",
        )
    return words
