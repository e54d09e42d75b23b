"""Rubin's rules: one answer from several completed data sets."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from hipoutcomes.stats.groups.proportions import wilson
from hipoutcomes.stats.inputs import checked_inside, checked_values

#: The share of variance due to what is missing is taken as no less than this (van Buuren 2018).
_LEAST_LAMBDA = 1e-4


@dataclass(frozen=True, slots=True)
class Pooled:
    """One estimate from M completed data sets.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : float
        In the units of the estimates.
    df : float
        Degrees of freedom of the t reference (Barnard and Rubin).
    within, between : float
        Mean variance inside a completed data set, and variance of estimates between them.
    missing_information : float
        Share of the information lost with what is missing, 0 to 1.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    df: float
    within: float
    between: float
    missing_information: float


def pooled(
    estimates: np.ndarray, variances: np.ndarray, df_complete: float, level: float = 0.95
) -> Pooled:
    """Pool the estimates of M completed data sets by Rubin's rules.

    The estimand is that of the estimate which was made from each completed data set; the
    imputations are taken to come from a model of the missing that is right.

    Parameters
    ----------
    estimates, variances : ndarray, shape (M,)
        Estimate and squared standard error in each completed data set.
    df_complete : float
        Degrees of freedom the estimate would have, had nothing been missing.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        With fewer than two data sets, or a negative variance.

    Notes
    -----
    With W the mean variance and B the variance of the estimates, ``T = W + (1 + 1/M) B`` [1]_. With
    ``lambda = (1 + 1/M) B / T`` the degrees of freedom are ``a b / (a + b)``,
    ``a = (M - 1) / lambda**2`` and ``b = (v + 1) / (v + 3) v (1 - lambda)``, v those of complete
    data [2]_. Missing information is ``(r + 2 / (df + 3)) / (r + 1)`` with
    ``r = (1 + 1/M) B / W``.

    References
    ----------
    .. [1] Rubin DB (1987). Multiple Imputation for Nonresponse in Surveys. Wiley, ch. 3.
    .. [2] Barnard J, Rubin DB (1999). Small-sample degrees of freedom with multiple imputation.
       Biometrika 86(4), 948-955.

    Examples
    --------
    >>> whole = pooled(np.array([2.0, 2.2, 1.8]), np.array([0.04, 0.05, 0.06]), 60)
    >>> round(whole.estimate, 6), round(whole.std_error, 6), round(whole.df, 2)
    (2.0, 0.321455, 5.93)
    """
    checked_inside(level, "level")
    estimates, variances = checked_values(estimates), checked_values(variances, "variances")
    n_sets = len(estimates)
    if n_sets < 2 or variances.shape != estimates.shape or (variances < 0).any():
        raise ValueError(
            "Pooling needs 2 completed data sets or more, each with an estimate and a variance "
            f"of 0 or more; there are {n_sets} estimates and {len(variances)} variances."
        )
    estimate, within = float(estimates.mean()), float(variances.mean())
    between = float(estimates.var(ddof=1))
    added = (1 + 1 / n_sets) * between
    total = within + added
    share = max(added / total, _LEAST_LAMBDA) if total > 0 else _LEAST_LAMBDA
    between_df = (n_sets - 1) / share**2
    df = between_df
    if np.isfinite(df_complete):
        observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
        df = between_df * observed / (between_df + observed) if observed > 0 else 0.0
    std_error = float(np.sqrt(total))
    reach = float(stdtrit(df, (1 + level) / 2)) * std_error if std_error > 0 else 0.0
    lost = added + 2 / (df + 3) * within
    return Pooled(
        estimate=estimate,
        std_error=std_error,
        conf_low=estimate - reach,
        conf_high=estimate + reach,
        df=float(df),
        within=within,
        between=between,
        missing_information=lost / total if total > 0 else 0.0,
    )


def share_limits(
    share: float, std_error: float, df: float, n: float, level: float = 0.95
) -> tuple[float, float]:
    """Wilson's interval of a share whose standard error is not that of a plain sample.

    Parameters
    ----------
    share : float
        From weights or from pooled data sets, 0 to 1.
    std_error : float
        Its standard error.
    df : float
        Degrees of freedom of that standard error.
    n : float
        Effective number of patients to take where the share is 0 or 1, and no standard error can
        be had.
    level : float
        Confidence level, between 0 and 1.

    Notes
    -----
    Wilson's interval at the sample size that would give the same standard error,
    ``share (1 - share) / std_error**2``, with the t quantile in the place of the normal one; for
    pooled data sets this is the interval of [1]_.

    References
    ----------
    .. [1] Lott A, Reiter JP (2020). Wilson confidence intervals for binomial proportions with
       multiple imputation for missing data. The American Statistician 74(2), 109-115.

    Examples
    --------
    >>> low, high = share_limits(0.5, 0.0721688, np.inf, 48)
    >>> round(low, 3), round(high, 3)
    (0.364, 0.636)
    """
    checked_inside(level, "level")
    share = min(max(share, 0.0), 1.0)
    if std_error > 0 and 0 < share < 1:
        n = share * (1 - share) / std_error**2
    # With a degree of freedom or two the t quantile is beyond what a level can say: all but 0 to 1.
    reach = min(2 * float(ndtr(stdtrit(df, (1 + level) / 2))) - 1, 1 - 1e-12)
    interval = wilson(share * n, n, reach)
    return interval.conf_low, interval.conf_high
