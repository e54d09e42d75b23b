"""Why a model cannot be fitted, in the names of the frame instead of positions in arrays."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.separation import Separated
from hipoutcomes.stats.models.gee.small_clusters import FixedByOneCluster
from hipoutcomes.stats.models.least_squares.linear import dependencies
from hipoutcomes.tables.design import Design


def cluster_codes(frame, made: Design, cluster: str) -> tuple[np.ndarray, np.ndarray]:
    """Cluster of each row used, numbered from 0, and the clusters' names."""
    column = nw.from_native(frame, eager_only=True).get_column(cluster).to_pandas()
    codes, names = pd.factorize(column[made.used].to_numpy())
    return codes.astype(np.intp), np.asarray(names)


def check_outcome_varies(made: Design) -> None:
    """Raise when there is nothing to explain, or no row more than coefficients."""
    name, outcome = made.outcome_name, made.outcome
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"{name} is {outcome[0]:g} in all {len(outcome)} rows used: nothing to explain.",
            remedy="Check that the right outcome was chosen.",
        )
    if len(outcome) <= len(made.columns):
        raise NotEnoughData(
            f"'{made.formula}' has {len(made.columns)} coefficients and {len(outcome)} rows used.",
            f"There must be more rows than coefficients; left out: {dict(made.dropped) or 'none'}.",
            "Leave out columns, or merge levels.",
        )


@contextmanager
def named_errors(
    made: Design,
    columns: Sequence[str],
    *,
    cluster: str | None = None,
    clusters: np.ndarray | None = None,
) -> Iterator[None]:
    """Turn what a statistic says of positions into columns and clusters of the frame.

    Parameters
    ----------
    made : Design
    columns : sequence of str
        Names of the columns that were handed to the statistic.
    cluster : str, optional
        Column of the clusters.
    clusters : ndarray, optional
        Their names, by code.
    """
    try:
        yield
    except Separated as error:
        raise _separated(made, [columns[place] for place in error.columns]) from error
    except FixedByOneCluster as error:
        names = ", ".join(repr(str(clusters[place])) for place in error.clusters[:5])
        raise NotEnoughData(
            f"{cluster} {names} alone settles a coefficient of '{made.formula}', which then has "
            "no standard error.",
            f"Every coefficient needs two clusters of {cluster} or more.",
            "Leave out the column that varies in this cluster only, or merge levels.",
        ) from error
    except NotEnoughData as error:
        if found := dependencies(made.matrix):
            raise NotEnoughData(
                f"'{made.formula}' has no single answer in these rows: {made.in_words(found)}.",
                remedy="Leave out one of those columns.",
            ) from error
        by = f" by {cluster}" if cluster else ""
        raise NotEnoughData(
            f"'{made.formula}'{by}: {error.found[0].lower()}{error.found[1:]}",
            error.expected,
            error.remedy,
        ) from error


def _separated(made: Design, columns: list[str]) -> NotEnoughData:
    """Which columns settle the outcome, and in what rows where one of two values does."""
    places = [made.columns.index(column) for column in columns]
    told = [_one_sided(made, place) for place in places]
    told = [sentence for sentence in told if sentence]
    verb = "separates" if len(columns) == 1 else "separate"
    return NotEnoughData(
        f"{' and '.join(columns)} {verb} {made.outcome_name} in '{made.formula}'"
        + (f": {'; '.join(told)}." if told else ": their values fix the outcome of some rows."),
        "An odds ratio then has no finite estimate.",
        "Leave the column out, merge levels, or collect more rows.",
    )


def _one_sided(made: Design, place: int) -> str:
    """How a column of two values settles the outcome of the rows with one of them."""
    column, outcome = made.matrix[:, place], made.outcome
    values = np.unique(column)
    if len(values) > 2:
        return ""
    for value in values[::-1]:
        there = outcome[column == value]
        if (there == there[0]).all():
            return (
                f"{made.outcome_name} is {there[0]:g} in all {len(there)} rows where "
                f"{made.columns[place]} is {value:g}"
            )
    return ""
