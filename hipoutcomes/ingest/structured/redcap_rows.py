"""Rows of a REDCap export: which form was filled in, which rows are visits, what is spread."""

from collections import defaultdict

from hipoutcomes.ingest.grids.cells import as_typed
from hipoutcomes.ingest.grids.layout import Table
from hipoutcomes.ingest.parsing.parsed import MISSING_MARKS, tidy
from hipoutcomes.ingest.structured.redcap_dictionary import ProjectField
from hipoutcomes.ingest.structured.redcap_fields import MISSING_CODES, UsedField
from hipoutcomes.ingest.structured.source_records import NEITHER, VISIT

_EVENT, _INSTRUMENT = "redcap_event_name", "redcap_repeat_instrument"
_INSTANCE = "redcap_repeat_instance"

#: What is told once for a patient, and holds for every visit.
SPREAD = frozenset(
    (
        *("sex", "birth_year", "age", "condition", "side", "onset", "duration", "clinic"),
        *("earlier_injuries", "history"),
    )
)


class Rows:
    """The rows of one export.

    Parameters
    ----------
    table : Table
    fields : dict of str to ProjectField
    """

    def __init__(self, table: Table, fields: dict[str, ProjectField]):
        self.table, self.fields = table, fields
        self.n = len(table.rows)
        self._place = {heading: i for i, heading in enumerate(table.headers)}
        self._texts: dict[str, list[str]] = {}
        self._collected: dict[str, list[bool]] = {}
        self._boxes: dict[str, list[str]] = defaultdict(list)
        self._of_form: dict[str, list[str]] = defaultdict(list)
        for heading in table.headers[1:]:
            base, mark, _ = heading.partition("___")
            if mark:
                self._boxes[base].append(heading)
            if base in fields:
                self._of_form[fields[base].form].append(heading)

    @property
    def is_long(self) -> bool:
        """Whether a record may have several rows: events, or repeated instances."""
        return _EVENT in self._place or _INSTANCE in self._place

    def texts(self, heading: str) -> list[str]:
        """Cells of one column as text; empty for a column that is not there."""
        if heading not in self._texts:
            if heading not in self._place:
                return [""] * self.n
            cells = self.table.columns[self._place[heading]]
            typed = [*(as_typed(value).strip() for value in cells.values), ""]
            self._texts[heading] = [typed[code] for code in cells.codes]
        return self._texts[heading]

    def codes(self, used: UsedField) -> set[str]:
        """Codes that occur in a field; of a checkbox, those that are ticked somewhere."""
        name = used.field.name
        if name not in self._boxes:
            return set(self.texts(name)) - {""}
        return {_code(box) for box in self._boxes[name] if "1" in self.texts(box)}

    def answers(self, used: UsedField) -> list[str]:
        """What each row answers to a field; a form that was not filled in answers nothing."""
        name = used.field.name
        if name not in self._boxes:
            read = {raw: used.read(raw) for raw in set(self.texts(name))}
            return [read[raw] for raw in self.texts(name)]
        asked = self._asked(used.field.form)
        boxes = [(used.read(_code(box)), _code(box), self.texts(box)) for box in self._boxes[name]]
        if used.target.kind in ("flag", "presence") and len(boxes) == 1:
            yes = {"1": "yes", "0": "no"}
            return [yes.get(t, "") if a else "" for t, a in zip(boxes[0][2], asked, strict=True)]
        named = [(label, ticks) for label, code, ticks in boxes if not _says_nothing(label, code)]
        found = [
            "; ".join(label for label, ticks in named if ticks[i] == "1") for i in range(self.n)
        ]
        if used.target.kind == "side":
            return ["both" if ";" in text else text for text in found]
        return found

    def spread(self, column) -> None:
        """Fill in what was told once for a record, and the date of a row's event."""
        records = self.texts(self.table.headers[0])
        if str(column.target) == "date":
            column.texts = self._with_event_dates(column.texts)
        if str(column.target) not in SPREAD or not self.is_long:
            return
        said: dict[str, list[str]] = defaultdict(list)
        for record, text in zip(records, column.texts, strict=True):
            if text and text not in said[record]:
                said[record].append(text)
        latest: dict[str, str] = {}
        filled = []
        for record, text in zip(records, column.texts, strict=True):
            if text:
                latest[record] = text
            only = said[record][0] if len(said[record]) == 1 else ""
            filled.append(text or only or latest.get(record, ""))
        column.texts = filled

    def kinds(self, columns: list) -> tuple[list[str], dict[str, str]]:
        """What each row is, in words, and the role of each of these kinds."""
        treated = [c for c in columns if c.target.score or c.target.kind in ("techniques", "use")]
        forms = {field.field.form for column in treated for field in column.used}
        dates = [
            self.texts(field.field.name)
            for column in columns
            if str(column.target) == "date"
            for field in column.used
            if field.field.form in forms
        ]
        filled = [column.texts for column in treated] + dates
        names, roles = [], {}
        for i in range(self.n):
            visit = any(texts[i] for texts in filled)
            name = f"{self._where(i)}{'' if visit else ', not a visit'}"
            roles[name] = VISIT if visit else NEITHER
            names.append(name)
        return names, roles

    def visit_ids(self) -> list[str]:
        """Record, event, instrument and instance of each row."""
        parts = [self.texts(self.table.headers[0])]
        parts += [self.texts(h) for h in (_EVENT, _INSTRUMENT, _INSTANCE) if h in self._place]
        return ["/".join(row) if row[0] else "" for row in zip(*parts, strict=True)]

    def _where(self, i: int) -> str:
        """Event or repeating instrument of a row, in words."""
        event, instrument = self.texts(_EVENT)[i], self.texts(_INSTRUMENT)[i]
        if instrument:
            return f"repeating instrument {instrument}"
        if event:
            return f"{'repeating event' if self.texts(_INSTANCE)[i] else 'event'} {event}"
        return "record"

    def _asked(self, form: str) -> list[bool]:
        """Whether each row's form was filled in: a box not ticked says something only then."""
        if form not in self._collected:
            answers = [self.texts(h) for h in self._of_form[form] if "___" not in h]
            ticks = [self.texts(h) for h in self._of_form[form] if "___" in h]
            self._collected[form] = [
                complete in ("1", "2")
                or any(texts[i] for texts in answers)
                or any(texts[i] == "1" for texts in ticks)
                for i, complete in enumerate(self.texts(f"{form}_complete"))
            ]
        return self._collected[form]

    def _with_event_dates(self, texts: list[str]) -> list[str]:
        """Dates of rows, those of repeating instruments from their event where they have none."""
        records, events = self.texts(self.table.headers[0]), self.texts(_EVENT)
        instruments = self.texts(_INSTRUMENT)
        of_event: dict[tuple[str, str], set[str]] = defaultdict(set)
        for record, event, instrument, text in zip(
            records, events, instruments, texts, strict=True
        ):
            if event and text and not instrument:
                of_event[record, event].add(text)
        filled = []
        for record, event, instrument, text in zip(
            records, events, instruments, texts, strict=True
        ):
            known = of_event.get((record, event), set())
            filled.append(text or (next(iter(known)) if instrument and len(known) == 1 else ""))
        return filled


def _code(box: str) -> str:
    """Code of a checkbox from its heading: a minus is written as an underscore."""
    code = box.partition("___")[2]
    return f"-{code[1:]}" if code.startswith("_") and code[1:].isdecimal() else code


def _says_nothing(label: str, code: str) -> bool:
    """Whether a ticked box says that something is missing."""
    return not label or code.upper() in MISSING_CODES or tidy(label) in MISSING_MARKS
