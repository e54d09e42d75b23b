"""The same differences read in several ways: unadjusted, at equal first score, and as change."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.analyses.comparing.columns import Columns
from hipoutcomes.analyses.comparing.pairs import Pair
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.agreement import Agreement, agreement, influence_of_sums
from hipoutcomes.stats.models.inference import Contrasts, Inference, JointTest
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    FEWEST_DF,
    cluster_covariance,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import (
    LeastSquares,
    classical_inference,
    least_squares,
)

UNADJUSTED = "unadjusted difference in improvement"
ADJUSTED = "adjusted difference in improvement"
CHANGE = "difference in improvement, first score not held alike"


@dataclass(frozen=True, eq=False)
class Reading:
    """m differences between arms, read in one way.

    Attributes
    ----------
    quantity : str
        What is estimated, in words.
    sums : Contrasts
        The m differences.
    influence : ndarray, shape (n, m), or None
        What each patient adds to the error of each difference.
    """

    quantity: str
    sums: Contrasts
    influence: np.ndarray | None = None

    def against(self, other: "Reading") -> Agreement:
        """Compare with another reading of the same patients, which is taken from it."""
        return agreement(self.sums.estimate, other.sums.estimate, self.influence, other.influence)


@dataclass(frozen=True, eq=False)
class Models:
    """Least-squares readings of the same patients.

    Attributes
    ----------
    adjusted, change, unadjusted : Reading
    omnibus : JointTest
        All differences of the adjusted reading at once.
    means : Contrasts
        Adjusted mean of each arm, over everyone compared.
    means_covariance : ndarray, shape (arms, arms)
    clustered : bool
        Standard errors let patients of one therapist agree (CR2); otherwise they are classical.
    sigma : float
        Standard deviation of improvement within arms.
    """

    adjusted: Reading
    change: Reading
    unadjusted: Reading
    omnibus: JointTest
    means: Contrasts
    means_covariance: np.ndarray
    clustered: bool
    sigma: float


def differences_of(pairs: list[Pair], n_arms: int) -> np.ndarray:
    """Weights of shape (m, n_arms) that take the second arm of each pair from the first."""
    weights = np.zeros((len(pairs), n_arms))
    for place, pair in enumerate(pairs):
        weights[place, pair.first], weights[place, pair.second] = 1.0, -1.0
    return weights


def fit_models(compared: Compared, pairs: list[Pair], columns: Columns, level: float) -> Models:
    """Fit the readings.

    Parameters
    ----------
    compared : Compared
        Only arms that can be compared.
    pairs : list of Pair
        Those that can be compared.
    columns : Columns
        What is held alike, none determined by the others.
    level : float

    Raises
    ------
    NotEnoughData
        When improvement does not vary, or there are too few patients for the columns.
    """
    arms = np.eye(len(compared.arms))[compared.codes]
    outcome = compared.improvement
    _check_outcome(compared, outcome)
    matrix = np.column_stack([arms, columns.matrix])
    fit = _fitted(matrix, outcome, compared)
    weights = differences_of(pairs, len(compared.arms))
    inference, clustered = _inference(fit, compared, _padded(weights, matrix))
    middle = np.tile(columns.matrix.mean(axis=0), (len(compared.arms), 1))
    at_middle = np.column_stack([np.eye(len(compared.arms)), middle])
    others = [label != compared.question.measure.label for label in columns.labels]
    no_score = np.column_stack([arms, columns.matrix[:, others]])
    plain = least_squares(arms, outcome)
    change = _fitted(no_score, outcome, compared)
    change_inference = _alike_inference(change, compared, clustered)
    return Models(
        adjusted=_reading(ADJUSTED, fit, inference, weights, level),
        change=_reading(CHANGE, change, change_inference, weights, level),
        unadjusted=_reading(UNADJUSTED, plain, classical_inference(plain), weights, level),
        omnibus=inference.test(_padded(weights, matrix)),
        means=inference.contrasts(at_middle, level),
        means_covariance=at_middle @ inference.covariance @ at_middle.T,
        clustered=clustered,
        sigma=plain.sigma,
    )


def _check_outcome(compared: Compared, outcome: np.ndarray) -> None:
    """Refuse an outcome that does not vary."""
    if (outcome == outcome[0]).all():
        noun, same = compared.question.measure.noun, outcome[0] + 0.0
        raise NotEnoughData(
            f"Improvement in {noun} is {same:g} for all {len(outcome)} patients compared: there is "
            "no difference to look for.",
            remedy="Check that the right outcome and outcome rule were chosen.",
        )


def _fitted(matrix: np.ndarray, outcome: np.ndarray, compared: Compared) -> LeastSquares:
    """A fit, or why there are too few patients."""
    if len(outcome) <= matrix.shape[1]:
        raise NotEnoughData(
            f"{len(outcome)} patients are too few to hold alike: "
            f"{', '.join(compared.held_alike)} ({matrix.shape[1]} coefficients).",
            remedy="Name fewer of them in adjust.",
        )
    return least_squares(matrix, outcome)


def _padded(weights: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Weights of the arms, with zeros for what is held alike."""
    rest = matrix.shape[1] - weights.shape[1]
    return np.column_stack([weights, np.zeros((len(weights), rest))])


def _inference(
    fit: LeastSquares, compared: Compared, weights: np.ndarray
) -> tuple[Inference, bool]:
    """Clustered by therapist where that leaves enough degrees of freedom for every difference."""
    if compared.therapist is not None and len(set(compared.therapist.tolist())) > FEWEST_DF:
        clustered = _alike_inference(fit, compared, True)
        if (clustered.degrees_of_freedom(weights) >= FEWEST_DF).all():
            return clustered, True
    return classical_inference(fit), False


def _alike_inference(fit: LeastSquares, compared: Compared, clustered: bool) -> Inference:
    """The same kind of standard errors for another fit."""
    if not clustered:
        return classical_inference(fit)
    names = compared.therapist.astype(str)
    return clustered_inference(fit, cluster_covariance(fit, names))


def _reading(
    quantity: str, fit: LeastSquares, inference: Inference, weights: np.ndarray, level: float
) -> Reading:
    """Differences of one fit, with the influence of each patient."""
    padded = np.column_stack([weights, np.zeros((len(weights), len(fit.beta) - weights.shape[1]))])
    return Reading(quantity, inference.contrasts(padded, level), influence_of_sums(fit, padded))
