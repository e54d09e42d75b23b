"""Answers in the sections of a note or form, by what the name of their question says."""

from collections import Counter

from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.structured.html_text import without_html
from hipoutcomes.ingest.structured.json_text import NOT_PLAIN, at, plain, several, words

#: Fields that a note or form says elsewhere, or that belong to no visit.
_ELSEWHERE = frozenset(
    ("patient", "date", "time", "visit_id", "row_type", "attended", "cancelled", "therapist")
)


class Answers:
    """Reads the answers of notes, and keeps count of questions that were not used."""

    def __init__(self):
        self._unused: Counter[str] = Counter()
        self._twice: Counter[str] = Counter()

    def of(self, content: object) -> dict[str, object]:
        """Answers by target; a question whose name says nothing we know is counted.

        Where two questions of one note say the same thing in different ways, neither counts.
        """
        found: dict[str, list] = {}
        for section in several(at(content, "sections")):
            for question in several(at(section, "questions")):
                name = " ".join(words(at(question, "name")).split())
                answer = _answer(question)
                if answer is None:
                    continue
                said = read_heading(name)
                if said is None or str(said.target) in _ELSEWHERE:
                    self._unused[name[:60] or "(no name)"] += 1
                    continue
                found.setdefault(str(said.target), []).append(answer)
        for target, answers in list(found.items()):
            if len(set(map(str, answers))) > 1:
                self._twice[target] += 1
        return {target: _together(target, answers) for target, answers in found.items()}

    def notes(self) -> dict[str, str]:
        """What was left aside, in words."""
        notes = {}
        if self._unused:
            named = [f"{name!r} ({n:,})" for name, n in self._unused.most_common(10)]
            more = len(self._unused) - len(named)
            notes["questions not used"] = ", ".join(named) + (f", {more:,} more" if more else "")
        if self._twice:
            named = [f"{target} ({n:,})" for target, n in self._twice.most_common()]
            notes["questions answered twice in one note"] = ", ".join(named)
        return notes


def _answer(question: object) -> object | None:
    """The answer of one question; None where there is none."""
    if isinstance(answers := at(question, "answers"), list):
        chosen = [words(at(one, "value")) for one in answers if at(one, "selected") is True]
        return "; ".join(choice for choice in chosen if choice) or None
    answer = plain(at(question, "answer"))
    return without_html(answer) or None if isinstance(answer, str) else answer


def _together(target: str, answers: list) -> object:
    """Answers of one note to one thing: one, or all of them, which no reader takes for one."""
    if len(set(map(str, answers))) == 1:
        return answers[0]
    if target in ("technique", "history", "aftercare_advised", "aftercare_followed"):
        return "; ".join(map(str, answers))
    return " and ".join(NOT_PLAIN if answer is None else str(answer) for answer in answers)
