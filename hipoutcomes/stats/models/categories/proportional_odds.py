"""Whether one odds ratio holds at every cut of an ordered outcome."""

import numpy as np

from hipoutcomes.stats.models.categories.multinomial import fit_multinomial
from hipoutcomes.stats.models.inference import Inference


def cut_logits(design: np.ndarray, codes: np.ndarray) -> Inference:
    """Log odds of lying above each cut of an ordered outcome, each fitted on its own.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        With the intercept, a column of ones.
    codes : ndarray of int, shape (n,)
        Category of each row, 0 (lowest) to J - 1.

    Returns
    -------
    Inference
        Of (J - 1) k coefficients, those of the lowest cut first, with their joint covariance and
        a normal reference. `same_at_every_cut` gives the sums to test.

    Raises
    ------
    NotEnoughData
        When a cut cannot be fitted on its own: too few rows, or columns separate it.

    Notes
    -----
    Logistic fits of ``y > j``; two cuts j < l have covariance
    ``A_j X' diag(p_l - p_j p_l) X A_l`` with p the fitted probabilities and A the inverse
    information of each [1]_.

    References
    ----------
    .. [1] Brant R (1990). Assessing proportionality in the proportional odds model for ordinal
       logistic regression. Biometrics 46(4), 1171-1178.

    Examples
    --------
    >>> both = np.repeat([[1.0, 0.0], [1.0, 1.0]], 6, axis=0)
    >>> cuts = cut_logits(both, np.array([0, 0, 0, 1, 1, 2, 0, 1, 1, 2, 2, 2]))
    >>> cuts.beta.round(3) + 0.0
    array([ 0.   ,  1.609, -1.609,  1.609])
    >>> cuts.test(same_at_every_cut([1], 2, 2)).p_value
    1.0
    """
    design = np.asarray(design, dtype=float)
    fits = [fit_multinomial(design, (codes > cut).astype(int)) for cut in range(int(max(codes)))]
    above = [fit.probabilities[:, 1] for fit in fits]
    blocks = [
        [
            one.covariance
            @ (design.T @ (design * (above[max(j, m)] - above[j] * above[m])[:, None]))
            @ two.covariance
            for m, two in enumerate(fits)
        ]
        for j, one in enumerate(fits)
    ]
    beta = np.concatenate([fit.beta[0] for fit in fits])
    return Inference(beta, np.block(blocks), lambda weights: np.full(len(weights), np.inf))


def same_at_every_cut(columns: list[int], n_columns: int, n_cuts: int) -> np.ndarray:
    """Differences between a column's coefficient at each later cut and at the first.

    Parameters
    ----------
    columns : list of int
        Positions of the columns to test, of the k in the design.
    n_columns, n_cuts : int

    Returns
    -------
    ndarray, shape (len(columns) (n_cuts - 1), n_cuts n_columns)
        Weights for `Inference.test` of `cut_logits`.

    Examples
    --------
    >>> same_at_every_cut([1], 2, 2)
    array([[ 0., -1.,  0.,  1.]])
    """
    places = np.eye(n_cuts * n_columns)
    return np.array(
        [
            places[cut * n_columns + column] - places[column]
            for cut in range(1, n_cuts)
            for column in columns
        ]
    )
