"""Single facts about patients, each its own record, put on the visit they belong to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hipoutcomes.ingest.planning.targets import parse_target
from hipoutcomes.ingest.structured.clock import is_day
from hipoutcomes.ingest.structured.source_records import NEITHER, SCORE, VISIT, SourceRecord

#: Stands for a visual analogue scale whose unit is not said: all its values together tell it.
VAS_OF_ANY_LENGTH = "pain_vas of any length"

VISIT_FACT, SCORE_FACT, TECHNIQUE_FACT = "visit", "score", "technique"


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value.

    Attributes
    ----------
    code : str
        Measure or item; or a whole target with its moment, such as ``pain before``.
    value : str, int or float
    side : str
        ``left``, ``right`` or empty.
    """

    code: str
    value: str | int | float
    side: str = ""


@dataclass(eq=False)
class Fact:
    """What one record says of a patient at a time.

    Attributes
    ----------
    record : SourceRecord
    what : {"visit", "score", "technique"}
    patient, date, time : str
        Empty where the record does not say.
    visit : str
        The number of the visit it is, or belongs to.
    end : str
        Time of day at which a visit ended.
    measured : list of Measured
    values : dict of str to value
        Whatever else it says, by target.
    """

    record: SourceRecord
    what: str
    patient: str = ""
    date: str = ""
    time: str = ""
    visit: str = ""
    end: str = ""
    measured: list[Measured] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False)
class ConditionFact:
    """A condition of a patient: of one visit, or from a day on."""

    record: SourceRecord
    patient: str
    condition: str
    side: str = ""
    date: str = ""
    visit: str = ""
    onset: str = ""


def put_on_visits(
    facts: Sequence[Fact],
    conditions: Sequence[ConditionFact],
    people: dict[str, dict[str, object]],
) -> None:
    """Put every fact on the record of its visit; records that were put there say so.

    A score belongs to the visit it names, or to the only visit of its patient on its day; where
    there are several, to the one during which it was taken. A day with a technique and no visit is
    a visit; scores of any other day are scores between visits.

    Parameters
    ----------
    facts : sequence of Fact
    conditions : sequence of ConditionFact
    people : dict of str to dict
        What is known of each patient, by target.
    """
    _tell_lengths(facts)
    joined = _joined(facts)
    carriers = []
    for carrier, others in joined:
        visit = carrier.what in (VISIT_FACT, TECHNIQUE_FACT)
        alone = [] if visit else _told_alone(carrier, others)
        apart = set(map(id, alone))
        _carry(carrier, [fact for fact in others if id(fact) not in apart], visit)
        carriers.append(carrier)
        for fact in alone:
            _carry(fact, [], False)
            carriers.append(fact)
    _put_conditions(carriers, conditions)
    for carrier in carriers:
        for name, value in people.get(carrier.patient, {}).items():
            carrier.record.values.setdefault(name, value)


def _tell_lengths(facts: Sequence[Fact]) -> None:
    """Tell a visual analogue scale of 0 to 10 from one of 0 to 100 by all its values together."""
    untold = [(fact, place) for fact in facts for place, measured in enumerate(fact.measured)]
    untold = [(f, place) for f, place in untold if f.measured[place].code == VAS_OF_ANY_LENGTH]
    to_100 = any(_above_10(fact.measured[place].value) for fact, place in untold)
    for fact, place in untold:
        code = "pain_vas" if to_100 else "pain"
        fact.measured[place] = replace(fact.measured[place], code=code)


def _above_10(value: object) -> bool:
    """Whether a score can only be one of 0 to 100."""
    try:
        return float(value) > 10
    except (TypeError, ValueError):
        return False


def _joined(facts: Sequence[Fact]) -> list[tuple[Fact, list[Fact]]]:
    """Each fact that carries a row, with the facts that are put on it."""
    by_visit: dict[tuple[str, str], Fact] = {}
    by_day: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    groups: dict[int, tuple[Fact, list[Fact]]] = {}
    for fact in facts:
        if fact.what == VISIT_FACT:
            groups[id(fact)] = (fact, [])
            by_day[fact.patient, fact.date].append(fact)
            if fact.visit:
                by_visit.setdefault((fact.patient, fact.visit), fact)
    rest: dict[object, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.what == VISIT_FACT:
            continue
        visit = _visit_of(fact, by_visit, by_day)
        if visit is not None:
            groups[id(visit)][1].append(fact)
        else:
            whole = fact.patient and is_day(fact.date)
            rest[(fact.patient, fact.date) if whole else id(fact)].append(fact)
    for same_day in rest.values():
        first = next((f for f in same_day if f.what == TECHNIQUE_FACT), same_day[0])
        groups[id(first)] = (first, [f for f in same_day if f is not first])
    return list(groups.values())


def _visit_of(
    fact: Fact,
    by_visit: dict[tuple[str, str], Fact],
    by_day: dict[tuple[str, str], list[Fact]],
) -> Fact | None:
    """The visit a fact belongs to; None where there is none, or nothing says which."""
    named = by_visit.get((fact.patient, fact.visit)) if fact.visit else None
    if named is not None and fact.date in ("", named.date):
        return named
    if not fact.patient or not is_day(fact.date):
        return None
    same_day = by_day.get((fact.patient, fact.date), [])
    if len(same_day) > 1:
        same_day = [v for v in same_day if v.time and v.time <= fact.time <= (v.end or "24:00")]
    return same_day[0] if len(same_day) == 1 else None


def _told_alone(carrier: Fact, others: list[Fact]) -> list[Fact]:
    """Scores of a day without a visit that repeat a measure: each keeps a row of its own."""
    seen = {(m.code, m.side) for m in carrier.measured}
    alone = []
    for fact in others:
        said = {(m.code, m.side) for m in fact.measured}
        if said & seen:
            alone.append(fact)
        seen |= said
    return alone


def _carry(carrier: Fact, others: list[Fact], visit: bool) -> None:
    """Put facts on the record of one visit, or of one day between visits."""
    record = carrier.record
    record.role = VISIT if visit else SCORE
    said = {"patient": carrier.patient, "date": carrier.date, "time": carrier.time}
    if visit:
        said["visit_id"] = carrier.visit
    record.values |= {name: value for name, value in said.items() if value}
    record.values |= carrier.values
    for fact in others:
        fact.record.role = NEITHER
        fact.record.kind += ", put on its visit" if visit else ", put with another of its day"
        for name, value in fact.values.items():
            already = record.values.get(name)
            if name == "technique" and already and already != value:
                record.values[name] = f"{already}; {value}"
            elif already is None:
                record.values[name] = value
    _place_scores(carrier, [carrier, *others])


def _place_scores(carrier: Fact, facts: list[Fact]) -> None:
    """Give every score of a visit its moment: first and last of the day, by their times."""
    by_measure: dict[tuple[str, str], list[tuple[str, Fact, Measured]]] = defaultdict(list)
    for fact in facts:
        for measured in fact.measured:
            by_measure[measured.code, measured.side].append((fact.time, fact, measured))
    used: set[int] = set()
    for (code, side), scores in by_measure.items():
        for target, fact, measured in _moments(code, side, scores, carrier.end):
            carrier.record.values.setdefault(target, measured.value)
            used.add(id(fact))
    for fact in facts:
        if fact.measured and id(fact) not in used and fact is not carrier:
            kind = fact.record.kind.partition(", put")[0]
            fact.record.kind = f"{kind}, not used: others of its day count"


def _moments(
    code: str, side: str, scores: list[tuple[str, Fact, Measured]], end: str
) -> list[tuple[str, Fact, Measured]]:
    """Target of each score of one measure that counts."""
    if (told := parse_target(code)) is not None and told.score is not None:
        return [(code, scores[0][1], scores[0][2])]
    first = "during" if code == "discomfort" else "before"
    name = " ".join(part for part in (code, side) if part)
    scores = sorted(scores, key=lambda score: score[0])
    if len({str(measured.value) for _, _, measured in scores}) == 1 and (
        len({time for time, _, _ in scores}) == 1
    ):
        scores = scores[:1]
    if len(scores) == 1:
        time, fact, measured = scores[0]
        at_the_end = bool(end and time and time >= end and fact.what == SCORE_FACT)
        return [(f"{name} {'after' if at_the_end else first}", fact, measured)]
    times = [time for time, _, _ in scores]
    if not all(times) or times[0] == times[1] or times[-1] == times[-2]:
        # Nothing says which of them came first: the cell shows all, and is set aside as such.
        _, fact, measured = scores[0]
        both = " and ".join(str(m.value) for _, _, m in scores)
        return [(f"{name} {first}", fact, Measured(measured.code, both, side))]
    return [(f"{name} {first}", *scores[0][1:]), (f"{name} after", *scores[-1][1:])]


def _put_conditions(carriers: Sequence[Fact], conditions: Sequence[ConditionFact]) -> None:
    """Put on each row the condition of its visit, else the latest its patient had by then."""
    by_visit = {(c.patient, c.visit): c for c in conditions if c.visit}
    of_patient: dict[str, list[ConditionFact]] = defaultdict(list)
    for condition in conditions:
        of_patient[condition.patient].append(condition)
    for carrier in carriers:
        found = by_visit.get((carrier.patient, carrier.visit)) if carrier.visit else None
        found = found or _latest(of_patient.get(carrier.patient, []), carrier.date)
        if found is None:
            continue
        values = carrier.record.values
        values.setdefault("condition", found.condition)
        if found.side:
            values.setdefault("side", found.side)
        if is_day(found.onset):
            values.setdefault("onset", found.onset)


def _latest(conditions: list[ConditionFact], day: str) -> ConditionFact | None:
    """The only condition of a patient, or the latest that was known by a day."""
    if len(conditions) == 1:
        return conditions[0]
    known = [c for c in conditions if is_day(c.date) and c.date <= day]
    return max(known, key=lambda c: c.date, default=None)
