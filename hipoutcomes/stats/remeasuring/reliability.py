"""How alike repeated scores of one person are, and the error of measurement that follows."""

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri, ndtri

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside

#: Forms of the intraclass correlation.
FORMS = ("one-way", "agreement", "consistency")

#: A part of the sum of squares smaller than this share of it is float noise.
_NOISE = 1e-24


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """How much of the spread of scores lies between people, and the error within them.

    Attributes
    ----------
    estimate, conf_low, conf_high : float
        Share of the variance that lies between people; may be negative in a sample.
    std_error_of_measurement : float
        Standard deviation of single scores of one person, in the units of the score; those of
        "agreement" and "one-way" hold the shift between occasions, that of "consistency" does not.
    form : {"one-way", "agreement", "consistency"}
    n_averaged : int
        Scores that are averaged before they are used: 1 for a single score.
    n_patients, n_occasions : int
    """

    estimate: float
    conf_low: float
    conf_high: float
    std_error_of_measurement: float
    form: str
    n_averaged: int
    n_patients: int
    n_occasions: int


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Mean squares of people by occasions."""

    patients: float
    occasions: float
    residual: float
    within: float
    n: int
    k: int


def intraclass_correlation(
    scores: np.ndarray, *, form: str = "agreement", averaged: bool = False, level: float = 0.95
) -> IntraclassCorrelation:
    """Share of the variance of scores that lies between people: how far two scores agree.

    The estimand: the correlation of two scores of one person (or of two means of k scores) in the
    population that the people, and for "agreement" the occasions, are drawn from.

    Parameters
    ----------
    scores : ndarray, shape (n, k)
        One row per person, one column per occasion (or rater); none missing.
    form : {"one-way", "agreement", "consistency"}
        "one-way": the k scores of a person are interchangeable, ICC(1,1) [1]_; "agreement": shifts
        between occasions count as error, ICC(2,1) or ICC(A,1); "consistency": they do not,
        ICC(3,1) or ICC(C,1).
    averaged : bool
        The reliability of the mean of the k scores instead of one.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    NotEnoughData
        With fewer than two people or two occasions, or when all scores are alike.
    ValueError
        When a score is missing, `scores` has no two dimensions, or `form` is another word.

    Notes
    -----
    With MSP, MSO, MSE and MSW the mean squares between people, between occasions, residual and
    within people: one-way ``(MSP - MSW) / (MSP + (k - 1) MSW)``, consistency the same with MSE,
    agreement ``(MSP - MSE) / (MSP + (k - 1) MSE + k (MSO - MSE) / n)``; of means of k scores
    ``k r / (1 + (k - 1) r)``. Intervals by the F distribution, for agreement with Satterthwaite
    degrees of freedom [2]_. The error of measurement is the square root of MSW, of
    ``MSE + (MSO - MSE) / n`` (not below MSE) and of MSE [3]_.

    References
    ----------
    .. [1] Shrout PE, Fleiss JL (1979). Intraclass correlations: uses in assessing rater
       reliability. Psychological Bulletin 86(2), 420-428.
    .. [2] McGraw KO, Wong SP (1996). Forming inferences about some intraclass correlation
       coefficients. Psychological Methods 1(1), 30-46.
    .. [3] de Vet HCW, Terwee CB, Knol DL, Bouter LM (2006). When to use agreement versus
       reliability measures. Journal of Clinical Epidemiology 59(10), 1033-1039.

    Examples
    --------
    >>> judges = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
    ...                    [6, 2, 4, 7]], float)
    >>> alike = intraclass_correlation(judges)
    >>> round(alike.estimate, 2), round(alike.conf_low, 2), round(alike.conf_high, 2)
    (0.29, 0.02, 0.76)
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}; it is {form!r}.")
    checked_inside(level, "level")
    squares = _mean_squares(_checked(scores))
    estimate, low, high = _FORMULAS[form](squares, (1 + level) / 2)
    k = squares.k if averaged else 1
    return IntraclassCorrelation(
        *(float(k * r / (1 + (k - 1) * r)) for r in (estimate, low, high)),
        std_error_of_measurement=float(np.sqrt(_error_variance(squares, form))),
        form=form,
        n_averaged=k,
        n_patients=squares.n,
        n_occasions=squares.k,
    )


def standard_error_of_measurement(std_dev: float, reliability: float) -> float:
    """Standard deviation of the scores of one person who does not change.

    The estimand is the standard deviation of the scores of one patient, measured again and again
    with nothing changing.

    Parameters
    ----------
    std_dev : float
        Between people, in the units of the score, in the population of the reliability.
    reliability : float
        Correlation of two scores of one person, 0 to 1.

    Raises
    ------
    ValueError
        When the standard deviation is not positive, or the reliability is outside 0 to 1.

    Notes
    -----
    ``std_dev * sqrt(1 - reliability)``.

    References
    ----------
    Stratford PW, Goldsmith CH (1997). Use of the standard error as a reliability index of
    interest. Physical Therapy 77(7), 745-750.

    Examples
    --------
    >>> round(standard_error_of_measurement(5, 0.8), 7)
    2.236068
    """
    checked_inside(std_dev, "std_dev", 0, np.inf)
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability must lie from 0 to 1; it is {reliability!r}.")
    return float(std_dev * np.sqrt(1 - reliability))


def minimal_detectable_change(std_error_of_measurement: float, level: float = 0.95) -> float:
    """Smallest change of one person's score that error of measurement alone seldom brings.

    The estimand is the change that measurement error alone exceeds in no more than one patient in
    twenty (at a level of 95 %).

    Parameters
    ----------
    std_error_of_measurement : float
        In the units of the score.
    level : float
        Share of people without change whose two scores differ by less, between 0 and 1.

    Raises
    ------
    ValueError
        When the standard error is not positive, or `level` is outside 0 to 1.

    Notes
    -----
    ``z * sqrt(2) * std_error_of_measurement``, with z the two-sided normal quantile of the level.

    References
    ----------
    Beckerman H, Roebroeck ME, Lankhorst GJ, Becher JG, Bezemer PD, Verbeek ALM (2001). Smallest
    real difference, a link between reproducibility and responsiveness. Quality of Life Research
    10(7), 571-578.

    Examples
    --------
    >>> round(minimal_detectable_change(5**0.5), 7)
    6.1979503
    """
    checked_inside(std_error_of_measurement, "std_error_of_measurement", 0, np.inf)
    checked_inside(level, "level")
    return float(ndtri((1 + level) / 2) * np.sqrt(2) * std_error_of_measurement)


def _checked(scores) -> np.ndarray:
    """Scores of people by occasions, all there and not all alike."""
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 2:
        raise ValueError(f"scores must have shape (people, occasions); they have {scores.shape}.")
    if n_bad := int((~np.isfinite(scores)).sum()):
        raise ValueError(
            f"scores holds {n_bad} missing or infinite numbers of {scores.size}; "
            "leave out people without all scores first, and count them."
        )
    if min(scores.shape) < 2 or (scores == scores[0, 0]).all():
        raise NotEnoughData(
            "How alike scores of one person are needs two people or more, two scores of each, and "
            f"scores that differ; there are {scores.shape[0]} people with {scores.shape[1]} "
            "each."
        )
    return scores


def _mean_squares(scores: np.ndarray) -> _MeanSquares:
    """Two-way analysis of variance with one score in each cell."""
    n, k = scores.shape
    scores = scores - scores.mean()
    between = k * float((scores.mean(axis=1) ** 2).sum())
    shifts = n * float((scores.mean(axis=0) ** 2).sum())
    within = float((scores**2).sum()) - between
    residual = float(
        ((scores - scores.mean(axis=1, keepdims=True) - scores.mean(axis=0)) ** 2).sum()
    )
    noise = _NOISE * float((scores**2).sum())
    shifts, residual, within = (
        0.0 if part < noise else part for part in (shifts, residual, within)
    )
    return _MeanSquares(
        patients=between / (n - 1),
        occasions=shifts / (k - 1),
        residual=residual / ((n - 1) * (k - 1)),
        within=within / (n * (k - 1)),
        n=n,
        k=k,
    )


def _error_variance(squares: _MeanSquares, form: str) -> float:
    """Variance of single scores of one person."""
    if form == "one-way":
        return squares.within
    shift = max(squares.occasions - squares.residual, 0.0) / squares.n
    return squares.residual + (shift if form == "agreement" else 0.0)


def _by_ratio(between: float, error: float, df_error: int, squares: _MeanSquares, upper: float):
    """Correlation and limits where one mean square is the error of the other."""
    n, k = squares.n, squares.k
    if error == 0:
        return 1.0, 1.0, 1.0
    ratio = between / error
    low = ratio / fdtri(n - 1, df_error, upper)
    high = ratio * fdtri(df_error, n - 1, upper)
    return tuple((f - 1) / (f + k - 1) for f in (ratio, low, high))


def _one_way(squares: _MeanSquares, upper: float):
    """ICC(1,1) with its limits."""
    df = squares.n * (squares.k - 1)
    return _by_ratio(squares.patients, squares.within, df, squares, upper)


def _consistency(squares: _MeanSquares, upper: float):
    """ICC(3,1) with its limits."""
    df = (squares.n - 1) * (squares.k - 1)
    return _by_ratio(squares.patients, squares.residual, df, squares, upper)


def _agreement(squares: _MeanSquares, upper: float):
    """ICC(2,1) with limits by Satterthwaite degrees of freedom (McGraw & Wong 1996, table 7)."""
    people, shift, error = squares.patients, squares.occasions, squares.residual
    n, k = squares.n, squares.k
    r = (people - error) / (people + (k - 1) * error + k * (shift - error) / n)
    if error == 0 and shift == 0:
        return 1.0, 1.0, 1.0
    a = k * r / (n * (1 - r))
    b = 1 + k * r * (n - 1) / (n * (1 - r))
    df = (a * shift + b * error) ** 2 / (
        (a * shift) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    )
    spread = k * shift + (k * n - k - n) * error
    f_low, f_high = fdtri(n - 1, df, upper), fdtri(df, n - 1, upper)
    low = n * (people - f_low * error) / (f_low * spread + n * people)
    high = n * (f_high * people - error) / (spread + n * f_high * people)
    return r, low, high


_FORMULAS = {"one-way": _one_way, "agreement": _agreement, "consistency": _consistency}
