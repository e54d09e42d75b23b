"""One small table for every chart, as the analyses make them."""

import pandas as pd
import pytest

PAIN = {"outcome": "pain", "outcome_label": "Pain, 0-10", "unit": "points", "level": 0.95}

FOREST = pd.DataFrame(
    {
        "group": ["Swedish massage", "Deep tissue", "Cupping"],
        "estimate": [2.1, -0.4, None],
        "conf_low": [1.7, -1.5, None],
        "conf_high": [2.5, 0.7, None],
        "n_patients": [61, 48, 4],
        "reason": ["", "", "only 4 patients; an estimate needs 10"],
        "quantity": "mean improvement",
        **PAIN,
    }
)

SLOPES = pd.DataFrame(
    {
        "baseline": [6.0, 6.0, 6.0, 8.0, 7.0, 5.0, 9.0, 6.0, 7.0, 8.0],
        "final": [4.0, 4.0, 4.0, 2.0, 7.0, 6.0, 5.0, 3.0, 1.0, 4.0],
        **PAIN,
    }
)

TRAJECTORY = pd.DataFrame(
    {
        "axis": "session",
        "session_number": [1, 2, 3],
        "estimate": [6.1, 5.2, None],
        "conf_low": [5.6, 4.6, None],
        "conf_high": [6.6, 5.8, None],
        "n_measured": [48, 31, 9],
        "n_still_coming": [50, 36, 12],
        "reason": ["", "", "only 9 patients; an estimate needs 10"],
        **PAIN,
    }
)

CUMULATIVE = pd.DataFrame(
    {
        "threshold": [-2.0, -1.0, 0.0, 1.0, 2.0, 4.0],
        "estimate": [1.0, 0.95, 0.90, 0.70, 0.55, 0.10],
        "conf_low": [0.9, 0.85, 0.80, 0.55, 0.40, 0.04],
        "conf_high": [1.0, 0.99, 0.96, 0.82, 0.69, 0.22],
        "n_patients": 40,
        "group": "all",
        **PAIN,
    }
)

SHARES = pd.DataFrame(
    {
        "group": ["all", "Cupping"],
        "n_better": [30, None],
        "n_same": [15, None],
        "n_worse": [5, None],
        "n_patients": [50, 4],
        "expected_low": [0.2, None],
        "expected_high": [0.35, None],
        "expected_worse_low": [0.02, None],
        "expected_worse_high": [0.08, None],
        "reason": ["", "only 4 patients; an estimate needs 10"],
        "threshold": 2.0,
        "operator": ">=",
        **PAIN,
    }
)

HEATMAP = pd.DataFrame(
    {
        "technique": ["swedish", "deep_tissue", "swedish"],
        "condition": ["bursitis", "bursitis", "piriformis"],
        "estimate": [1.8, -0.9, None],
        "n_patients": [25, 14, 4],
        "reason": ["", "", "only 4 patients; an estimate needs 10"],
        "quantity": "mean improvement",
        **PAIN,
    }
)

FLOW = pd.DataFrame(
    {
        "status": [
            "already running",
            "not yet due",
            "no first score",
            "not measured again",
            "not comparable",
            "measured",
        ],
        "n_patients": [6, 9, 4, 13, 0, 48],
    }
)

SHIFTS = pd.DataFrame(
    {
        "baseline": [1, 2, 2, 3],
        "final": [2, 2, 1, 1],
        "baseline_label": ["Mild", "Moderate", "Moderate", "Severe"],
        "final_label": ["Moderate", "Moderate", "Mild", "Mild"],
        "n_patients": [3, 7, 11, 2],
        "outcome": "tension",
        "outcome_label": "Muscle tension",
    }
)

LOVE_PLOT = pd.DataFrame(
    {
        "characteristic": ["Pain, 0-10", "Age", "Condition", "Condition"],
        "category": ["", "", "Osteoarthritis", "Piriformis syndrome"],
        "std_difference": [0.62, 0.31, 0.08, None],
        "std_difference_weighted": [0.03, 0.12, 0.01, None],
    }
)

NATURAL_COURSE = pd.DataFrame(
    {
        "quantity": ["mean improvement", "share better by 2 points or more"],
        "estimate": [2.1, 0.6],
        "conf_low": [1.7, 0.5],
        "conf_high": [2.5, 0.7],
        "expected_low": [0.1, 0.1],
        "expected_high": [1.4, 0.5],
        "n_patients": [48, 44],
        "reason": "",
        **PAIN,
        "unit": ["points", "share"],
    }
)

ASSUMPTION = pd.DataFrame(
    {
        "assumed": [-4.0, -1.5, 0.0, 2.0, 4.0, 6.0],
        "estimate": [0.7, 1.3, 1.6, 2.1, 2.5, 2.9],
        "conf_low": [0.2, 0.8, 1.2, 1.7, 2.0, 2.4],
        "conf_high": [1.2, 1.8, 2.0, 2.5, 3.0, 3.4],
        "reading": [
            "worst possible",
            "interval reaches no change",
            "none of them changed",
            "like those measured",
            "",
            "best possible",
        ],
        "n_due": 61,
        "n_not_measured": 13,
        **PAIN,
    }
)

DOSE = pd.DataFrame(
    {
        "quantity": ["mean improvement of those who came so often"] * 3
        + ["change since the visit before, among those who came back"] * 3,
        "session_number": [2, 3, 4] * 2,
        "estimate": [0.4, 1.9, None, 0.8, 0.3, None],
        "conf_low": [-0.3, 1.2, None, 0.5, 0.0, None],
        "conf_high": [1.1, 2.6, None, 1.1, 0.6, None],
        "band_low": [None, None, None, 0.4, -0.1, None],
        "band_high": [None, None, None, 1.2, 0.7, None],
        "n_patients": [40, 25, 8, 60, 35, 8],
        "reason": ["", "", "only 8 patients; an estimate needs 10"] * 2,
        **PAIN,
    }
)

CONFIRMED = pd.DataFrame(
    {
        "session_number": [3, 4, 5],
        "estimate": [0.12, 0.31, None],
        "conf_low": [0.08, 0.22, None],
        "conf_high": [0.17, 0.40, None],
        "expected_low": [0.02, 0.03, None],
        "expected_high": [0.18, 0.25, None],
        "share_stopped": [0.2, 0.3, None],
        "n_patients": 80,
        "n_still_coming": [60, 31, 6],
        "reason": ["", "", "only 6 still coming without it; an estimate needs 10"],
        "quantity": "share better by 2 points or more at two visits in a row",
        "threshold": 2.0,
        "operator": ">=",
        **(PAIN | {"unit": "share"}),
    }
)

RELIEF = pd.DataFrame(
    {
        "timing": ["before", "after", "next visit"],
        "estimate": [5.9, 4.2, 5.3],
        "conf_low": [5.6, 3.9, 4.9],
        "conf_high": [6.2, 4.5, 5.7],
        "n_patients": 48,
        "n_sessions": 161,
        "reason": "",
        **PAIN,
    }
)

TABLES = {
    "dose": DOSE,
    "confirmed": CONFIRMED,
    "relief": RELIEF,
    "forest": FOREST,
    "slopes": SLOPES,
    "trajectory": TRAJECTORY,
    "cumulative": CUMULATIVE,
    "shares": SHARES,
    "heatmap": HEATMAP,
    "flow": FLOW,
    "shifts": SHIFTS,
    "love_plot": LOVE_PLOT,
    "natural_course": NATURAL_COURSE,
    "assumption": ASSUMPTION,
}


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """A table for each chart, by its name; the test's own copies."""
    return {name: table.copy() for name, table in TABLES.items()}


@pytest.fixture
def texts():
    """Every text that axes show, each on one line."""

    def read(ax) -> list[str]:
        shown = [text.get_text() for text in ax.texts]
        shown += [label.get_text() for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
        shown += [ax.get_xlabel(), ax.get_ylabel()]
        return [text.replace("\n", " ") for text in shown if text]

    return read
