"""Published courses as a table, to stand apart from a clinic's own change."""

import pandas as pd

from hipoutcomes.vocabulary.courses import courses_of
from hipoutcomes.vocabulary.instruments import Measure

_COLUMNS = (
    *("outcome", "outcome_label", "quantity", "unit", "group", "condition", "arm", "interval"),
    *("estimate", "baseline_mean", "final_mean", "n_patients", "source", "reason"),
)


def published_courses(measure: Measure) -> pd.DataFrame:
    """One row per published arm without the care under study; no rows where none is known.

    Parameters
    ----------
    measure : Measure
    """
    courses = courses_of(measure.code)
    rows = pd.DataFrame(
        [
            {
                "outcome": measure.code,
                "outcome_label": measure.label,
                "quantity": "published mean improvement of other patients",
                "unit": measure.unit,
                "group": course.label(),
                "condition": course.condition,
                "arm": course.arm,
                "interval": course.interval,
                "estimate": course.improvement,
                "baseline_mean": course.first,
                "final_mean": course.later,
                "n_patients": course.n,
                "source": f"{course.source} "
                f"({'verified abstract' if course.verified else 'not verified'})",
                "reason": "" if course.change is not None else "the first score was not at hand",
            }
            for course in courses
        ],
        columns=_COLUMNS,
    )
    return rows.astype(dict.fromkeys(("estimate", "baseline_mean", "final_mean"), float))
