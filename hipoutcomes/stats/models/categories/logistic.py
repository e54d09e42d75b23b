"""Logistic regression on arrays, with standard errors that may let rows of one cluster agree."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups, checked_values
from hipoutcomes.stats.models.categories.multinomial import fit_multinomial
from hipoutcomes.stats.models.gee.gee import check_enough_clusters
from hipoutcomes.stats.models.gee.small_clusters import check_several_clusters, corrected_scores
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.orthonormal import orthonormal_design

#: Fewer of the rarer outcome for each coefficient leave the estimates biased and uncertain.
FEWEST_EVENTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """Probability of an outcome for n rows, from k columns.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Log odds ratios per unit of each column.
    covariance : ndarray, shape (k, k)
    probabilities : ndarray, shape (n,)
    scores : ndarray, shape (n, k)
        Derivative of each row's log likelihood with respect to `beta`.
    n_rarer : int
        Rows of the rarer outcome.
    n_clusters : int
        0 where rows are taken as independent.
    log_likelihood : float
    """

    beta: np.ndarray
    covariance: np.ndarray
    probabilities: np.ndarray
    scores: np.ndarray
    n_rarer: int
    n_clusters: int
    log_likelihood: float

    @property
    def events_per_coefficient(self) -> float:
        """Rows of the rarer outcome for each coefficient beyond the intercept."""
        return self.n_rarer / max(len(self.beta) - 1, 1)

    @property
    def inference(self) -> Inference:
        """Coefficients, covariance and degrees of freedom, as tables ask for them."""
        df = self.n_clusters - len(self.beta) if self.n_clusters else np.inf
        return Inference(
            self.beta,
            self.covariance,
            lambda weights: np.full(len(weights), float(df)),
            n_clusters=self.n_clusters,
        )


def fit_logistic(
    design: np.ndarray, outcome: np.ndarray, clusters: np.ndarray | None = None
) -> LogisticFit:
    """Fit the log odds of an outcome on the columns of a design, by maximum likelihood.

    The estimand: for each column, the log odds ratio between rows one unit apart in it and alike
    in the others.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        One row per outcome; the intercept is a column of ones.
    outcome : ndarray, shape (n,)
        0 or 1.
    clusters : ndarray of int, shape (n,), optional
        Cluster of each row, numbered from 0: standard errors then let rows of a cluster agree.

    Raises
    ------
    NotEnoughData
        When every outcome is the same, rows or clusters are too few (10 clusters, and 4 more than
        coefficients), columns determine one another or separate the outcomes, or one cluster alone
        settles a coefficient.
    ValueError
        When the outcome holds another number than 0 and 1, or shapes do not fit.

    Notes
    -----
    ``P(y = 1 | x) = 1 / (1 + exp(-x'b))``, by `fit_multinomial` with two categories. Without
    clusters the covariance is the inverse of the information, with normal intervals. With them it
    is the sandwich of the scores of clusters, raised as Mancl & DeRouen raise it for few
    clusters [1]_, with t intervals on clusters less coefficients degrees of freedom [2]_.

    References
    ----------
    .. [1] Mancl LA, DeRouen TA (2001). A covariance estimator for GEE with improved small-sample
       properties. Biometrics 57(1), 126-134.
    .. [2] Li P, Redden DT (2015). Small sample performance of bias-corrected sandwich estimators
       for cluster-randomized trials with binary outcomes. Statistics in Medicine 34(2), 281-296.

    Examples
    --------
    >>> fit = fit_logistic([[1, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1]], [0, 1, 0, 1, 1, 0])
    >>> fit.beta.round(6), fit.probabilities[[0, 3]].round(6)
    (array([-0.693147,  1.386294]), array([0.333333, 0.666667]))
    """
    outcome = checked_values(outcome, "outcome")
    if not np.isin(outcome, (0.0, 1.0)).all():
        raise ValueError(
            f"outcome must be 0 or 1; it holds {len(np.unique(outcome))} values, from "
            f"{outcome.min():g} to {outcome.max():g}."
        )
    if (outcome == outcome[0]).all():
        raise NotEnoughData(
            f"The outcome is {outcome[0]:g} in all {len(outcome)} rows: nothing to explain.",
            remedy="Check that the right outcome column was chosen.",
        )
    fit = fit_multinomial(design, outcome.astype(int))
    covariance, n_clusters = fit.covariance, 0
    if clusters is not None:
        covariance, n_clusters = _clustered(design, fit, clusters)
    return LogisticFit(
        beta=fit.beta[0],
        covariance=covariance,
        probabilities=fit.probabilities[:, 1],
        scores=fit.scores,
        n_rarer=int(min(outcome.sum(), len(outcome) - outcome.sum())),
        n_clusters=n_clusters,
        log_likelihood=fit.log_likelihood,
    )


def _clustered(design, fit, clusters) -> tuple[np.ndarray, int]:
    """Covariance that lets rows of a cluster agree, and how many clusters there are."""
    codes, n_clusters = checked_groups(clusters, len(fit.probabilities))
    names, codes = np.unique(codes, return_inverse=True)
    n_clusters, n_columns = len(names), fit.scores.shape[1]
    check_enough_clusters(n_clusters, n_columns)
    made = orthonormal_design(design, len(codes))
    check_several_clusters(made.basis, codes)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order])) + 1
    weight = np.sqrt(fit.probabilities[:, 0] * fit.probabilities[:, 1])
    parts = np.split((made.basis * weight[:, None])[order], starts)
    information = np.array([part.T @ part for part in parts])
    scores = np.add.reduceat((fit.scores @ made.root)[order], np.append(0, starts), axis=0)
    bread = np.linalg.inv(information.sum(axis=0))
    raised = corrected_scores(bread, information, scores)
    half = made.root @ bread @ raised.T
    return half @ half.T, n_clusters
