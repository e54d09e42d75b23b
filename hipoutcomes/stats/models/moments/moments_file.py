"""Moments as text, to travel where patients' rows may not."""

import json
from collections import Counter
from dataclasses import asdict

import numpy as np

from hipoutcomes.errors import FileError, NotEnoughData
from hipoutcomes.stats.models.moments.moments import MomentColumns, Moments, pooled

#: What the text says it is.
FORMAT = "hipoutcomes moments 1"

#: Fewest patients whose sums may leave together.
FEWEST = 5


def moments_as_json(moments: Moments, fewest: int = FEWEST) -> str:
    """Moments as text that `moments_from_json` reads back without a difference.

    Parameters
    ----------
    moments : Moments
    fewest : int
        The disclosure minimum: how many patients must share each pattern ``Z'Z``. The sums of a
        pattern of one patient give that patient away.

    Raises
    ------
    NotEnoughData
        When fewer patients share a pattern, or the sums are of single therapists.

    Notes
    -----
    Rare patterns are never written, and cannot be taken out of sums already made: make the moments
    again without those patients, with ``patient_moments(..., fewest=5)``, which counts them. What
    is written of a pattern is a sum over patients; nothing of one patient alone is in it.
    """
    if moments.therapists is not None:
        raise NotEnoughData(
            "These moments hold sums for each therapist.",
            "Sums of one therapist's few patients may not leave.",
            "Make them without therapists.",
        )
    whole = pooled(moments, shared_by=max(fewest, 1))
    n_rare = len(whole.lone_patterns)
    rare = whole.pattern_patients < fewest
    n_rare += int(whole.pattern_patients[rare].sum())
    if n_rare:
        raise NotEnoughData(
            f"{n_rare} of {moments.n_patients} patients have rows as fewer than {fewest} patients "
            "have them.",
            f"At least {fewest} patients must share each pattern for its sums to leave.",
            f"Make them again without those patients: patient_moments(..., fewest={fewest}).",
        )
    return json.dumps(
        {
            "format": FORMAT,
            "fingerprint": whole.columns.fingerprint,
            "columns": asdict(whole.columns),
            "n_rows": whole.n_rows,
            "n_patients": whole.n_patients,
            "left_out": dict(whole.left_out),
            "products": whole.products.tolist(),
            "patterns": whole.patterns.tolist(),
            "pattern_patients": whole.pattern_patients.tolist(),
            "pattern_sums": whole.pattern_sums.tolist(),
        }
    )


def moments_from_json(text: str) -> Moments:
    """Read what `moments_as_json` wrote.

    Raises
    ------
    FileError
        When it is something else, or was changed.

    Examples
    --------
    >>> from hipoutcomes.stats.models.moments.moments_pass import RowBlock, moments_of
    >>> columns = MomentColumns(("Intercept", "y"), (0.0, 0.0), intercept=0)
    >>> rows = np.vstack([np.ones(12), np.arange(12.0)])
    >>> moments = moments_of([RowBlock(rows, np.arange(0, 12, 2))], columns)
    >>> again = moments_from_json(moments_as_json(moments))
    >>> again.n_patients, bool((again.pattern_sums == moments.pattern_sums).all())
    (6, True)
    """
    try:
        held = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError("This text is not JSON.", f"{error}.") from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise FileError(
            "This text does not hold moments.", f"It must say it is '{FORMAT}'.", "Check the file."
        )
    columns = MomentColumns(**{
        name: tuple(value) if isinstance(value, list) else value
        for name, value in held["columns"].items()
    })  # fmt: skip
    if columns.fingerprint != held["fingerprint"]:
        raise FileError(
            "The columns of these moments were changed after they were written.",
            remedy="Ask for the file again.",
        )
    width, h = len(columns.names), columns.n_random * (columns.n_random + 1) // 2
    return Moments(
        columns=columns,
        n_rows=held["n_rows"],
        n_patients=held["n_patients"],
        products=np.array(held["products"]),
        patterns=np.array(held["patterns"]).reshape(-1, h),
        pattern_patients=np.array(held["pattern_patients"], dtype=np.int64),
        pattern_sums=np.array(held["pattern_sums"]).reshape(-1, h, width * (width + 1) // 2),
        lone_patterns=np.zeros((0, h)),
        lone_products=np.zeros((columns.n_random, width, 0)),
        left_out=Counter(held["left_out"]),
    )
