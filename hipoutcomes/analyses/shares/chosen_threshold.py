"""Which size of change counts: the caller's, or the measure's default."""

from dataclasses import replace

from hipoutcomes.analyses.question import Question
from hipoutcomes.vocabulary.thresholds import Threshold, default_threshold, thresholds_of


def chosen_threshold(question: Question, threshold: Threshold | float | None) -> Threshold | None:
    """The threshold to use; None where the measure has none.

    Parameters
    ----------
    question : Question
    threshold : Threshold or float, optional
        A record, or a size of improvement in the measure's unit; by default the measure's own.

    Raises
    ------
    ValueError
        When it is not for changes of single patients on this measure, or no possible size.
    """
    code = question.measure.code
    if threshold is None:
        return default_threshold(code)
    if not isinstance(threshold, Threshold):
        return own_threshold(question, float(threshold))
    if threshold.measure != code or not sorts_patients(threshold):
        usable = [record.label() for record in thresholds_of(code) if sorts_patients(record)]
        raise ValueError(
            f"The threshold {threshold.label()!r} of {threshold.measure!r} does not sort single "
            f"patients by their change in {code!r}; usable: {'; '.join(usable) or 'none'}, or a "
            f"number of {question.measure.unit}."
        )
    return threshold


def own_threshold(question: Question, value: float) -> Threshold:
    """A size of change that the caller chose."""
    span = question.measure.highest - question.measure.lowest
    if not 0 < value <= span:
        raise ValueError(
            f"threshold must lie above 0 and up to {span:g} {question.measure.unit}; it is "
            f"{value:g}."
        )
    return Threshold(
        measure=question.measure.code,
        kind="MIC",
        value=value,
        unit=question.measure.unit,
        operator=">=",
        direction="improvement",
        level="individual",
        population="these records",
        treatment="",
        interval="",
        method="chosen by whoever asked",
        cite="chosen for this question",
        source="chosen for this question",
        verified=False,
    )


def sorts_patients(threshold: Threshold) -> bool:
    """Whether a threshold is about the change of one patient."""
    return threshold.direction != "state" and threshold.level == "individual"


def tried_sizes(question: Question, chosen: Threshold, records: list[Threshold]) -> list[Threshold]:
    """Sizes from half to twice the chosen one, on the steps of the scale, that no record has.

    Parameters
    ----------
    question : Question
    chosen : Threshold
    records : list of Threshold
        Those that are shown anyway.
    """
    measure = question.measure
    if chosen.unit != measure.unit:
        return []
    step, span = measure.step or 1.0, measure.highest - measure.lowest
    known = {record.value for record in records if record.unit == measure.unit}
    sizes = {max(step, round(chosen.value * part / step) * step) for part in (0.5, 1, 1.5, 2)}
    kept = sorted(size for size in sizes if size <= span and size not in known)
    return [replace(own_threshold(question, size), operator=chosen.operator) for size in kept]
