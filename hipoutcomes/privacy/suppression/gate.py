"""The gate: what a shared copy may show, so that nothing hidden can be worked out from it.

Tables are let through one by one. Each is tried with everything that was ever released; where a
secret could be worked out, the table shows less, or is shown as it was in an earlier copy, or is
left out. What has passed therefore never needs to be taken back.
"""

from dataclasses import dataclass, field
from functools import partial

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.drafts import Draft, first_draft
from hipoutcomes.privacy.suppression.examples import Secret
from hipoutcomes.privacy.suppression.population import ALL, SORTED, Scale, Snapshot
from hipoutcomes.privacy.suppression.readers import Look, Reader, readers_of
from hipoutcomes.privacy.suppression.released import QUESTIONS, Released, ReleasedTable
from hipoutcomes.privacy.suppression.subtraction import (
    has_silent_correction,
    told_by_subtraction,
)
from hipoutcomes.privacy.suppression.worlds import groups_of

#: The smallest number of clients in what leaves a clinic (CMS cell size policy, ResDAC 1506), and
#: the smallest that can be asked for.
DISCLOSURE_OUTSIDE, SMALLEST_MINIMUM = 11, 5

#: A grouping with more groups than this is left out: a page of hidden rows tells nobody anything.
MOST_GROUPS = 25

#: Where no more clients than this were measured on a short scale, copies are taken apart exactly.
FEW = 60

#: After so many rows that show less, whole tables go: an end must come.
_ROWS_LESS = 6

#: How readers look at one grouping, and at all of them together. What takes a single copy apart
#: exactly takes many copies, or all groupings, too long; they are taken apart roughly, with more
#: room. Where few clients were measured that is too rough, and exactly takes no time.
_AT_NUMBERS = (Look("numbers"), Look("guessed numbers"))
_AT_ONE = (
    *_AT_NUMBERS,
    Look("rough scores"),
    Look("scores", newest_alone=True),
    Look("scores", most=FEW),
)
_AT_ALL = (
    *_AT_NUMBERS,
    Look("rough scores"),
    Look("scores", newest_alone=True, most=FEW),
)


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

    def latest(self, minimum: int) -> dict[tuple[str, str], ReleasedTable]:
        """Every table as it was last shown with at least a minimum, by grouping and question.

        What was shown with less must not be repeated to those who were not to see it.
        """
        return {(t.grouping, t.question): t for t in self.tables if t.minimum >= minimum}


def release(
    now: Snapshot, earlier: Copies, scale: Scale, *, minimum: int = DISCLOSURE_OUTSIDE
) -> Released:
    """What a shared copy may show of a clinic.

    Parameters
    ----------
    now : Snapshot
        The clinic as it is.
    earlier : Copies
        What was released before; everybody who sees the new copy may know all of it that hid
        numbers under the same minimum or a higher one, and some may know all.
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
    with every number of clients ever released, and with how they grew from copy to copy, in one of
    which it is 1 or less and in the other `minimum` - 1 or more; both are found by integer
    programming (Fischetti and Salazar 2000 give the exact form of this problem). The same holds
    for how much a number changed between two copies. For a reader who also guesses rightly which
    hidden numbers are small, it differs by more than half of `minimum`. Where the means of a
    grouping in this copy are taken apart too, whole clients with whole scores can be made up that
    give those very means, twice, and it differs by as much; and for each size of change such
    clients of whom none changed by exactly that. Means of several copies, or of several groupings,
    or of both, are taken apart as if clients could be divided, and there it differs by one more,
    or by two more where there are several copies. Where few clients were measured on a short
    scale, the copies of one grouping, and all groupings of this copy, are taken apart exactly too.
    Means that would tell single scores are not shown, and do not follow by subtraction.

    Not covered: a reader who runs the gate itself on made-up clinics, or guesses that a hidden
    number is not small; how likely each of the values is; sizes of change told by several copies;
    and scores that can have some values between whole steps only (those of a conversion table).

    References
    ----------
    Fischetti M, Salazar JJ (2000). Models and algorithms for optimizing cell suppression in
    tabular data with linear constraints. JASA 95(451), 916-928.
    """
    if minimum < SMALLEST_MINIMUM:
        raise ValueError(
            f"A shared copy hides numbers under {SMALLEST_MINIMUM} at least; minimum is {minimum}."
        )
    readers = readers_of(now, earlier.snapshots, earlier.tables, scale, minimum)
    gate = _Gate(now, earlier, scale, minimum, readers)
    for grouping in now.populations:
        for question in QUESTIONS if scale.threshold is not None else QUESTIONS[:2]:
            gate.let_through(grouping, question)
            if not gate.shown:
                raise _too_few(minimum, is_first=len(readers) == 1)
            if (grouping, question) == (ALL, QUESTIONS[0]) and not gate.has_news:
                # What is about everybody has not changed enough, so no part of it has.
                return Released(tuple(gate.before.values()), (), {}, minimum)
    gate.settle()
    if not gate.has_everybody:
        raise _too_few(minimum, is_first=len(readers) == 1)
    return Released(tuple(gate.shown), tuple(gate.new), gate.left_out, minimum)


def _too_few(minimum: int, *, is_first: bool) -> NotEnoughData:
    """Why there is no copy at all."""
    if is_first:
        return NotEnoughData(
            "These records hold too few clients for a shared copy.",
            f"It needs {minimum} clients measured again, and nothing else that would give "
            "single clients away.",
            "Share numbers when there are more.",
        )
    return NotEnoughData(
        f"Nothing can be shared with numbers under {minimum} hidden.",
        "Copies with smaller numbers were made before: whoever has one of those could work out "
        "single clients from both.",
        "Share numbers when there are more new clients.",
    )


@dataclass(eq=False)
class _Gate:
    """What has passed so far."""

    now: Snapshot
    earlier: Copies
    scale: Scale
    minimum: int
    readers: tuple[Reader, ...]
    shown: list[ReleasedTable] = field(default_factory=list)
    new: list[ReleasedTable] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.before = self.earlier.latest(self.minimum)
        self.drafts: dict[tuple[str, str], Draft] = {}
        self.snapshots = dict(enumerate((*self.earlier.snapshots, self.now)))

    @property
    def has_news(self) -> bool:
        """Whether the table let through last is new, and says something else than the last did."""
        before = self.before.get((self.shown[-1].grouping, self.shown[-1].question))
        return bool(self.new) and (
            before is None or before.minimum > self.minimum or before.rows != self.new[-1].rows
        )

    @property
    def has_everybody(self) -> bool:
        """Whether how many were measured, of all clients, is shown."""
        return (ALL, QUESTIONS[0]) in {(t.grouping, t.question) for t in self.shown}

    def let_through(self, grouping: str, question: str) -> None:
        """Show one table: as it is now, with less, as it was before, or not at all."""
        before = self.before.get((grouping, question))
        table, why = self._safe(grouping, question, is_repeatable=before is not None)
        if table is not None:
            self.new.append(table)
        elif before is None and question == QUESTIONS[0]:
            self.left_out[grouping] = why
        self.shown += filter(None, [table or before])

    def _safe(self, grouping: str, question: str, *, is_repeatable: bool):
        """The table of now with as much as is safe, or why there is none."""
        if len(groups_of(self.snapshots, grouping)) > MOST_GROUPS:
            return None, "too many groups"
        population = self.now.populations[grouping]
        draft = first_draft(grouping, question, population, self.scale, self.minimum)
        why = "too few groups"
        while draft is not None and draft.shows_something:
            table = self._as_table(draft)
            if has_silent_correction(self.snapshots, self.earlier.tables, table):
                return None, "cannot be protected"
            told = told_by_subtraction(
                self.snapshots, (*self.earlier.tables, *self.new), table, self.scale
            )
            if told is not None:
                draft, why = draft.with_less(told, SORTED, is_by_scores=True), "cannot be protected"
                continue
            found = self._exposed_by(table)
            if found is None:
                return table, ""
            # How many were seen is little to lose; anything else is repeated whole.
            is_past = found.is_change or found.snapshot < len(self.earlier.snapshots)
            is_about_seen = draft.shows_seen and "elsewhere" in found.classes
            if is_past and is_repeatable and not is_about_seen:
                return None, "cannot be protected"
            draft, why = self._less(draft, found), "cannot be protected"
        return None, why

    def settle(self) -> None:
        """Try everything that is shown once more together, and let it show less while it must.

        One by one, tables were tried with those of their own grouping; guesses and means of one
        grouping bound numbers and scores in all others.
        """
        n_less = 0
        while self.new and (found := self._exposed(self.new, self._all_shown(), _AT_ALL)):
            gone = min(self.new, key=partial(self._worth, found))
            draft = self.drafts[gone.grouping, gone.question]
            less = self._less(draft, found)
            # Other rows would have to be tried from the start.
            is_less = less is not None and less.rows == draft.rows and less.shows_something
            is_last = n_less >= _ROWS_LESS and gone.grouping != ALL
            self._replace(gone, less if is_less and not is_last else None)
            n_less += 1

    def _worth(self, found: Secret, table: ReleasedTable) -> tuple:
        """In which order tables go: means of the grouping that tells, its counts, other groupings.

        How many were measured of all clients goes last: without it there is no copy.
        """
        is_all = table.grouping == ALL
        is_last = is_all and table.question == QUESTIONS[0]
        return (
            is_last and not self.drafts[ALL, QUESTIONS[0]].is_lowerable,
            table.grouping != found.grouping,
            is_all,
            table.question != "change",
            -self.new.index(table),
        )

    def _replace(self, gone: ReleasedTable, draft: Draft | None) -> None:
        """Show less in the place of a table: a draft, the table of before, or nothing."""
        at, among_new = self.shown.index(gone), self.new.index(gone)
        if draft is not None:
            table = self._as_table(draft)
            self.shown[at] = self.new[among_new] = table
            return
        before = self.before.get((gone.grouping, gone.question))
        self.shown[at : at + 1] = [] if before is None else [before]
        del self.new[among_new]

    @staticmethod
    def _less(draft: Draft, found: Secret) -> Draft | None:
        """A draft that shows less, because of what could be worked out."""
        return draft.with_less(found.groups, found.classes, is_by_scores=found.is_by_scores)

    def _as_table(self, draft: Draft) -> ReleasedTable:
        """A table as it would be released."""
        self.drafts[draft.grouping, draft.question] = draft
        return draft.table(len(self.earlier.snapshots), self.now.as_of)

    def _exposed_by(self, table: ReleasedTable) -> Secret | None:
        """A secret that could be worked out if a table were shown; None where none could.

        Groupings meet only in the numbers of all clients. Where those are all shown, the counts of
        one grouping say nothing about another that they do not say.
        """
        new, near = (*self.new, table), tuple(dict.fromkeys((ALL, table.grouping)))
        # What its own grouping gives away is found at once; all groupings together take longer.
        found = self._exposed(new, near, _AT_ONE)
        if found is not None or all(reader.knows_everybody(new) for reader in self.readers):
            return found
        return self._exposed(new, self._all_shown(table), _AT_NUMBERS[:1])

    def _exposed(self, new, groupings: tuple[str, ...], looks: tuple[Look, ...]) -> Secret | None:
        """A secret of some groupings that any reader could work out.

        Parameters
        ----------
        new : sequence of ReleasedTable
        groupings : tuple of str
        looks : tuple of Look
        """
        for reader in self.readers:
            for look in looks:
                found = reader.first_exposed(new, groupings, look)
                if found is not None:
                    return found
        return None

    def _all_shown(self, *tables: ReleasedTable) -> tuple[str, ...]:
        """Every grouping of which something is shown, or was."""
        shown = {t.grouping for t in (*self.earlier.tables, *self.new, *tables)}
        return (ALL, *sorted(shown - {ALL}))
