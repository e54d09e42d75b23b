"""What changes from one visit to the next: among those who came back, and had everyone done so."""

import numpy as np
import pandas as pd

from hipoutcomes.analyses.dosing.visits import Visits
from hipoutcomes.analyses.models.mixed import mixed_model
from hipoutcomes.errors import HipoutcomesError, NotEnoughData
from hipoutcomes.stats.models.inference import Inference
from hipoutcomes.stats.models.least_squares.cluster_robust import (
    cluster_covariance,
    clustered_inference,
)
from hipoutcomes.stats.models.least_squares.linear import least_squares
from hipoutcomes.stats.models.simultaneous import simultaneous_band

RETURNED = "change since the visit before, among those who came back"
EVERYONE = "change since the visit before, had everyone come back"

#: Why there is no interval where nobody's change differs from another's.
ALIKE = "every patient changed by the same, so nothing shows how far the change varies"

_FORMULA = "score ~ C(visit)"
_MODEL = "The mixed model has one mean a visit, and each patient has a {own}."


def steps_among_returned(visits: Visits, level: float, seed: int) -> pd.DataFrame:
    """Mean change from each visit to the next among those scored at both, with a band over all.

    Notes
    -----
    The estimand: of those who came to visit k and came back to visit k + 1, the mean change of the
    recorded score between the two. Nothing is assumed about who comes back; whoever is scored at
    both is taken to be like those who came back and were not scored.
    """
    steps, least = visits.steps, visits.minimums.estimate
    enough = _first_enough(steps, least)
    used = steps[steps["session_number"] <= enough + 1]
    if not _vary(used):
        return _rows(visits, RETURNED, steps, 0, None, ALIKE if enough else "")
    design = np.eye(enough)[used["session_number"].to_numpy() - 2]
    fit = least_squares(design, used["change"].to_numpy(float))
    inference = clustered_inference(fit, cluster_covariance(fit, used["place"].to_numpy()))
    return _rows(visits, RETURNED, steps, enough, _banded(inference, np.eye(enough), level, seed))


def steps_of_everyone(visits: Visits, level: float, seed: int) -> tuple[pd.DataFrame, str]:
    """Change from each visit to the next had everyone come back, by a mixed model, and which one.

    Notes
    -----
    The estimand: of everyone who began, the mean change between visits k and k + 1 had nobody
    stopped. Scores that are not there are taken to be missing at random given the patient's own
    scores before, in a model with one mean a visit and each patient's own level and own slope over
    the logarithm of the visit number, for a course that is fast at first slows down (a straight
    slope lets those who got well fast and stopped go on getting better); with a level alone, and
    that said, where the records cannot tell a slope.
    """
    steps = visits.steps
    enough = _first_enough(steps, visits.minimums.estimate)
    if not _vary(steps[steps["session_number"] <= enough + 1]):
        return _rows(visits, EVERYONE, steps, 0, None, ALIKE if enough else ""), ""
    rows = visits.scores[visits.scores["session_number"] <= enough + 1]
    visit = rows["session_number"]
    frame = rows[["place"]].assign(score=rows["good"], visit=visit, log_visit=np.log(visit))
    kind = "level and slope over the logarithm of the visit"
    try:
        model = mixed_model(frame, _FORMULA, patient="place", slope="log_visit")
    except HipoutcomesError:
        kind = "level alone (the records cannot tell a slope of their own)"
        try:
            model = mixed_model(frame, _FORMULA, patient="place")
        except NotEnoughData as cannot:
            why = f"no mixed model: {cannot.found.removesuffix('.')}"
            return _rows(visits, EVERYONE, steps, 0, None, why), ""
        except HipoutcomesError:
            why = "no mixed model: two computations of it do not agree"
            return _rows(visits, EVERYONE, steps, 0, None, why), ""
    means = model.design.reference_rows("visit")[1]
    band = _banded(model.inference, np.diff(means, axis=0), level, seed)
    return _rows(visits, EVERYONE, steps, enough, band), _MODEL.format(own=kind)


def _first_enough(steps: pd.DataFrame, least: int) -> int:
    """How many steps from the first on have enough patients each."""
    counts = np.bincount(steps["session_number"])[2:]
    return int(np.append(counts >= least, False).argmin())


def _vary(steps: pd.DataFrame) -> bool:
    """Whether the changes to some visit differ between patients."""
    return bool((steps.groupby("session_number")["change"].nunique() > 1).any())


def _banded(inference: Inference, weights: np.ndarray, level: float, seed: int) -> pd.DataFrame:
    """Estimates with limits for one at a time and for all at once."""
    band = simultaneous_band(inference, weights, level, seed=seed)
    alone = band.alone
    return pd.DataFrame(
        {
            "estimate": alone.estimate,
            "std_error": alone.std_error,
            "conf_low": alone.conf_low,
            "conf_high": alone.conf_high,
            "band_low": band.conf_low,
            "band_high": band.conf_high,
            "df": alone.df,
            "p_value": alone.p_value,
            "p_adjusted": band.p_adjusted,
            "level": level,
        }
    )


def _rows(
    visits: Visits,
    quantity: str,
    steps: pd.DataFrame,
    n_estimated: int,
    numbers: pd.DataFrame | None,
    why_none: str = "",
) -> pd.DataFrame:
    """One row per step to a visit that enough patients came to."""
    n_steps = max(len(visits.n_came) - 1, 1)
    n_scored = np.bincount(steps["session_number"], minlength=n_steps + 2)[2 : n_steps + 2]
    came = np.append(visits.n_came, np.zeros(2, np.int64))[1 : n_steps + 1]
    table = pd.DataFrame(
        {
            "quantity": quantity,
            "unit": visits.measure.unit,
            "session_number": np.arange(n_steps) + 2,
            "group": [f"visit {k + 1} to {k + 2}" for k in range(n_steps)],
            "n_patients": n_scored,
            "n_still_coming": came,
        }
    )
    if numbers is not None:
        table = pd.concat([table, numbers], axis=1)
    else:
        table["estimate"] = np.nan
    unseen = why_none or "visits before this one have too few patients"
    reasons = [visits.minimums.too_few(int(n)) or unseen for n in n_scored]
    table["reason"] = ["" if k < n_estimated else reason for k, reason in enumerate(reasons)]
    return table
