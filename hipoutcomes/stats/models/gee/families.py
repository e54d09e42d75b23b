"""Estimating equations for shares and for counts, fitted by statsmodels."""

import warnings

import numpy as np
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.families import Binomial, Poisson
from statsmodels.genmod.generalized_estimating_equations import GEE

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.separation import (
    MOST_LOG_ODDS,
    refuse_separated,
)
from hipoutcomes.stats.models.gee.gee import GeeFit, check_correlation, checked_gee
from hipoutcomes.stats.models.gee.small_clusters import check_several_clusters
from hipoutcomes.stats.models.orthonormal import OrthonormalDesign, orthonormal_design

#: Families whose link is not the identity, and statsmodels' name for each.
_FAMILIES = {"binomial": Binomial, "poisson": Poisson}

#: The equations hold when their largest part, per row, is under this.
_SOLVED = 1e-10

_MOST_STEPS = 200


def family_gee(
    design: np.ndarray,
    outcome: np.ndarray,
    clusters: np.ndarray,
    family: str,
    *,
    covariance: str = "bias-reduced",
) -> GeeFit:
    """Fit a share or a mean count when rows of one cluster may agree.

    The estimand: for each column, the log odds ratio (binomial) or log ratio of mean counts
    (poisson) between rows one unit apart in it and alike in the others, over the population that
    the clusters come from (a marginal ratio: no cluster is held fixed).

    Parameters
    ----------
    design : ndarray, shape (n, k)
        One row per outcome; the intercept is a column of ones.
    outcome : ndarray, shape (n,)
        0 or 1 for binomial; whole numbers from 0 for poisson.
    clusters : ndarray of int, shape (n,)
        Cluster of each row, numbered from 0; rows in any order.
    family : {"binomial", "poisson"}
    covariance : {"bias-reduced", "robust", "naive"}
        As for `gaussian_gee`.

    Raises
    ------
    NotEnoughData
        As `gaussian_gee`; and when columns separate the outcomes (they are named).
    ValueError
        When the outcome is no share or count, or an option is another word.

    Notes
    -----
    ``sum_g D_g' V_g**-1 (y_g - m_g) = 0`` with logit (log) link, D the derivative of the means m
    and ``V_g`` the family's variances with one correlation between rows of a cluster [1]_, by
    statsmodels on orthonormal columns; the bias-reduced covariance is Mancl & DeRouen's [2]_.

    References
    ----------
    .. [1] Liang K-Y, Zeger SL (1986). Longitudinal data analysis using generalized linear models.
       Biometrika 73(1), 13-22.
    .. [2] Mancl LA, DeRouen TA (2001). A covariance estimator for GEE with improved small-sample
       properties. Biometrics 57(1), 126-134.

    Examples
    --------
    >>> clusters = np.repeat(np.arange(20), 4)
    >>> fit = family_gee(np.ones((80, 1)), np.arange(80) % 5 < 2, clusters, "binomial")
    >>> fit.beta.round(3), round(fit.correlation, 3)
    (array([-0.405]), -0.249)
    """
    if family not in _FAMILIES:
        raise ValueError(f"family must be one of {', '.join(_FAMILIES)}; it is {family!r}.")
    design, outcome, codes = checked_gee(design, outcome, clusters, covariance)
    _check_outcome(outcome, family)
    made = orthonormal_design(design, len(outcome))
    if covariance != "naive":
        check_several_clusters(made.basis, codes)
    fit = _fitted(made, outcome, codes, family, covariance)
    _check_finite(made, outcome, family, fit)
    largest = int(np.bincount(codes).max())
    if fit is not None:
        check_correlation(float(fit.cov_struct.dep_params), largest)
    if fit is None or not fit.score_norm <= _SOLVED * len(outcome):
        raise NotEnoughData(
            "The coefficients and the correlation within clusters did not settle.",
            remedy="Leave out columns, or leave the cluster out and take rows as independent.",
        )
    matrix = {"bias-reduced": "cov_robust_bc", "robust": "cov_robust", "naive": "cov_naive"}
    return GeeFit(
        beta=made.root @ fit.params,
        covariance=made.root @ np.asarray(getattr(fit, matrix[covariance])) @ made.root.T,
        kind=covariance,
        correlation=float(fit.cov_struct.dep_params),
        scale=float(fit.scale),
        n_clusters=int(codes.max()) + 1,
        largest=largest,
    )


def _check_outcome(outcome: np.ndarray, family: str) -> None:
    """Raise when the outcome is none that the family can have."""
    if family == "binomial" and not np.isin(outcome, (0.0, 1.0)).all():
        found = np.unique(outcome)
        raise ValueError(
            f"A binomial outcome must be 0 or 1; {len(found)} values occur, from {found[0]:g} to "
            f"{found[-1]:g}."
        )
    if family == "poisson" and not ((outcome >= 0) & (outcome == np.floor(outcome))).all():
        raise ValueError(
            "A poisson outcome must be whole numbers from 0; the least is "
            f"{outcome.min():g} and {int((outcome != np.floor(outcome)).sum())} are not whole."
        )


def _fitted(
    made: OrthonormalDesign, outcome: np.ndarray, codes: np.ndarray, family: str, covariance: str
):
    """What statsmodels finds, or nothing where it breaks off; its warnings are judged after."""
    model = GEE(outcome, made.basis, codes, family=_FAMILIES[family](), cov_struct=Exchangeable())
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return model.fit(
                maxiter=_MOST_STEPS,
                ctol=0.1 * _SOLVED * len(outcome),
                cov_type=covariance.replace("-", "_"),
            )
        except np.linalg.LinAlgError:
            return None


def _check_finite(made: OrthonormalDesign, outcome: np.ndarray, family: str, fit) -> None:
    """Raise when columns separate the outcomes, so that no finite estimate exists."""
    settled = fit is not None and fit.score_norm <= _SOLVED * len(outcome)
    if settled and np.abs(made.basis @ fit.params).max() <= MOST_LOG_ODDS:
        return
    if family == "binomial":
        margins = made.design * (2 * outcome - 1)[:, None]
    else:
        some = made.design[outcome > 0]
        margins = np.concatenate([-made.design[outcome == 0], some, -some])
    refuse_separated(margins, made.design)
