"""How many improved by how much: the whole curve beside the share at one threshold."""

from dataclasses import replace
from functools import partial

import pandas as pd

from hipoutcomes.analyses.responders import responders
from hipoutcomes.charts.alternatives import describe_cumulative
from hipoutcomes.charts.cumulative import cumulative
from hipoutcomes.clinic import Clinic
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.report.plain_numbers import share
from hipoutcomes.results import Estimates


def curve_of_improvement(clinic: Clinic, outcome: str) -> Estimates:
    """The share of patients who improved by at least each amount, as an answer of its own.

    Parameters
    ----------
    clinic : Clinic
    outcome : str
        Code of a measure that has a default threshold; without one, `responders` itself answers
        with the curve.

    Raises
    ------
    NotEnoughData
        When the outcome was not recorded, or patients are too few.
    """
    answer = responders(clinic, outcome)
    curve = answer.supporting["cumulative"]
    if not curve["estimate"].notna().any():
        raise NotEnoughData("There are too few patients measured again for a curve.")
    mark = float(answer.table["threshold"].iloc[0])
    return replace(
        answer,
        name=f"cumulative-{outcome.replace('_', '-')}",
        question="How many improved by how much?",
        words=(
            "Each point of the curve is the share of patients who improved by at least that much, "
            "so nothing hangs on one threshold.",
            *_read_out(curve),
        ),
        table=curve,
        supporting={},
        notes=(),
        chart=partial(cumulative, mark=mark),
        alternative=describe_cumulative(curve),
    )


def _read_out(curve: pd.DataFrame) -> list[str]:
    """The curve just above zero: who improved at all."""
    improved = curve.loc[curve["threshold"] > 0].sort_values("threshold")
    if improved.empty:
        return ["Nobody improved."]
    return [f"{share(improved['estimate'].iloc[0])} improved by any amount."]
