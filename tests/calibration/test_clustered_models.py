"""Estimating equations, logistic and ordinal models, over clinics drawn from known laws."""

import numpy as np
import pytest
from scipy.special import expit

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.models.categories.logistic import fit_logistic
from hipoutcomes.stats.models.categories.ordinal import fit_ordinal
from hipoutcomes.stats.models.categories.standardised import standardised_means
from hipoutcomes.stats.models.gee.gaussian import gaussian_gee

pytestmark = pytest.mark.slow

APPROXIMATE = (0.93, 0.975)
N_CLINICS, N_ORDINAL = 4_000, 1_000

#: Clinics that a model may refuse to answer for, and say so.
MOST_REFUSED = 0.02


def therapists(rng, n_therapists):
    """Therapist of each patient, from 4 to 19 patients each, and what therapists differ by."""
    codes = np.repeat(np.arange(n_therapists), rng.integers(4, 20, n_therapists))
    return codes, rng.normal(0, 0.6, n_therapists)[codes]


def intervals(clinics, answer):
    """Estimates and limits of the clinics that get an answer; few may not."""
    made = []
    for clinic in clinics:
        try:
            made.append(answer(*clinic))
        except NotEnoughData:
            made.append(None)
    given = [each for each in made if each is not None]
    assert len(given) >= (1 - MOST_REFUSED) * len(made)
    return np.array(given).T


def one(sums, place=0):
    return sums.estimate[place], sums.conf_low[place], sums.conf_high[place]


@pytest.mark.parametrize("n_therapists", [12, 30, 60])
def test_a_difference_between_therapists_by_estimating_equations(page, n_therapists):
    rng = np.random.default_rng(n_therapists)

    def clinic():
        codes, own = therapists(rng, n_therapists)
        arm = (np.arange(n_therapists) % 2)[codes]
        first = rng.normal(6, 1.5, len(codes))
        outcome = 0.5 * first - 0.7 * arm + own + rng.normal(0, 1.2, len(codes))
        return np.column_stack([np.ones(len(codes)), arm, first]), outcome, codes

    def answer(*given):
        return one(gaussian_gee(*given).inference.contrasts([[0, 1, 0]]))

    found = intervals((clinic() for _ in range(N_CLINICS)), answer)
    cell = page.covers(
        "estimating equations, bias-reduced",
        "arms are whole therapists",
        f"{n_therapists} therapists",
        -0.7,
        *found,
        APPROXIMATE,
    )
    assert cell.holds


@pytest.mark.parametrize("n_therapists", [12, 30])
def test_log_odds_with_standard_errors_by_therapist(page, n_therapists):
    rng = np.random.default_rng(100 + n_therapists)

    def clinic():
        codes, own = therapists(rng, n_therapists)
        arm = rng.integers(0, 2, len(codes))
        better = rng.random(len(codes)) < expit(own)
        return np.column_stack([np.ones(len(codes)), arm]), better, codes

    def answer(*given):
        return one(fit_logistic(*given).inference.contrasts([[0, 1]]))

    found = intervals((clinic() for _ in range(N_CLINICS)), answer)
    cell = page.covers(
        "logistic, standard errors by therapist",
        "nothing differs",
        f"{n_therapists} therapists",
        0.0,
        *found,
        APPROXIMATE,
    )
    assert cell.holds


@pytest.mark.parametrize("size", [60, 200])
def test_standardised_differences_of_shares(page, size):
    rng = np.random.default_rng(200 + size)
    # The truth over all first scores, by Gauss-Hermite quadrature.
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    share = [weights @ expit(-0.3 + 0.9 * arm + 0.7 * points) / weights.sum() for arm in (0, 1)]

    def clinic():
        arm, first = rng.integers(0, 2, size), rng.normal(size=size)
        better = rng.random(size) < expit(-0.3 + 0.9 * arm + 0.7 * first)
        return np.column_stack([np.ones(size), arm, first]), better

    def answer(design, better):
        fit = fit_logistic(design, better)
        each = [design.copy(), design.copy()]
        each[0][:, 1], each[1][:, 1] = 0, 1
        shares, covariance = standardised_means(fit.beta, fit.covariance, each, "logit")
        turn = np.array([-1.0, 1.0])
        reach = 1.959964 * np.sqrt(turn @ covariance @ turn)
        return shares @ turn, shares @ turn - reach, shares @ turn + reach

    found = intervals((clinic() for _ in range(N_CLINICS)), answer)
    cell = page.covers(
        "logistic, standardised difference of shares",
        "first scores matter too",
        f"{size} patients",
        share[1] - share[0],
        *found,
        APPROXIMATE,
    )
    assert cell.holds


@pytest.mark.parametrize("size", [60, 200])
def test_log_odds_of_a_higher_category(page, size):
    rng = np.random.default_rng(300 + size)

    def clinic():
        arm, first = rng.integers(0, 2, size), rng.normal(size=size)
        latent = -0.8 * arm + 0.7 * first + rng.logistic(size=size)
        codes = np.searchsorted([-1.2, 0.0, 1.2], latent)
        return np.column_stack([arm, first]), np.unique(codes, return_inverse=True)[1]

    def answer(design, codes):
        fit = fit_ordinal(design, codes)
        place = len(fit.cuts)
        reach = 1.959964 * np.sqrt(fit.covariance[place, place])
        return fit.beta[0], fit.beta[0] - reach, fit.beta[0] + reach

    found = intervals((clinic() for _ in range(N_ORDINAL)), answer)
    cell = page.covers(
        "proportional odds",
        "one odds ratio at every cut",
        f"{size} patients",
        -0.8,
        *found,
        APPROXIMATE,
    )
    assert cell.holds
