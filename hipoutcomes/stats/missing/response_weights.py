"""Weights for those measured, so that together they stand for everyone who was due."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.propensity import fit_propensity, orthonormal_columns
from hipoutcomes.stats.groups.intervals import Interval
from hipoutcomes.stats.inputs import checked_inside

#: Fewer patients due, measured or not measured than this get no weights: with fewer a quarter of
#: samples leave the model of who is measured nothing to go by, and shares were held in 98 to 99 %.
FEWEST_DUE, FEWEST_MEASURED, FEWEST_MISSING = 30, 10, 5

#: Each column of the model of who is measured needs so many patients on the smaller side.
PATIENTS_PER_COLUMN = 5

#: A chance to be measured under this is taken as this, so that nobody stands for more than 20.
LEAST_CHANCE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class ResponseWeights:
    """How much each patient measured counts.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        Mean 1 over those measured; 0 for the others.
    chance : ndarray, shape (n,)
        Chance of each patient to be measured, held at the least chance or above.
    effective_n : float
        Patients of equal weight who would tell as much about a mean.
    n_truncated : int
        Patients measured whose weight was held down.
    measured : ndarray of bool, shape (n,)
    design : ndarray, shape (n, q)
    information : ndarray, shape (q, q)
        Of the coefficients, for one patient.
    """

    weights: np.ndarray
    chance: np.ndarray
    effective_n: float
    n_truncated: int
    measured: np.ndarray
    design: np.ndarray
    information: np.ndarray


def response_weights(measured: np.ndarray, design: np.ndarray) -> ResponseWeights:
    """Weight those measured by the inverse of their chance of being measured.

    Parameters
    ----------
    measured : ndarray of bool, shape (n,)
        Who was measured, of everyone due.
    design : ndarray, shape (n, q)
        What is known of everyone at the start; the first column is ones.

    Raises
    ------
    NotEnoughData
        When too few were due, measured or not measured, there are too many columns for them, or
        what is known at the start tells completely who was measured.

    Notes
    -----
    The chance p of being measured is a logistic regression on the design, by `fit_propensity`. The
    stabilised weight of those measured is ``r / p``, r the share measured [1]_, divided by its
    mean. Chances under 0.05 are taken as 0.05 and counted: those patients stand for fewer than
    they should, which moves the answer towards those measured. The effective number is
    ``sum(w)**2 / sum(w**2)``.

    References
    ----------
    .. [1] Seaman SR, White IR (2013). Review of inverse probability weighting for dealing with
       missing data. Statistical Methods in Medical Research 22(3), 278-295.

    Examples
    --------
    >>> x = np.tile([0.0, 1.0], 20)
    >>> measured = np.arange(40) < 30 + 5 * x
    >>> made = response_weights(measured, np.column_stack([np.ones(40), x]))
    >>> made.chance[:2].round(3), made.weights[:2].round(3), round(made.effective_n, 1)
    (array([0.75, 0.85]), array([1.067, 0.941]), 31.9)
    """
    measured, design = np.asarray(measured, dtype=bool), np.asarray(design, dtype=float)
    _check(measured, design)
    fitted = _chances(measured, design)
    information = (design * (fitted * (1 - fitted))[:, None]).T @ design / len(design)
    held = fitted < LEAST_CHANCE
    chance = np.maximum(fitted, LEAST_CHANCE)
    weights = np.where(measured, 1 / chance, 0.0)
    weights *= measured.sum() / weights.sum()
    return ResponseWeights(
        weights=weights,
        chance=chance,
        effective_n=float(weights.sum() ** 2 / (weights**2).sum()),
        n_truncated=int((held & measured).sum()),
        measured=measured,
        design=design,
        information=information,
    )


def weighted_mean(
    values: np.ndarray,
    made: ResponseWeights,
    counted: np.ndarray | None = None,
    level: float = 0.95,
) -> Interval:
    """Mean of everyone, from those measured and their weights.

    The estimand is the mean of everyone who was due (of those counted), measured or not; it is
    assumed that, among patients alike in the columns of the design, being measured has nothing to
    do with the value, and that the model of who is measured is right.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Of each patient; not read where not measured.
    made : ResponseWeights
    counted : ndarray of bool, shape (n,), optional
        Patients the mean is about, such as those who could have got better; all by default.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        When the weights leave too few effective patients for a standard error.

    Notes
    -----
    ``m = sum(w y) / sum(w)``. The standard error is the sandwich of m and the q coefficients
    estimated together [1]_: each patient's influence is
    ``(w (y - m) - H' I**-1 x (R - p)) / mean(w)``, with R whether measured, I the information of
    the coefficients and H the mean of ``w (1 - p) (y - m) x``; estimating the weights makes it
    smaller. The sum of squares is multiplied by e / (e - q) and the t reference has e - q degrees
    of freedom, e the effective number of patients: with 2,000 samples each, outcomes missing at
    random given the first score, 95 % intervals held the truth in 93 to 97.5 % from 30 patients
    due on (5 or more not measured), and smaller samples are refused.

    References
    ----------
    .. [1] Lunceford JK, Davidian M (2004). Stratification and weighting via the propensity score in
       estimation of causal treatment effects. Statistics in Medicine 23(19), 2937-2960.

    Examples
    --------
    >>> x = np.tile([0.0, 1.0], 20)
    >>> made = response_weights(np.arange(40) < 30 + 5 * x, np.column_stack([np.ones(40), x]))
    >>> mean = weighted_mean(4 * x + np.arange(40) % 3, made)
    >>> round(mean.estimate, 3), round(mean.std_error, 3)
    (2.971, 0.354)
    """
    checked_inside(level, "level")
    n_columns = made.design.shape[1]
    counted = np.ones(len(made.measured), bool) if counted is None else np.asarray(counted, bool)
    weights = np.where(counted, made.weights, 0.0)
    if not weights.any():
        raise NotEnoughData("None of those counted was measured.")
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    df = effective - n_columns
    if df < 1:
        raise NotEnoughData(
            f"The weights leave {effective:.1f} effective patients, too few for an interval with "
            f"{n_columns} columns known at the start."
        )
    values = np.where(weights > 0, np.asarray(values, dtype=float), 0.0)
    mean = float(weights @ values / weights.sum())
    pulled = weights * (values - mean)
    free = made.chance > LEAST_CHANCE
    slope = ((pulled * (1 - made.chance) * free)[:, None] * made.design).mean(axis=0)
    told = made.design @ np.linalg.solve(made.information, slope)
    influence = (pulled - told * (made.measured - made.chance)) / weights.mean()
    spread = (influence**2).sum() * effective / df
    std_error = float(np.sqrt(spread)) / len(values)
    reach = float(stdtrit(df, (1 + level) / 2)) * std_error
    return Interval(mean, std_error, mean - reach, mean + reach, df)


def _check(measured: np.ndarray, design: np.ndarray) -> None:
    """Refuse too few patients, or too many columns for them."""
    n, n_measured = len(measured), int(measured.sum())
    n_missing = n - n_measured
    if n < FEWEST_DUE or n_measured < FEWEST_MEASURED or n_missing < FEWEST_MISSING:
        raise NotEnoughData(
            f"Weights need {FEWEST_DUE} patients due, {FEWEST_MEASURED} measured and "
            f"{FEWEST_MISSING} not measured; there are {n}, {n_measured} and {n_missing}."
        )
    if design.ndim != 2 or len(design) != n or not np.isfinite(design).all():
        raise ValueError(
            f"design must have {n} rows of finite numbers; its shape is {design.shape}."
        )
    if (design.shape[1] - 1) * PATIENTS_PER_COLUMN > min(n_measured, n_missing):
        raise NotEnoughData(
            f"{design.shape[1] - 1} columns known at the start need {PATIENTS_PER_COLUMN} patients "
            f"each, measured and not measured; there are {n_measured} and {n_missing}.",
            remedy="Leave out columns.",
        )


def _chances(measured: np.ndarray, design: np.ndarray) -> np.ndarray:
    """Chance of being measured, by logistic regression."""
    if design.shape[1] == 1:
        return np.full(len(measured), measured.mean())
    basis = orthonormal_columns(design[:, 1:])
    fit = fit_propensity(basis, measured.astype(np.intp))
    if basis.shape[1] < design.shape[1] or not fit.settled:
        raise NotEnoughData(
            "What is known at the start tells completely who was measured and who was not, or its "
            "columns determine one another: there are no weights.",
            remedy="Leave out a column.",
        )
    return fit.probabilities[:, 1]
