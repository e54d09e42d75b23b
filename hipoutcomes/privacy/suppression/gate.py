"""The gate: what a shared copy may show, so that nothing hidden can be worked out from it.

Tables are let through one by one. Each is tried with everything that was ever released; where a
secret could be worked out, the table shows less, or is shown as it was in an earlier copy, or is
left out. What has passed therefore never needs to be taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.privacy.suppression.drafts import first_draft
from hipoutcomes.privacy.suppression.examples import Secret, first_exposed
from hipoutcomes.privacy.suppression.population import ALL, NUMBERS, Scale, Snapshot
from hipoutcomes.privacy.suppression.released import QUESTIONS, Released, ReleasedTable
from hipoutcomes.privacy.suppression.secrets_of import Room, has_silent_correction, secrets_of
from hipoutcomes.privacy.suppression.worlds import groups_of, worlds_of

#: The smallest number of clients in what leaves a clinic (CMS cell size policy, ResDAC 1506), and
#: the smallest that can be asked for.
DISCLOSURE_OUTSIDE, SMALLEST_MINIMUM = 11, 5

#: A grouping with more groups than this is left out: a page of hidden rows tells nobody anything.
MOST_GROUPS = 40

#: Ways to look at tables: by numbers of clients alone, and with means taken apart as well.
_BY_COUNTS, _BOTH = (False,), (False, True)


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
            is_current = gate.let_through(grouping, question)
            if not gate.shown:
                raise NotEnoughData(
                    "These records hold too few clients for a shared copy.",
                    f"It needs {minimum} clients measured again, and nothing else that would give "
                    "single clients away.",
                    "Share numbers when there are more.",
                )
            if (grouping, question) == (ALL, QUESTIONS[0]) and not is_current:
                # What is about everybody has not changed enough, so no part of it has.
                return _repeated(earlier, minimum)
    gate.settle()
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
    given_away: set[tuple] = field(default_factory=set)

    @property
    def snapshots(self) -> Mapping[int, Snapshot]:
        """Earlier snapshots and the one of now, by place."""
        return dict(enumerate((*self.earlier.snapshots, self.now)))

    def let_through(self, grouping: str, question: str) -> bool:
        """Show one table: as it is now, with less, as it was before, or not at all.

        Returns
        -------
        bool
            Whether it is shown as it is now.
        """
        before = self.earlier.latest(grouping, question)
        table, why = self._safe(grouping, question, is_repeatable=before is not None)
        if table is not None and before is not None and table.rows == before.rows:
            self.shown.append(before)
            return True
        if table is not None:
            self.new.append(table)
        elif before is None:
            if question == QUESTIONS[0]:
                self.left_out[grouping] = why
            return False
        self.shown.append(table or before)
        return table is not None

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
            # How many are not due yet is little to lose; anything else is repeated whole.
            is_past = found.is_change or found.snapshot < len(self.earlier.snapshots)
            if is_past and is_repeatable and found.classes != ("elsewhere",):
                return None, "cannot be protected"
            draft, why = draft.with_less(found.groups), "cannot be protected"
        return None, why

    def settle(self) -> None:
        """Try everything that is shown once more together, and take back what gives others away.

        One by one, tables were tried with those of their own grouping; taken apart, means of one
        grouping bound sums of scores in all others.
        """
        while self.new and (found := self._exposed(self.new, self._all_shown(), _BOTH)):
            own = [t for t in self.new if t.grouping == found.grouping] or self.new
            gone = next((t for t in reversed(own) if t.question == "change"), own[-1])
            self.new.remove(gone)
            before = self.earlier.latest(gone.grouping, gone.question)
            place = self.shown.index(gone)
            self.shown[place : place + 1] = [] if before is None else [before]

    def _exposed_by(self, table: ReleasedTable) -> Secret | None:
        """A secret that could be worked out if a table were shown; None where none could.

        Groupings meet only in the numbers of all clients. Where those are all shown, the counts of
        one grouping say nothing about another that they do not say.
        """
        new, near = (*self.new, table), tuple(dict.fromkeys((ALL, table.grouping)))
        # What its own grouping gives away is found at once; all groupings together take longer.
        found = self._exposed(new, near, _BOTH)
        if found is not None or self._is_whole():
            return found
        return self._exposed(new, self._all_shown(table), _BY_COUNTS)

    def _exposed(self, new, groupings: tuple[str, ...], ways: tuple[bool, ...]) -> Secret | None:
        """A secret of some groupings that new tables give away which earlier copies did not.

        Parameters
        ----------
        new : sequence of ReleasedTable
        groupings : tuple of str
        ways : tuple of bool
            Whether means are taken apart.
        """
        tables = [t for t in (*self.earlier.tables, *new) if t.grouping in groupings]
        for uses_means in ways:
            if uses_means and not any(row.means for t in tables for row in t.rows):
                continue
            worlds, secrets = self._audit(tables, groupings, uses_means=uses_means)
            while found := first_exposed(worlds, secrets):
                if not self._was_out(found, groupings, uses_means=uses_means):
                    return found
                secrets = [secret for secret in secrets if secret.name not in self.given_away]
        return None

    def _was_out(self, found: Secret, groupings: tuple[str, ...], *, uses_means: bool) -> bool:
        """Whether earlier copies alone give a secret away, as under another minimum they may."""
        if not self.earlier.tables:
            return False
        before = [t for t in self.earlier.tables if t.grouping in groupings]
        worlds, secrets = self._audit(before, groupings, uses_means=uses_means)
        same = [secret for secret in secrets if secret.name == found.name]
        if same and first_exposed(worlds, same):
            self.given_away.add(found.name)
            return True
        return False

    def _audit(self, tables, groupings: tuple[str, ...], *, uses_means: bool):
        """Everything that agrees with some tables, and what must stay hidden."""
        worlds = worlds_of(self.snapshots, tables, self.scale, groupings, uses_means=uses_means)
        room = Room(self.minimum, is_whole=not uses_means)
        return worlds, secrets_of(worlds, self.snapshots, tables, groupings, room)

    def _is_whole(self) -> bool:
        """Whether every number of all clients is shown, at every time."""
        shown = [t for t in (*self.earlier.tables, *self.new) if t.grouping == ALL]
        return all(
            set(NUMBERS) - {"seen"}
            <= {name for t in shown if t.snapshot == place for name in t.rows[0].numbers}
            for place in self.snapshots
        )

    def _all_shown(self, *tables: ReleasedTable) -> tuple[str, ...]:
        """Every grouping of which something is shown, or was."""
        shown = {t.grouping for t in (*self.earlier.tables, *self.new, *tables)}
        return (ALL, *sorted(shown - {ALL}))
