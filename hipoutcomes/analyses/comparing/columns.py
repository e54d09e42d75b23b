"""The columns of a comparison's models: what is held alike, as numbers with names."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.least_squares.linear import dependencies


@dataclass(frozen=True, eq=False)
class Columns:
    """What is held alike of n patients, as k columns.

    Attributes
    ----------
    labels : tuple of str
        What each column is a part of: 'Age', 'Condition', ...
    categories : tuple of str
        Category that the column marks; empty for numbers.
    matrix : ndarray, shape (n, k)
    """

    labels: tuple[str, ...]
    categories: tuple[str, ...]
    matrix: np.ndarray

    def name(self, place: int) -> str:
        """A column in words."""
        category = self.categories[place]
        return f"{self.labels[place]}: {category}" if category else self.labels[place]


def columns_of(compared: Compared, *, baseline: bool = True, every: bool = False) -> Columns:
    """First score, therapist and covariates as columns, without a constant.

    Parameters
    ----------
    compared : Compared
    baseline : bool
        With the first score.
    every : bool
        A column for every category, as a table of balance shows; otherwise the most common one is
        left out, against which the others are set.
    """
    labels, categories, parts = [], [], []

    def add(label: str, category: str, column: np.ndarray) -> None:
        labels.append(label)
        categories.append(category)
        parts.append(column.astype(float))

    if baseline:
        add(compared.question.measure.label, "", compared.baseline)
    words = [] if compared.therapist is None else [("Therapist", compared.therapist)]
    for each in compared.covariates:
        if each.is_number:
            add(each.label, "", each.values)
        else:
            words.append((each.label, each.values))
    for label, values in words:
        names, counts = np.unique(values.astype(str), return_counts=True)
        order = names[np.lexsort((names, -counts))]
        for name in order if every else order[1:]:
            add(label, str(name), values == name)
    matrix = np.column_stack(parts) if parts else np.empty((len(compared), 0))
    return Columns(tuple(labels), tuple(categories), matrix)


def independent_columns(compared: Compared, *, asked_for: bool) -> tuple[Columns, tuple[str, ...]]:
    """Columns none of which the others determine, and a note on those left out.

    Parameters
    ----------
    compared : Compared
    asked_for : bool
        The caller named what to adjust for: then a column that others determine is an error.

    Raises
    ------
    NotEnoughData
        When columns determine one another and the caller named them; they are named.
    """
    columns = columns_of(compared)
    arms = np.eye(len(compared.arms))[compared.codes]
    n_arms = arms.shape[1]
    found = dependencies(np.column_stack([arms, columns.matrix]))
    fixed = {place - n_arms: parts for place, parts in found.items() if place >= n_arms}
    if not fixed:
        return columns, ()
    made_of = {place: _names(columns, compared, parts) for place, parts in fixed.items()}
    named = [
        f"{columns.name(place)} is "
        + (f"fixed by {' and '.join(names)}" if names else "the same for everyone")
        for place, names in made_of.items()
    ]
    if asked_for and any(made_of.values()):
        raise NotEnoughData(
            f"What is to be held alike has no single answer in these records: {'; '.join(named)}.",
            remedy="Leave one of them out of adjust.",
        )
    kept = [place for place in range(len(columns.labels)) if place not in fixed]
    left = Columns(
        tuple(columns.labels[place] for place in kept),
        tuple(columns.categories[place] for place in kept),
        columns.matrix[:, kept],
    )
    return left, (f"Left out of the adjustment, for it adds nothing: {'; '.join(named)}.",)


def _names(columns: Columns, compared: Compared, parts: tuple[int, ...]) -> list[str]:
    """Columns and arms by name."""
    n_arms = len(compared.arms)
    if set(range(n_arms)) <= set(parts):
        # All arms together are the constant.
        parts = tuple(part for part in parts if part >= n_arms)
    return [compared.arms[part] if part < n_arms else columns.name(part - n_arms) for part in parts]
