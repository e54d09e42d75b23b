"""What every fit by generalised estimating equations gives, and what it asks of its arrays."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups, checked_values
from hipoutcomes.stats.models.inference import Inference

#: Ways to find the covariance of the coefficients.
COVARIANCES = ("bias-reduced", "robust", "naive")

#: Under so many clusters no correction has been shown to keep its level (Li & Redden 2015).
FEWEST_CLUSTERS = 10

#: Under so many degrees of freedom, clusters less coefficients, there is no interval.
FEWEST_DF = 4


@dataclass(frozen=True, slots=True, eq=False)
class GeeFit:
    """Coefficients of a mean, with a covariance that lets rows of one cluster agree.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Coefficients, on the scale of the model's link.
    covariance : ndarray, shape (k, k)
        Of the kind that was asked for.
    kind : str
        "bias-reduced", "robust" or "naive".
    correlation : float
        Between two rows of one cluster, by the moments of the residuals.
    scale : float
        Sum of squared residuals, each over the variance that the family gives it, divided by n - k.
    n_clusters : int
    largest : int
        Rows of the largest cluster.
    """

    beta: np.ndarray
    covariance: np.ndarray
    kind: str
    correlation: float
    scale: float
    n_clusters: int
    largest: int

    @property
    def df(self) -> float:
        """Degrees of freedom of each t reference: clusters less coefficients."""
        return float(self.n_clusters - len(self.beta))

    @property
    def inference(self) -> Inference:
        """Coefficients, covariance and degrees of freedom, as tables ask for them."""
        return Inference(
            self.beta,
            self.covariance,
            lambda weights: np.full(len(weights), self.df),
            n_clusters=self.n_clusters,
        )


def checked_gee(
    design, outcome, clusters, covariance: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Design, outcome and clusters numbered without gaps, fit for estimating equations.

    Parameters
    ----------
    design : ndarray, shape (n, k)
    outcome : ndarray, shape (n,)
    clusters : ndarray of int, shape (n,)
    covariance : str

    Raises
    ------
    NotEnoughData
        When there are no more rows than columns, too few clusters, or no two rows in one cluster.
    ValueError
        When a number is missing or infinite, shapes do not fit, or `covariance` is unknown.

    Examples
    --------
    >>> clusters = np.repeat(np.arange(1, 13), 2)
    >>> checked_gee(np.ones((24, 1)), np.arange(24), clusters, "robust")[2][-4:].tolist()
    [10, 10, 11, 11]
    """
    checked_covariance(covariance)
    outcome = checked_values(outcome, "outcome")
    design = np.asarray(design, dtype=float)
    if design.ndim != 2 or len(design) != len(outcome) or not design.shape[1]:
        raise ValueError(
            f"design must have shape ({len(outcome)}, k), one row per outcome and a column or "
            f"more; it has {design.shape}."
        )
    checked_values(design.reshape(-1), "design")
    return design, outcome, checked_clusters(outcome, clusters, design.shape[1])


def checked_covariance(covariance: str) -> str:
    """The kind of covariance, where it is known.

    Raises
    ------
    ValueError
        Naming those that are.

    Examples
    --------
    >>> checked_covariance("robust")
    'robust'
    """
    if covariance not in COVARIANCES:
        raise ValueError(
            f"covariance must be one of {', '.join(COVARIANCES)}; it is {covariance!r}."
        )
    return covariance


def checked_clusters(outcome: np.ndarray, clusters, n_columns: int) -> np.ndarray:
    """Clusters numbered without gaps, enough of them for so many coefficients.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    clusters : ndarray of int, shape (n,)
    n_columns : int

    Raises
    ------
    NotEnoughData
        When clusters are too few, no two rows share one, or the outcome does not vary.
    ValueError
        When there is not one whole code per row.

    Examples
    --------
    >>> checked_clusters(np.arange(24), np.repeat(np.arange(1, 13), 2), 1)[:4].tolist()
    [0, 0, 1, 1]
    """
    codes, n_clusters = checked_groups(clusters, len(outcome))
    sizes = np.bincount(codes, minlength=n_clusters)
    if not sizes.all():
        codes = (np.cumsum(sizes > 0) - 1)[codes]
        sizes = sizes[sizes > 0]
    check_enough_clusters(len(sizes), n_columns)
    _check_pairs(sizes, n_columns)
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"The outcome is {outcome[0]:g} in all {len(outcome)} rows: nothing to explain.",
            remedy="Check that the right outcome column was chosen.",
        )
    return codes


def check_correlation(correlation: float, largest: int) -> None:
    """Raise when clusters of this size cannot have this correlation.

    Parameters
    ----------
    correlation : float
    largest : int
        Rows of the largest cluster.

    Raises
    ------
    NotEnoughData

    Examples
    --------
    >>> check_correlation(-0.04, largest=31)
    Traceback (most recent call last):
    hipoutcomes.errors.NotEnoughData: The correlation within clusters comes out at -0.040.
      With up to 31 rows in a cluster it must lie between -0.033 and 1.
      ...
    """
    least = -1 / (largest - 1)
    if not least < correlation < 1:
        raise NotEnoughData(
            f"The correlation within clusters comes out at {correlation:.3f}.",
            f"With up to {largest} rows in a cluster it must lie between {least:.3f} and 1.",
            "Leave out columns that tell the clusters apart; or use cluster= of ho.ancova or "
            "ho.logistic, which need no correlation.",
        )


def check_enough_clusters(n_clusters: int, n_columns: int) -> None:
    """Raise when clusters are too few for a robust covariance of so many coefficients.

    Parameters
    ----------
    n_clusters, n_columns : int

    Raises
    ------
    NotEnoughData

    Examples
    --------
    >>> check_enough_clusters(12, 9)
    Traceback (most recent call last):
    hipoutcomes.errors.NotEnoughData: The rows come from 12 clusters; 9 coefficients are to be ...
      There must be 10 clusters or more, and 4 more than coefficients.
      Collect more clusters; or ask for fewer columns.
    """
    if n_clusters < FEWEST_CLUSTERS or n_clusters - n_columns < FEWEST_DF:
        coefficients = "coefficient is" if n_columns == 1 else "coefficients are"
        raise NotEnoughData(
            f"The rows come from {n_clusters} cluster{'s' if n_clusters > 1 else ''}; "
            f"{n_columns} {coefficients} to be estimated.",
            f"There must be {FEWEST_CLUSTERS} clusters or more, and {FEWEST_DF} more than "
            "coefficients.",
            "Collect more clusters; or ask for fewer columns.",
        )


def _check_pairs(sizes: np.ndarray, n_columns: int) -> None:
    """Raise when too few pairs of rows share a cluster."""
    n_pairs = int((sizes * (sizes - 1) // 2).sum())
    if n_pairs <= n_columns:
        raise NotEnoughData(
            f"Only {n_pairs} pairs of rows share a cluster, for {n_columns} coefficients.",
            "The correlation within clusters needs more pairs than coefficients.",
            "Leave the cluster out if no cluster has several rows.",
        )
