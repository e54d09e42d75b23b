"""What a mixed model cannot be fitted to, told from its moments and in names of columns."""

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.moments.moments import Moments

#: Fewer patients say nothing of the spread between patients.
FEWEST_PATIENTS = 5

#: A column of which the columns before it leave a smaller share of the sum of squares unexplained
#: is taken as determined by them: sums cannot tell it apart.
_COLLINEAR = 1e-10


def _patients(n: int) -> str:
    """How many patients have something."""
    return "1 patient has" if n == 1 else f"{n} patients have"


def check_separable(moments: Moments) -> None:
    """Raise where the moments cannot tell the parts of the model apart.

    Raises
    ------
    NotEnoughData
    """
    columns = moments.columns
    outcome = columns.names[-1]
    if moments.n_patients < FEWEST_PATIENTS:
        raise NotEnoughData(
            f"Only {_patients(moments.n_patients)} {outcome} and every column of the model.",
            f"The spread between patients needs {FEWEST_PATIENTS} of them or more.",
            "Collect more patients, or describe these without a model.",
        )
    if moments.n_rows <= len(columns.names) - 1:
        raise NotEnoughData(
            f"The model has {len(columns.names) - 1} coefficients and {moments.n_rows} rows used.",
            "There must be more rows than coefficients.",
            "Leave out columns, or merge levels.",
        )
    _check_repeated(moments)
    _check_varies(moments)
    _check_independent(moments)


def _check_repeated(moments: Moments) -> None:
    """Patients need more rows than they have random effects, somewhere."""
    patterns = np.vstack([moments.patterns, moments.lone_patterns])
    rows = patterns[:, 0]
    slope = moments.columns.slope
    if rows.max() <= 1:
        raise NotEnoughData(
            f"Each of the {moments.n_patients} patients has one row only.",
            "A patient's own level cannot be told from the residual without a second row.",
            "Use ancova for one row per patient.",
        )
    if not slope:
        return
    spread = patterns[:, 2] - patterns[:, 1] ** 2 / rows
    varies = spread > 1e-10 * np.maximum(patterns[:, 2], 1e-300)
    if not varies.any():
        raise NotEnoughData(
            f"{slope} does not vary within any of the {moments.n_patients} patients.",
            "A patient's own slope needs two values of it in some patients.",
            f"Leave out slope={slope!r}.",
        )
    if (rows - 1 - varies <= 0).all():
        raise NotEnoughData(
            f"No patient has more than two rows, or more than one at each {slope}.",
            "A patient's own level and slope cannot be told from the residual by two rows.",
            f"Leave out slope={slope!r}, or add patients with three rows or more.",
        )


def _check_varies(moments: Moments) -> None:
    """The outcome must vary."""
    k = len(moments.products) - 1
    name = moments.columns.names[-1]
    total = moments.products[k, k]
    place = moments.columns.intercept
    if place is not None:
        total = total - moments.products[place, k] ** 2 / moments.n_rows
    if total <= 1e-14 * moments.products[k, k]:
        raise NotEnoughData(
            f"{name} is the same in all {moments.n_rows} rows used: nothing to explain.",
            remedy="Check that the right outcome was chosen.",
        )


def _check_independent(moments: Moments) -> None:
    """Columns must not determine one another, nor the outcome."""
    names, k = moments.columns.names, len(moments.products) - 1
    lengths = np.sqrt(np.diag(moments.products))
    lengths = np.where(lengths > 0, lengths, 1.0)
    crossed = moments.products / np.outer(lengths, lengths)
    free: list[int] = []
    told = []
    for place in range(k + 1):
        parts = np.linalg.solve(crossed[np.ix_(free, free)], crossed[free, place])
        left = crossed[place, place] - crossed[place, free] @ parts
        if left > _COLLINEAR:
            free.append(place)
            continue
        made_of = [names[f] for f, part in zip(free, parts, strict=True) if abs(part) > 1e-5]
        if place == k:
            raise NotEnoughData(
                f"{names[k]} is reproduced exactly in all {moments.n_rows} rows by the model.",
                remedy="Check whether the outcome, or a part of it, is among the columns.",
            )
        why = f"fixed by {' and '.join(made_of)}" if made_of else "zero in every row"
        told.append(f"{names[place]} is {why}")
    if told:
        raise NotEnoughData(
            f"The model has no single answer in these rows: {'; '.join(told)}.",
            remedy="Leave out one of those columns.",
        )
