"""Means standardised over rows: what a model expects, were every row at one level of a factor."""

from collections.abc import Iterable

import numpy as np
from scipy.special import expit

#: Mean of the outcome from its linear predictor, for each link.
_MEANS = {"logit": expit, "log": np.exp}

#: Derivative of that mean, from the mean itself.
_SLOPES = {"logit": lambda mean: mean * (1 - mean), "log": lambda mean: mean}


def standardised_means(
    beta: np.ndarray, covariance: np.ndarray, designs: Iterable[np.ndarray], link: str
) -> tuple[np.ndarray, np.ndarray]:
    """Mean outcome over all rows, once for each of several designs of the same rows.

    The estimand: the mean (for a logit link: the share, or risk) that these rows would show, were
    all of them at one level of a factor and each otherwise as it is; by the model.

    Parameters
    ----------
    beta : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
        Of `beta`.
    designs : iterable of ndarray, shape (n, k)
        The rows, with the factor set to each of the m levels in turn.
    link : {"logit", "log"}

    Returns
    -------
    means : ndarray, shape (m,)
    covariance : ndarray, shape (m, m)
        By the delta method, for these rows: what another sample of rows would add is not in it.

    Notes
    -----
    ``R = mean_i h(x_i'b)`` with h the inverse of the link, and its covariance ``J V J'`` with
    ``J = mean_i h'(x_i'b) x_i'`` [1]_; also known as marginal standardisation or g-computation.

    References
    ----------
    .. [1] Muller CJ, MacLehose RF (2014). Estimating predicted probabilities from logistic
       regression: different methods correspond to different target populations. International
       Journal of Epidemiology 43(3), 962-970.

    Examples
    --------
    >>> designs = [np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])]
    >>> means, _ = standardised_means(np.array([0.0, np.log(3)]), np.eye(2), designs, "logit")
    >>> means.round(6)
    array([0.5 , 0.75])
    """
    means, slopes = [], []
    for design in designs:
        each = _MEANS[link](design @ beta)
        means.append(each.mean())
        slopes.append(_SLOPES[link](each) @ design / len(design))
    slopes = np.array(slopes)
    return np.array(means), slopes @ covariance @ slopes.T
