"""How techniques go together: in the same session, later before the outcome, and by therapist."""

from typing import Any

import numpy as np
import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.comparing.patients import Compared
from hipoutcomes.vocabulary.codelists import TECHNIQUES


def co_use(clinic: Any, compared: Compared) -> pd.DataFrame:
    """Of patients counted under each technique, how many had another one as well.

    Parameters
    ----------
    clinic : Clinic
    compared : Compared
        By technique.

    Returns
    -------
    DataFrame
        One row per technique of the first session (`group`) and other technique (`category`):
        patients, and of them those who had it in the same session, and in a later session before
        the outcome. Sessions on the day of the outcome or after it do not count.
    """
    given = _given(clinic, compared)
    arms = pd.Series(compared.arms)
    size = pd.Series(compared.n_patients, compared.arms)
    others = _others(given, compared)
    index = pd.MultiIndex.from_product([arms, others], names=["group", "category"])
    index = index[index.get_level_values(0) != index.get_level_values(1)]
    table = pd.DataFrame(index=index)
    for name, chosen in (
        ("n_same_session", given["is_first"]),
        ("n_later_session", ~given["is_first"]),
    ):
        pairs = given[chosen].drop_duplicates(["row", "category"])
        counts = pairs.groupby(["group", "category"]).size()
        table[name] = counts.reindex(index, fill_value=0).astype("int64")
    table = table.reset_index()
    table.insert(2, "n_patients", table["group"].map(size).astype("int64"))
    return table


def alone(clinic: Any, compared: Compared) -> pd.Series:
    """Patients of each arm who had no other technique up to the outcome, by the arm's name."""
    given = _given(clinic, compared)
    own = given["category"] == given["group"]
    mixed = set(given.loc[~own, "row"])
    names = pd.Series(np.array(compared.arms, object)[compared.codes])
    pure = ~names.index.isin(mixed)
    return names[pure].value_counts().reindex(list(compared.arms), fill_value=0)


def by_therapist(compared: Compared) -> pd.DataFrame:
    """Patients whom each therapist treated in each arm."""
    table = pd.DataFrame(
        {
            "group": np.array(compared.arms, object)[compared.codes],
            "therapist": compared.therapist.astype(str),
        }
    )
    counts = table.groupby(["therapist", "group"], sort=True).size()
    names = sorted(set(table["therapist"]))
    index = pd.MultiIndex.from_product([names, compared.arms], names=["therapist", "group"])
    return (
        counts.reindex(index, fill_value=0)
        .rename("n_patients")
        .reset_index()[["group", "therapist", "n_patients"]]
    )


def co_use_words(clinic: Any, compared: Compared) -> str:
    """Say how many had one technique only, lest a start be read as a technique alone."""
    n_alone, n = int(alone(clinic, compared).sum()), len(compared)
    return (
        f"Techniques go together: {n_alone:,} of the {sentences.counted(n)} "
        f"({sentences.percent(n_alone / n)}) had no other technique before the later score, so "
        "what is compared is how care began, not one technique with another on its own."
    )


def _given(clinic: Any, compared: Compared) -> pd.DataFrame:
    """One row per patient, session before the outcome and technique: row, group, category."""
    links = clinic.episode_sessions.frame[["episode_id", "session_id", "episode_seq"]]
    rows = pd.DataFrame(
        {
            "episode_id": compared.rows["episode_id"].to_numpy(),
            "n_before": compared.rows["n_sessions_before"].fillna(1).to_numpy(int),
            "row": np.arange(len(compared)),
            "group": np.array(compared.arms, object)[compared.codes],
        }
    )
    given = links.merge(rows, on="episode_id")
    # The first session came before any outcome; later ones count only before it.
    given = given[given["episode_seq"] <= given["n_before"].clip(lower=1)]
    given = given.merge(clinic.treatments.frame[["session_id", "technique"]], on="session_id")
    return given.assign(
        category=given["technique"].astype(str).map(TECHNIQUES.label),
        is_first=given["episode_seq"] == 1,
    )


def _others(given: pd.DataFrame, compared: Compared) -> list[str]:
    """Every technique that was given, those that are arms first."""
    found = given["category"].value_counts()
    rest = sorted(set(found.index) - set(compared.arms), key=lambda name: (-found[name], name))
    return [*compared.arms, *rest]
