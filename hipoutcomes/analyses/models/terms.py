"""The omnibus test of a term of a model: what is tested, and the answer in words."""

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.inference import Inference, JointTest
from hipoutcomes.tables.design import Design


def term_list(made: Design) -> str:
    """The terms of the formula, as a sentence lists them."""
    return ", ".join(str(term) for term in made.spec.terms if str(term) != "1") or "none"


def term_weights(made: Design, term: str) -> np.ndarray:
    """Sums of coefficients that are zero when the term does not matter.

    Parameters
    ----------
    made : Design
    term : str
        A factor, another column, or a term of the formula.

    Returns
    -------
    ndarray, shape (m, k)

    Raises
    ------
    ValueError
        When the formula has no such term; its terms are named.
    """
    if term in made.levels:
        _, rows = made.reference_rows(term)
        return rows[1:] - rows[0]
    places = made.term_columns(term)
    if not places:
        raise ValueError(
            f"'{made.formula}' has no term {term!r}; its terms are: {term_list(made)}."
        )
    return np.eye(len(made.columns))[places]


def joint_row(
    made: Design, inference: Inference, term: str, patients: np.ndarray | None
) -> tuple[dict, str]:
    """One row of a table of tests, and its sentence."""
    weights = term_weights(made, term)
    row = {"outcome": made.outcome_name, "quantity": "joint test", "term": term}
    counts = {"n_rows": len(made.outcome)}
    if patients is not None:
        counts["n_patients"] = len(np.unique(patients))
    if inference.n_clusters:
        counts["n_clusters"] = inference.n_clusters
    try:
        found = inference.test(weights)
    except NotEnoughData as error:
        numbers = dict.fromkeys(("statistic", "df_numerator", "df", "p_value"), np.nan)
        reason = " ".join(str(error).split())
        return {**row, **numbers, **counts, "reason": reason}, f"{term}: no test ({reason})"
    numbers = {
        "statistic": found.statistic,
        "df_numerator": found.df_numerator,
        "df": found.df,
        "p_value": found.p_value,
    }
    return {**row, **numbers, **counts, "reason": ""}, _sentence(made, term, found, len(weights))


def term_notes(made: Design, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Where a term tested is part of a product: what its test then means."""
    notes = []
    for term in terms:
        own = {part.strip() for part in term.split(":")}
        larger = [set(names) for names in made.products if own < set(names)]
        partners = ", ".join(sorted(set().union(*larger) - own)) if larger else ""
        if partners and term in made.levels:
            notes.append(
                f"Differences between levels of {term} depend on {partners} in this model; what is "
                "tested is their average over the reference grid."
            )
        elif partners:
            notes.append(
                f"The formula multiplies {term} with {partners}: what is tested holds where those "
                "are zero or at their first level."
            )
    return tuple(notes)


def joint_method(inference: Inference) -> str:
    """How the joint tests of this model are made."""
    return f" Terms are tested by an {inference.joint_name} of all their sums at once."


def _sentence(made: Design, term: str, found: JointTest, n_sums: int) -> str:
    """The question that was tested, and its answer in numbers."""
    if term in made.levels:
        asked = f"do its {n_sums + 1} levels differ in {made.outcome_name}?"
    elif n_sums == 1:
        asked = "is its coefficient other than zero?"
    else:
        asked = f"is any of its {n_sums} coefficients other than zero?"
    p_value = "P < 0.001" if found.p_value < 0.001 else f"P = {found.p_value:.3f}"
    df = f"{found.df_numerator:g}" + (f" and {found.df:.4g}" if np.isfinite(found.df) else "")
    return f"{term}: {asked} F = {found.statistic:.2f} on {df} degrees of freedom, {p_value}."
