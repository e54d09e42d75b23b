"""The gate: what a shared copy may show, so that nothing hidden can be worked out from it.

Tables are let through one by one. Each is tried with everything that was ever released; where a
secret could be worked out, the table shows less, or is shown as it was in an earlier copy, or is
left out. What has passed therefore never needs to be taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.drafts import first_draft
from hipoutcomes.privacy.suppression.examples import Secret, exposed, first_exposed
from hipoutcomes.privacy.suppression.population import ALL, Scale, Snapshot
from hipoutcomes.privacy.suppression.released import QUESTIONS, Released, ReleasedTable
from hipoutcomes.privacy.suppression.secrets_of import Room, has_silent_correction, secrets_of
from hipoutcomes.privacy.suppression.worlds import groups_of, worlds_of

#: The smallest number of clients in what leaves a clinic (CMS cell size policy, ResDAC 1506), and
#: the smallest that can be asked for.
DISCLOSURE_OUTSIDE, SMALLEST_MINIMUM = 11, 5

#: A grouping with more groups than this is left out: a page of hidden rows tells nobody anything.
MOST_GROUPS = 40


@dataclass(frozen=True, eq=False)
class Copies:
    """Everything that was released before.

    Attributes
    ----------
    snapshots : tuple of Snapshot
        In order of time; a table names one by its place.
    tables : tuple of ReleasedTable
    """

    snapshots: tuple[Snapshot, ...] = ()
    tables: tuple[ReleasedTable, ...] = ()

    def latest(self, grouping: str, question: str) -> ReleasedTable | None:
        """The table as it was last shown; None where it never was."""
        alike = [t for t in self.tables if (t.grouping, t.question) == (grouping, question)]
        return alike[-1] if alike else None


def release(
    now: Snapshot, earlier: Copies, scale: Scale, *, minimum: int = DISCLOSURE_OUTSIDE
) -> Released:
    """What a shared copy may show of a clinic.

    Parameters
    ----------
    now : Snapshot
        The clinic as it is.
    earlier : Copies
        What was released before; taken to be known to every reader.
    scale : Scale
    minimum : int
        The smallest number of clients that is shown.

    Raises
    ------
    ValueError
        When `minimum` is below 5.
    NotEnoughData
        When there are too few clients for anything to be shown.

    Notes
    -----
    A number from 1 to `minimum` - 1 is hidden when there are two sets of whole numbers that agree
    with everything released, in one of which it is 1 or less and in the other `minimum` - 1 or
    more; both are found by integer programming (Fischetti and Salazar 2000 give the exact form of
    this problem). The same holds for how much a number changed between two copies.

    References
    ----------
    Fischetti M, Salazar JJ (2000). Models and algorithms for optimizing cell suppression in
    tabular data with linear constraints. JASA 95(451), 916-928.
    """
    if minimum < SMALLEST_MINIMUM:
        raise ValueError(
            f"A shared copy hides numbers under {SMALLEST_MINIMUM} at least; minimum is {minimum}."
        )
    gate = _Gate(now, earlier, scale, minimum)
    for grouping in now.populations:
        for question in QUESTIONS if scale.threshold is not None else QUESTIONS[:2]:
            gate.let_through(grouping, question)
            if not gate.shown:
                raise NotEnoughData(
                    "These records hold too few clients for a shared copy.",
                    f"It needs {minimum} clients measured again, and nothing else that would give "
                    "single clients away.",
                    "Share numbers when there are more.",
                )
            if not gate.new and earlier.tables:
                # What is about everybody has not changed enough, so no part of it has.
                return _repeated(earlier, minimum)
    return Released(tuple(gate.shown), tuple(gate.new), gate.left_out, minimum)


def _repeated(earlier: Copies, minimum: int) -> Released:
    """The latest of every table, once more."""
    latest = {(t.grouping, t.question): t for t in earlier.tables}
    return Released(tuple(latest.values()), (), {}, minimum)


@dataclass(eq=False)
class _Gate:
    """What has passed so far."""

    now: Snapshot
    earlier: Copies
    scale: Scale
    minimum: int
    shown: list[ReleasedTable] = field(default_factory=list)
    new: list[ReleasedTable] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def snapshots(self) -> Mapping[int, Snapshot]:
        """Earlier snapshots and the one of now, by place."""
        return dict(enumerate((*self.earlier.snapshots, self.now)))

    def let_through(self, grouping: str, question: str) -> None:
        """Show one table: as it is now, with less, as it was before, or not at all."""
        before = self.earlier.latest(grouping, question)
        table, why = self._safe(grouping, question, is_repeatable=before is not None)
        if table is not None:
            self.new.append(table)
        elif before is None:
            if question == QUESTIONS[0]:
                self.left_out[grouping] = why
            return
        self.shown.append(table or before)

    def _safe(self, grouping: str, question: str, *, is_repeatable: bool):
        """The table of now with as much as is safe, or why there is none."""
        if len(groups_of(self.snapshots, grouping)) > MOST_GROUPS:
            return None, "too many groups"
        population = self.now.populations[grouping]
        draft = first_draft(grouping, question, population, self.scale, self.minimum)
        why = "too few groups"
        while draft is not None and draft.shows_something:
            table = draft.table(len(self.earlier.snapshots), self.now.as_of)
            if has_silent_correction(self.snapshots, self.earlier.tables, table):
                return None, "cannot be protected"
            found = self._exposed_by(table)
            if found is None:
                return table, ""
            if found.is_change and is_repeatable:
                return None, "cannot be protected"
            draft, why = draft.with_less(found.groups), "cannot be protected"
        return None, why

    def _exposed_by(self, table: ReleasedTable) -> Secret | None:
        """A secret that could be worked out if a table were shown; None where none could."""
        before = (*self.earlier.tables, *self.new)
        has_means = any(row.means for t in (*before, table) for row in t.rows)
        for uses_means in (False, True) if has_means else (False,):
            groupings = self._bound_to(table.grouping, uses_means=uses_means)
            given = {"uses_means": uses_means, "groupings": groupings}
            worlds, secrets = self._audit((*before, table), table, **given)
            found = first_exposed(worlds, secrets)
            if found is not None and self.earlier.tables:
                # What earlier copies gave away, under other minimums, cannot be taken back.
                known = set(exposed(*self._audit(before, table, **given)))
                new = [i for i in exposed(worlds, secrets) if i not in known]
                found = secrets[new[0]] if new else None
            if found is not None:
                return found
        return None

    def _audit(self, tables, table: ReleasedTable, *, uses_means: bool, groupings):
        """Everything that agrees with some tables, and what must stay hidden, `table` included."""
        worlds = worlds_of(self.snapshots, tables, self.scale, groupings, uses_means=uses_means)
        room = Room(self.minimum, is_whole=not uses_means)
        return worlds, secrets_of(worlds, self.snapshots, (*tables, table), groupings, room)

    def _bound_to(self, grouping: str, *, uses_means: bool) -> tuple[str, ...]:
        """Groupings whose numbers bear on each other: all of them, or this one and everybody.

        Groupings meet only in the numbers of all clients. Where those are all shown, the counts of
        one grouping say nothing about another that they do not say. Sums of scores by class are
        never shown, so with means all groupings meet.
        """
        shown = [t for t in (*self.earlier.tables, *self.new) if t.grouping == ALL]
        is_whole = all(
            {"due", "measured", "better", "same", "worse"}
            <= {name for t in shown if t.snapshot == place for name in t.rows[0].numbers}
            for place in self.snapshots
        )
        if is_whole and not uses_means:
            return tuple(dict.fromkeys((ALL, grouping)))
        shown = {t.grouping for t in (*self.earlier.tables, *self.new)} | {grouping}
        return (ALL, *sorted(shown - {ALL}))
