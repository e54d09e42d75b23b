"""Estimates: the answer to one question, with what is needed to trust it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from hipoutcomes.privacy.cells import safe_frame


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """The answer to one question: in words, in numbers and as a chart.

    Attributes
    ----------
    name : str
        Short file-safe name of the answer, such as ``improvement-pain-by-technique``.
    question : str
        In words, as the clinic owner would ask it.
    words : tuple of str
        The answer in plain sentences, none of which says more than the design allows.
    table : DataFrame
        One row per estimate; columns from `vocabulary.columns.ESTIMATES`; raw numbers, no index.
    method : str
        How the numbers were made, in one or two sentences with the source.
    sample : mapping of str to int
        Who the numbers are about and where the others went, in the order of the patient flow.
    notes : tuple of str
        What a reader must know before quoting a number.
    supporting : mapping of str to DataFrame
        Further tables by name.
    chart : callable
        Draws `table`: ``chart(table, ax=None, **options) -> Axes``. None where a table says it
        best.
    alternative : str
        What the chart shows, for someone who cannot see it.
    """

    name: str
    question: str
    words: tuple[str, ...]
    table: pd.DataFrame
    method: str
    sample: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    supporting: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    chart: Callable | None = None
    alternative: str = ""

    def __post_init__(self):
        for name in ("sample", "supporting"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def plot(self, ax=None, **options):
        """Draw the estimates and return the axes.

        Raises
        ------
        ValueError
            When this answer is best read as a table and has no chart.
        """
        if self.chart is None:
            raise ValueError(f"'{self.question}' has no chart; read its .table.")
        return self.chart(self.table, ax=ax, **options)

    def summary(self) -> str:
        """The answer as text: question, sentences, who it is about, method, notes."""
        lines = [self.question, "", *self.words]
        if self.sample:
            lines += ["", "; ".join(f"{k}: {v:,}" for k, v in self.sample.items())]
        lines += ["", f"Method: {self.method}"]
        lines += [f"Note: {note}" for note in self.notes]
        return "\n".join(lines)

    def save(self, path) -> Path:
        """Write the table as CSV, in which no text runs as a formula, and return its path."""
        path = Path(path)
        safe_frame(self.table).to_csv(path, index=False)
        return path

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.words)
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        shown = _without_what_is_said(self.table).round(3).to_html(index=False, na_rep="")
        return (
            f"<h4>{escape(self.question)}</h4>{words}{shown}"
            f"<p><small>{escape(self.method)}</small></p><ul><small>{notes}</small></ul>"
        )


def _without_what_is_said(table: pd.DataFrame) -> pd.DataFrame:
    """The table without columns that repeat the question, or are empty, in every row."""
    said = [name for name in ("outcome", "outcome_label", "level") if name in table]
    alike = [name for name in said if table[name].nunique(dropna=False) <= 1]
    empty = [name for name in table if table[name].isna().all() or (table[name] == "").all()]
    return table.drop(columns=list({*alike, *empty}))
