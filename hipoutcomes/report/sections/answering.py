"""One question after another: asked, drawn, kept as CSV, and put into the owner's words."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from hipoutcomes.analyses.planned import STAMPS, stamp_of
from hipoutcomes.charts.alternatives import describe_shares
from hipoutcomes.charts.forest import forest
from hipoutcomes.charts.heatmap import heatmap
from hipoutcomes.charts.shares import shares
from hipoutcomes.charts.shifts import shifts
from hipoutcomes.clinic import Clinic
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.cells import safe_frame
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import Block, Figure, Section, ShownTable
from hipoutcomes.report.sections.answer_words import plain_words
from hipoutcomes.report.sections.asked import Asked, Part
from hipoutcomes.report.sections.drawing import drawn
from hipoutcomes.report.sections.shown_characteristics import shown_characteristics
from hipoutcomes.report.sections.shown_tables import is_curve, largest, shown_table
from hipoutcomes.report.sections.small_groups import without_small_groups
from hipoutcomes.results import Estimates
from hipoutcomes.vocabulary.minimums import Minimums

_NAMED = ("therapist", "clinic", "procedure")

#: Supporting tables that hold single clients: drawn, never written.
_ONE_ROW_PER_CLIENT = ("pairs",)

#: Supporting tables that an answer about everyone shows under its own, with their captions.
_SHOWN_BESIDE = {
    "thresholds": "The share depends on what counts as better",
    "differences": "At the start: those measured again and those not",
}


class Answering:
    """Answers questions about one clinic into one folder.

    Parameters
    ----------
    clinic : Clinic
    folder : Path
        Gets `charts/` and `tables/`.
    step : callable
        Called with a few words before each question.
    """

    def __init__(self, clinic: Clinic, folder: Path, step: Callable[[str], None]):
        self._clinic, self._folder, self._step = clinic, folder, step
        self._names = _names(clinic)
        self._said: set[str] = set()
        self._looked_at: list[tuple[str, pd.DataFrame]] = []
        for name in ("charts", "tables"):
            (folder / name).mkdir()

    def section(self, part: Part) -> Section:
        """A section with every question answered, or with the reason why not."""
        self._said = set()
        return Section(part.anchor, part.title, part.lead, tuple(map(self._block, part.asked)))

    @property
    def looked_at(self) -> list[tuple[str, pd.DataFrame]]:
        """Headings and tables of the answers so far that no plan names."""
        return list(self._looked_at)

    def figure(self, draw: Callable, name: str, title: str, alternative: str) -> Figure:
        """A chart as files and for the page."""
        return drawn(
            draw,
            name,
            self._folder / "charts",
            title=title,
            alternative=alternative,
            keep=self._names,
        )

    def kept(self, table: pd.DataFrame, name: str) -> str:
        """Write a table without its small groups; its path relative to the page."""
        path = f"tables/{name.replace(' ', '-')}.csv"
        shown = without_small_groups(table, self._clinic.minimums.disclosure_inside)
        safe_frame(shown).to_csv(self._folder / path, index=False, lineterminator="\n")
        return path

    def owner(self, text: str) -> str:
        """A sentence in the owner's words; names of the clinic stay."""
        return in_owner_words(text, self._names)

    def _block(self, asked: Asked) -> Block:
        """One question with its answer."""
        self._step(asked.heading)
        missing = [name for name in asked.needs if not self._recorded(name)]
        if missing:
            what = " or ".join(name.replace("_", " ") for name in missing)
            return Block(asked.heading, why_not=f"They hold no {what}.", record=asked.record)
        try:
            answer = asked.ask()
        except NotEnoughData as problem:
            why = " ".join(part for part in (problem.found, problem.expected) if part)
            return Block(asked.heading, why_not=self.owner(why), record=asked.record)
        return self._answered(asked, _as_shares(answer))

    def _answered(self, asked: Asked, answer: Estimates) -> Block:
        """Words, chart, tables and cautions of one answer."""
        stamp = self._stamp(asked)
        if stamp != STAMPS[0]:
            self._looked_at.append((asked.heading, answer.table))
        csv = self.kept(answer.table, answer.name)
        for name, table in answer.supporting.items():
            if name not in _ONE_ROW_PER_CLIENT:
                self.kept(table, f"{answer.name}-{name}")
        return Block(
            heading=asked.heading,
            words=self._new(plain_words(answer, self._clinic.minimums)),
            figure=self._figure(answer) if asked.chart else None,
            tables=tuple(_tables(answer, self._clinic.minimums)),
            csv=csv,
            cautions=self._new(answer.notes),
            method=self.owner(answer.method),
            stamp=stamp if asked.outcome and self._clinic.analysis_plan else "",
        )

    def _stamp(self, asked: Asked) -> str:
        """Whether a plan names the question; what no plan can name is exploratory."""
        if not asked.outcome:
            return STAMPS[2]
        return stamp_of(self._clinic, asked.outcome, asked.by or None)

    def _figure(self, answer: Estimates) -> Figure | None:
        """The chart of an answer; None where it would show nothing, or a single line."""
        least = self._clinic.minimums.disclosure_inside
        rows, _ = largest(without_small_groups(answer.table, least))
        if answer.chart is heatmap:
            rows = rows[rows["n_patients"].notna()]
        if answer.chart is None or not _has_anything(rows) or _is_one_line(answer):
            return None
        draw = replace(answer, table=rows.reset_index(drop=True)).plot
        return self.figure(draw, answer.name, self.owner(answer.question), answer.alternative)

    def _new(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """What was not yet said in this section, in the owner's words."""
        new = [text for text in map(self.owner, texts) if text not in self._said]
        self._said.update(new)
        return tuple(new)

    def _recorded(self, name: str) -> bool:
        """Whether the records hold anything under this name."""
        frame = self._clinic.episodes.frame
        return name in frame and bool(frame[name].notna().any())


def _tables(answer: Estimates, minimums: Minimums) -> list[ShownTable]:
    """The table of an answer, and those that belong beside it; a single row is said in words."""
    tables = []
    if "characteristic" in answer.table:
        tables.append(shown_characteristics(answer.table, "At the start of care", minimums))
    elif len(answer.table) > 1 and not is_curve(answer.table) and not _all_refused(answer.table):
        table = shown_table(answer.table, "The numbers", minimums)
        is_flow = "status" in answer.table
        tables.append(replace(table, folded=table.folded or is_flow))
    if len(answer.table) == 1 or "status" in answer.table:
        for name, caption in _SHOWN_BESIDE.items():
            if name in answer.supporting:
                show = shown_characteristics if name == "differences" else shown_table
                beside = show(answer.supporting[name], caption, minimums)
                tables.append(replace(beside, folded=True))
    return tables


def _as_shares(answer: Estimates) -> Estimates:
    """Shifts of category as better, same and worse: single cells of the grid are too small."""
    if answer.chart is not shifts:
        return answer
    counts = answer.supporting["counts"]
    return replace(
        answer,
        table=counts,
        supporting={"categories": answer.table},
        chart=shares,
        alternative=describe_shares(counts),
    )


def _all_refused(table: pd.DataFrame) -> bool:
    """Whether every row is a pair without an estimate: the words say why."""
    return "contrast" in table and bool(table["estimate"].isna().all())


def _is_one_line(answer: Estimates) -> bool:
    """Whether a chart would show one estimate, which a sentence says better."""
    return answer.chart is forest and len(answer.table) == 1


def _has_anything(table: pd.DataFrame) -> bool:
    """Whether there is something to draw."""
    for name in ("n_better", "estimate", "n_patients", "n_measured"):
        if name in table:
            return bool(table[name].notna().any())
    return len(table) > 0


def _names(clinic: Clinic) -> tuple[str, ...]:
    """Names that come from the clinic's own files."""
    frame = clinic.episodes.frame
    found = set()
    for name in _NAMED:
        if name in frame:
            found |= set(map(str, frame[name].dropna().unique()))
    return tuple(sorted(found))
