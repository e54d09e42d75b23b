"""The cells of one column become values, each distinct value read once."""

import re
from collections.abc import Callable, Collection
from datetime import date

from hipoutcomes.ingest.grids.cells import Cells, as_typed
from hipoutcomes.ingest.parsing.parse_dates import ORDERS, parse_date
from hipoutcomes.ingest.parsing.parse_degrees import parse_degrees
from hipoutcomes.ingest.parsing.parse_lengths import parse_duration, parse_minutes
from hipoutcomes.ingest.parsing.parse_plain import parse_number, parse_pressure
from hipoutcomes.ingest.parsing.parse_scores import parse_score
from hipoutcomes.ingest.parsing.parse_terms import (
    parse_sex,
    parse_side,
    parse_terms,
    parse_treatments,
    parse_yes_no,
)
from hipoutcomes.ingest.parsing.parse_times import parse_time
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, tidy
from hipoutcomes.ingest.parsing.scales import Scale
from hipoutcomes.ingest.planning.plan import ColumnPlan
from hipoutcomes.ingest.rows.column_read import CleanColumn, ColumnRead, is_plain
from hipoutcomes.ingest.rows.plain_values import (
    parse_aftercare,
    parse_mode,
    parse_text,
    parse_use,
)
from hipoutcomes.ingest.rows.visits import parse_attendance, parse_cancellation, parse_row_type
from hipoutcomes.vocabulary.codelists import CONDITIONS, TECHNIQUES
from hipoutcomes.vocabulary.fields import fold
from hipoutcomes.vocabulary.measures import MEASURES
from hipoutcomes.vocabulary.questionnaires import ITEMS

#: What programs write in place of a letter that they could not read.
_LOST_LETTER = "\ufffd"
#: From this many distinct ids on, a column of plain ids is taken as it is.
MANY = 2000

Reader = Callable[[object], Parsed]

_EPOCH = date(1970, 1, 1).toordinal()
_MIDSUMMER = (7, 1)
_OLDEST = 120
_UNIT_SAID = re.compile(r"\b(days?|weeks?|wks?|months?|years?|yrs?)\b")


def read_column(plan: ColumnPlan, cells: Cells, today: date) -> ColumnRead:
    """Read every distinct value of a column.

    Parameters
    ----------
    plan : ColumnPlan
    cells : Cells
    today : date
        Dates after it lie in the future.
    """
    is_id = plan.target.kind == "id" or plan.target.field == "visit_id"
    if is_id and len(cells.values) > MANY and is_plain(cells.values):
        return CleanColumn(plan, cells, [])
    reader = _score_reader(plan) if plan.target.score else _field_reader(plan, today)
    return ColumnRead(plan, cells, [_told(raw, plan, reader) for raw in cells.values])


def _told(raw: object, plan: ColumnPlan, reader: Reader) -> Parsed:
    """Read one value, by what the mapping says of it first."""
    if isinstance(raw, str) and _LOST_LETTER in raw:
        return Parsed(None, "encoding-error", "letters were lost when the file was saved")
    if plan.values:
        meaning = plan.values.get(as_typed(raw).strip())
        if meaning == "":
            return Parsed(None, "not-recorded", "as the mapping says")
        if meaning is not None:
            return reader(meaning)
    return reader(raw)


def _field_reader(plan: ColumnPlan, today: date) -> Reader:
    """The reader of a column that holds no score."""
    codes = plan.missing
    readers: dict[str, Reader] = {
        "id": lambda raw: parse_text(raw, codes),
        "category": lambda raw: parse_text(raw, codes),
        "text": lambda raw: parse_text(raw, codes),
        "time": lambda raw: parse_time(raw, codes),
        "pressure": lambda raw: parse_pressure(raw, codes),
        "list": lambda raw: parse_aftercare(raw, codes),
        "mode": lambda raw: parse_mode(raw, codes),
        "use": lambda raw: parse_use(raw, codes),
        "side": lambda raw: parse_side(raw, codes),
        "sex": lambda raw: parse_sex(raw, codes),
        "flag": lambda raw: parse_yes_no(raw, codes),
        "presence": lambda raw: _presence(raw, codes),
        "minutes": lambda raw: parse_minutes(raw, codes),
        "date": lambda raw: absent(raw, codes) or _day(raw, plan.date_order, today),
        "year": lambda raw: absent(raw, codes) or _birth(raw, today),
        "weeks": lambda raw: parse_duration(raw, _unit_said(plan.heading), codes),
        "age": lambda raw: parse_number(raw, "years", sentinels=codes, highest=120),
        "number": lambda raw: parse_number(raw, sentinels=codes, lowest=-1e6),
        "techniques": lambda raw: parse_treatments(raw, TECHNIQUES, codes),
        "conditions": lambda raw: _conditions(raw, codes),
        "row type": lambda raw: absent(raw, codes) or parse_row_type(raw),
        "attendance": lambda raw: absent(raw, codes) or parse_attendance(raw),
        "cancellation": lambda raw: absent(raw, codes) or parse_cancellation(raw),
    }
    return readers[plan.target.kind]


def _score_reader(plan: ColumnPlan) -> Reader:
    """The reader of scores of one measure or item."""
    code = plan.target.measure
    record = ITEMS.get(code) or MEASURES[code]
    scale = Scale.of(record, sentinels=plan.missing, none_means=plan.none_means)
    if record.unit == "degrees":
        return lambda raw: parse_degrees(raw, scale)
    if allowed := getattr(record, "allowed", ()):
        return lambda raw: _one_of(parse_score(raw, scale), allowed)
    return lambda raw: parse_score(raw, scale)


def _one_of(parsed: Parsed, allowed: tuple[float, ...]) -> Parsed:
    """Refuse an answer that the questionnaire does not offer."""
    if parsed.value is None or parsed.value in allowed:
        return parsed
    return Parsed(None, "range", f"answers are {', '.join(f'{a:g}' for a in allowed)}")


def _day(raw: object, order: str, today: date) -> Parsed:
    """Read a date as days since 1970-01-01."""
    parsed = parse_date(raw, order, today=today)
    if parsed.value is None:
        return parsed
    return Parsed(float(parsed.value.toordinal() - _EPOCH), parsed.code, parsed.note)


def _birth(raw: object, today: date) -> Parsed:
    """Read a year or date of birth as a day; a year alone stands for its middle."""
    text = tidy(raw)
    oldest = date(today.year - _OLDEST, 1, 1)
    days = {parse_date(raw, order, today=today, earliest=oldest).value for order in ORDERS} - {None}
    if len(days) == 1 and not text.isdigit():
        return Parsed(float(days.pop().toordinal() - _EPOCH))
    if found := re.search(r"(?<!\d)(?:18|19|20)\d\d(?!\d)", text):
        year = int(found.group())
        if oldest.year <= year <= today.year:
            return Parsed(float(date(year, *_MIDSUMMER).toordinal() - _EPOCH))
        return Parsed(None, "range", f"years of birth lie between {oldest.year} and {today.year}")
    return Parsed(None, "type-error", "expected a year of four digits")


def _conditions(raw: object, sentinels: Collection) -> Parsed:
    """Read the conditions of a cell; the first one that is known counts."""
    parsed = parse_terms(raw, CONDITIONS, sentinels)
    if not parsed.value:
        return parsed
    first = next((code for code in parsed.value if code in CONDITIONS.terms), parsed.value[0])
    if len(parsed.value) == 1 or parsed.code:
        return Parsed(first, parsed.code, parsed.note)
    return Parsed(first, "several-terms", f"{CONDITIONS.label(first)} was used")


def _presence(raw: object, sentinels: Collection) -> Parsed:
    """Read yes or no; any other words mean that there was something."""
    parsed = parse_yes_no(raw, sentinels)
    return Parsed(True) if parsed.code == "type-error" and isinstance(raw, str) else parsed


def _unit_said(heading: str) -> str:
    """Unit that a heading names for bare numbers; empty where it names none."""
    found = _UNIT_SAID.search(fold(heading))
    return found.group() if found else ""
