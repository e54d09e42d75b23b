"""Linear mixed models by REML: patients with their own level, and their own slope if wanted."""

from dataclasses import dataclass, replace

import numpy as np

from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.joint_tests import satterthwaite_test
from hipoutcomes.stats.models.mixed.criterion import Criterion, CriterionPoint
from hipoutcomes.stats.models.mixed.optimum import Optimum, at_zero_where_zero, optimum
from hipoutcomes.stats.models.mixed.patient_sums import PatientSums
from hipoutcomes.stats.models.mixed.refusals import check_separable
from hipoutcomes.stats.models.mixed.satterthwaite import Satterthwaite
from hipoutcomes.stats.models.moments.moments import Moments

#: With more patients of patterns of their own, the search starts from the optimum of a sample.
_MANY_ALONE = 20_000

#: Of so many such patients, one is in that sample.
_ONE_IN = 16


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """A linear mixed model fitted by REML.

    Attributes
    ----------
    names : tuple of str
        The k columns.
    beta : ndarray, shape (k,)
        Coefficients, in units of the outcome per unit of the column.
    covariance : ndarray, shape (k, k)
        ``s2 (X'V**-1X)**-1``.
    patient_covariance : ndarray, shape (q, q)
        Of a patient's own intercept and slope, in units of the outcome (per unit of the column),
        squared.
    therapist_variance : float or None
        Between therapists; None without them.
    residual_variance : float
    criterion : float
        Minus twice the restricted log-likelihood.
    n_rows, n_patients, n_patterns : int
        Patterns are distinct ``Z'Z``: what the fit's cost grows with.
    gradient : ndarray
        Of the criterion in the factor of the relative variances, at the optimum.
    at_zero : tuple of str
        What lies on the boundary: ``intercept``, ``slope``, ``therapist`` with a variance of zero,
        ``correlation`` when it is 1 or -1.
    n_steps : int
    residual_scores : ndarray
        ``sum (Z'v)(Z'v)'`` over patients, packed (off the diagonal twice), with v the residuals
        weighted by ``V**-1``, and the sum of squares of v's sums over therapists.
    variances : Satterthwaite
        Degrees of freedom of any sum of coefficients.
    optimum : Optimum
        In the scaled columns that were fitted.
    """

    names: tuple[str, ...]
    beta: np.ndarray
    covariance: np.ndarray
    patient_covariance: np.ndarray
    therapist_variance: float | None
    residual_variance: float
    criterion: float
    n_rows: int
    n_patients: int
    n_patterns: int
    gradient: np.ndarray
    at_zero: tuple[str, ...]
    n_steps: int
    residual_scores: np.ndarray
    variances: Satterthwaite
    optimum: Optimum

    @property
    def log_likelihood(self) -> float:
        """The restricted log-likelihood."""
        return -self.criterion / 2

    @property
    def correlation(self) -> float:
        """Of a patient's intercept and slope; missing (NaN) without a slope or a variance."""
        spread = np.sqrt(np.diag(self.patient_covariance))
        if len(spread) < 2 or not spread.all():
            return float("nan")
        ratio = self.patient_covariance[0, 1] / spread.prod()
        return float(np.clip(ratio, -1.0, 1.0))

    @property
    def inference(self) -> Inference:
        """The fit as tables ask of it, with Satterthwaite's degrees of freedom."""
        return Inference(
            self.beta,
            self.covariance,
            self.variances.degrees_of_freedom,
            joint=lambda weights: satterthwaite_test(
                self.beta, self.covariance, weights, self.variances.degrees_of_freedom
            ),
        )


def mixed_fit(moments: Moments) -> MixedFit:
    """Fit a linear mixed model to the moments of its patients by REML.

    The estimand: for each column, the difference in mean outcome between rows one unit apart in it
    and alike in every other, over all patients; rows that are missing are taken to be so for
    reasons that the columns and the patient's other rows hold.

    Parameters
    ----------
    moments : Moments
        Of N rows, k columns; with a slope, or therapists, the model has them too.

    Returns
    -------
    MixedFit

    Raises
    ------
    NotEnoughData
        When patients are too few, no patient has rows enough to tell their own level (or slope)
        from the residual, columns determine one another, or the outcome does not vary.

    Notes
    -----
    ``y = X b + Z u + e`` for each patient, with the patient's own intercept (and slope) u normal
    with covariance G, therapists' intercepts normal with their variance, and e with the residual
    variance, all independent. G, its variances zero included, maximises the restricted likelihood
    [1]_, with the residual variance profiled out [2]_, by Newton's method on exact derivatives.
    The coefficients are the generalised least-squares ones at these variances.

    References
    ----------
    .. [1] Patterson HD, Thompson R (1971). Recovery of inter-block information when block sizes
       are unequal. Biometrika 58(3), 545-554.
    .. [2] Bates D, Maechler M, Bolker B, Walker S (2015). Fitting linear mixed-effects models using
       lme4. Journal of Statistical Software 67(1), section 3.

    Examples
    --------
    >>> from hipoutcomes.stats.models.moments.moments import MomentColumns
    >>> from hipoutcomes.stats.models.moments.moments_pass import RowBlock, moments_of
    >>> columns = MomentColumns(("Intercept", "y"), (0.0, 0.0), intercept=0)
    >>> rows = np.vstack([np.ones(10), [1.0, 3.0, 6.0, 8.0, 2.0, 4.0, 7.0, 9.0, 4.0, 6.0]])
    >>> fit = mixed_fit(moments_of([RowBlock(rows, np.arange(0, 10, 2))], columns))
    >>> fit.beta.round(6), fit.patient_covariance.round(4), round(fit.residual_variance, 4)
    (array([5.]), array([[5.5]]), 2.0)
    """
    check_separable(moments)
    scaled, scales, slope_scale = _scaled(moments)
    with_slope = bool(moments.columns.slope)
    found = _found(scaled, with_slope)
    point = found.point
    k, columns = len(scales) - 1, moments.columns
    back = _back(columns.centres, columns.intercept, scales)
    beta = back @ point.beta
    if columns.intercept is not None:
        beta[columns.intercept] += columns.centres[-1]
    residual = float(point.residual * scales[-1] ** 2)
    relative = _patient_covariance(point, with_slope, slope_scale, columns.slope_centre)
    variances = Satterthwaite.at(found, back, with_slope)
    log_scales = 2 * np.log(scales[:-1]).sum() + (moments.n_rows - k) * 2 * np.log(scales[-1])
    return MixedFit(
        names=columns.names[:-1],
        beta=beta,
        covariance=point.residual * back @ point.inverse @ back.T,
        patient_covariance=residual * relative,
        therapist_variance=None if moments.therapists is None else residual * point.relative[-1],
        residual_variance=residual,
        criterion=float(point.criterion + log_scales),
        n_rows=moments.n_rows,
        n_patients=moments.n_patients,
        n_patterns=moments.n_patterns,
        gradient=found.gradient,
        at_zero=_at_zero(found, with_slope, moments.therapists is not None),
        n_steps=found.n_steps,
        residual_scores=scales[-1] ** 2
        * _scores(point.scores, with_slope, slope_scale, columns.slope_centre),
        variances=variances,
        optimum=found,
    )


def _found(moments: Moments, with_slope: bool) -> Optimum:
    """The optimum, from that of a sample where patients with patterns of their own are many."""
    start = np.array([0.7, 0.0, 0.3] if with_slope else [0.7])
    if moments.therapists is not None:
        start = np.append(start, 0.3)
    elif len(moments.lone_patterns) > _MANY_ALONE:
        sample = Criterion(PatientSums(moments, thinned=_ONE_IN), moments.n_rows)
        start = optimum(sample, start, with_slope=with_slope).theta
    criterion = Criterion(PatientSums(moments), moments.n_rows)
    found = optimum(criterion, start, with_slope=with_slope)
    return at_zero_where_zero(criterion, found, with_slope=with_slope)


def _scaled(moments: Moments) -> tuple[Moments, np.ndarray, float]:
    """Moments of columns of root mean square one, the outcome's and the slope's too."""
    scales = np.sqrt(np.diag(moments.products) / moments.n_rows)
    slope_scale, zs = 1.0, np.ones(1)
    if moments.columns.slope:
        squares = moments.pattern_patients @ moments.patterns[:, 2]
        squares += moments.lone_patterns[:, 2].sum()
        slope_scale = float(np.sqrt(squares / moments.n_rows))
        zs = np.array([1.0, slope_scale])
    rows, columns = np.triu_indices(len(zs))
    pattern_scale = zs[rows] * zs[columns]
    across = np.outer(scales, scales)
    upper = across[np.triu_indices(len(scales))]
    cells = moments.therapists
    if cells is not None:
        cells = replace(cells, sums=cells.sums / (zs[:, None] * scales))
    made = replace(
        moments,
        products=moments.products / across,
        patterns=moments.patterns / pattern_scale,
        pattern_sums=moments.pattern_sums / (pattern_scale[:, None] * upper),
        lone_patterns=moments.lone_patterns / pattern_scale,
        lone_products=moments.lone_products / (zs[:, None] * scales)[:, :, None],
        therapists=cells,
    )
    return made, scales, slope_scale


def _back(centres: tuple[float, ...], intercept: int | None, scales: np.ndarray) -> np.ndarray:
    """The matrix that takes coefficients of scaled, centred columns to those of the columns."""
    back = np.eye(len(scales) - 1)
    if intercept is not None:
        back[intercept] -= np.array(centres[:-1])
        back[intercept, intercept] = 1.0
    return back * (scales[-1] / scales[:-1])


def _patient_covariance(
    point: CriterionPoint, with_slope: bool, slope_scale: float, slope_centre: float
) -> np.ndarray:
    """Relative covariance of intercept and slope at zero of the column, in its units."""
    if not with_slope:
        return point.relative[:1, None].copy()
    d11, d12, d22 = point.relative[:3]
    turn = np.array([[1.0, -slope_centre / slope_scale], [0.0, 1 / slope_scale]])
    return turn @ np.array([[d11, d12], [d12, d22]]) @ turn.T


def _scores(
    scores: np.ndarray, with_slope: bool, slope_scale: float, slope_centre: float
) -> np.ndarray:
    """Sums of squared scores of the residuals in the units of the slope's column."""
    if not with_slope:
        return scores
    turn = np.array([[1.0, 0.0], [slope_centre, slope_scale]])
    squares = np.array([[scores[0], scores[1] / 2], [scores[1] / 2, scores[2]]])
    squares = turn @ squares @ turn.T
    return np.array([squares[0, 0], 2 * squares[0, 1], squares[1, 1], *scores[3:]])


def _at_zero(found: Optimum, with_slope: bool, with_therapists: bool) -> tuple[str, ...]:
    """What of the variances lies on the boundary."""
    relative, theta = found.point.relative, found.theta
    names = []
    if relative[0] == 0:
        names.append("intercept")
    if with_slope and relative[2] == 0:
        names.append("slope")
    if with_slope and not names and theta[2] == 0:
        names.append("correlation")
    if with_therapists and relative[-1] == 0:
        names.append("therapist")
    return tuple(names)
