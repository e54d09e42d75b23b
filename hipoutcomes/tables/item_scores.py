"""Questionnaire items of records become scores of measures, beside the ready scores."""

from collections.abc import Mapping

import numpy as np

from hipoutcomes.tables.codings import activities_of_the_start
from hipoutcomes.tables.records import ScoreField
from hipoutcomes.tables.scoring import score_items
from hipoutcomes.vocabulary.questionnaires import ITEMS


def score_fields(
    scores: Mapping[ScoreField, np.ndarray], patient_id: np.ndarray, order: np.ndarray
) -> dict[ScoreField, np.ndarray]:
    """Scores of measures: as typed, and as computed from items by the instrument's rules.

    Parameters
    ----------
    scores : mapping of ScoreField to ndarray, each shape (n,)
        Of rows in any order.
    patient_id : ndarray, shape (n,)
    order : ndarray, shape (n,)
        Row numbers in the order of each patient's days.

    Returns
    -------
    dict of ScoreField to ndarray, shape (n,)
        No field of an item. Where a file holds both a ready score and the items, the score
        computed from the items counts; the ready one where too few items were answered. Of the
        Patient-Specific Functional Scale only the activities that were scored at the start count.
    """
    fields = {field: column for field, column in scores.items() if not field.item}
    answered: dict[tuple[str, str, str], dict[str, np.ndarray]] = {}
    for field, answers in scores.items():
        if field.item:
            form = (ITEMS[field.item].instrument, field.timing, field.side)
            answered.setdefault(form, {})[field.item] = answers
    for (instrument, timing, side), items in answered.items():
        if instrument == "psfs":
            in_order = {item: answers[order] for item, answers in items.items()}
            kept = activities_of_the_start(in_order, patient_id[order])
            items = {item: answers[np.argsort(order)] for item, answers in kept.items()}
        for measure, scored in score_items(instrument, items).items():
            field = ScoreField(measure, timing, side)
            ready = fields.get(field, scored.score)
            fields[field] = np.where(np.isnan(scored.score), ready, scored.score)
    return fields
