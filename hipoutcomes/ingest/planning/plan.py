"""Plan: how one file is read, with the evidence for it, decided before any row is."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.assign import Assigned, assign, later_scores
from hipoutcomes.ingest.planning.changed_headings import ask_about_changes
from hipoutcomes.ingest.planning.column_plan import (
    ColumnPlan,
    Decided,
    codes_of,
    column_plan,
)
from hipoutcomes.ingest.planning.date_order import date_order_of
from hipoutcomes.ingest.planning.decide import ask_none, scales_of, shape_of
from hipoutcomes.ingest.planning.form_rows import rows_of_form
from hipoutcomes.ingest.planning.mapping import Mapping, profiles
from hipoutcomes.ingest.planning.profile_matching import (
    is_profile_heading,
    match_profile,
    no_visits,
    on_top,
)
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.ingest.planning.undated import ask_day
from hipoutcomes.tables.records import Shape
from hipoutcomes.vocabulary.fields import heading_name

#: What a plan holds as a mapping told it.
_AS_TOLD = (
    *("none_means", "missing_everywhere", "missing_years", "cancelled_marker"),
    *("same_day_is_one_visit", "minutes_are_of_visit"),
)


@dataclass(frozen=True, repr=False)
class Plan:
    """How one file is read.

    Attributes
    ----------
    file, sheet : str
    shape : {"sessions", "episodes"}
    read : tuple of ColumnPlan
        The columns that are used, in the order of the file.
    ignored : dict of str to int
        Headings that are not used, and how many of their cells are not empty.
    constants : dict of str to str
        What holds for every row.
    requires : dict of Target to tuple of Target
        A score counts only in rows where these columns are filled too.
    none_means : str
    evidence : tuple of str
        What each decision rests on, one line each.
    dialect : dict of str to str
        Encoding, delimiter and heading row.
    profile : str
        Profile or mapping file that was used; empty without one.
    headings : tuple of str
        Every heading of the file, in its order.
    missing_everywhere, missing_years, cancelled_marker, same_day_is_one_visit,
    minutes_are_of_visit
        As in `Mapping`.
    """

    file: str
    sheet: str
    shape: Shape
    read: tuple[ColumnPlan, ...]
    ignored: dict[str, int]
    constants: MappingOf[str, str] = field(default_factory=dict)
    requires: MappingOf[Target, tuple[Target, ...]] = field(default_factory=dict)
    none_means: str = ""
    evidence: tuple[str, ...] = ()
    dialect: dict[str, str] = field(default_factory=dict)
    profile: str = ""
    headings: tuple[str, ...] = ()
    missing_everywhere: tuple = ()
    missing_years: tuple[int, ...] = ()
    cancelled_marker: str = ""
    same_day_is_one_visit: bool = False
    minutes_are_of_visit: bool = False

    @property
    def kind(self) -> str:
        """What the file is: its profile, or else a list of appointments, or a sheet with scores.

        Within one kind a visit number always means the same visit.
        """
        profile = self.profile.partition(",")[0]
        if profile in profiles():
            return profile
        return "scores" if any(column.target.score for column in self.read) else "appointments"

    @property
    def columns(self) -> dict[str, str]:
        """Heading -> what it holds, in the order of the file."""
        return {column.heading: str(column.target) for column in self.read}

    @property
    def date_order(self) -> str:
        """Order of the dates of visits: ``day-first``, ``month-first``, ``iso`` or empty."""
        column = self.find("date")
        return column.date_order if column else ""

    @property
    def scales(self) -> dict[str, str]:
        """Heading -> scale, for pain scores."""
        return {column.heading: column.scale for column in self.read if column.scale}

    def find(self, name: str) -> ColumnPlan | None:
        """The column that holds a field, such as ``patient``."""
        return next((c for c in self.read if str(c.target) == name), None)

    def __repr__(self) -> str:
        """Headings and decisions in words, without a single value of the file."""
        lines = [f"{self.file}: read as {self.shape}", "Columns used:"]
        lines += [f"  {heading}: {target}" for heading, target in self.columns.items()]
        if self.ignored:
            lines += ["Columns not used:", *(f"  {heading}" for heading in self.ignored)]
        return "\n".join([*lines, "Decided:", *(f"  {line}" for line in self.evidence)])


def make_plan(grid: Grid, mapping: Mapping | None = None, today: date | None = None) -> Plan:
    """Decide how a file is read, or ask.

    Parameters
    ----------
    grid : Grid
    mapping : Mapping, optional
        What the owner has said. A profile that knows the headings of the file stands under it,
        unless the mapping is a profile or says to ignore all other columns.
    today : date, optional
        Later dates lie in the future; the day of the computer's clock unless told.

    Raises
    ------
    MappingError
        When the headings do not say what is needed, or two columns hold one thing.
    DecisionNeeded
        When only the owner can say; the message names the option to give.
    """
    told = mapping or Mapping()
    mapping, evidence = _with_profile(grid, told)
    assigned, left_alone = assign(grid, mapping)
    if not assigned:
        raise _nothing_known(grid)
    shape, why = shape_of(grid, assigned, mapping)
    assigned, constants, rows_said = rows_of_form(assigned, mapping.constants, told.constants)
    evidence = [f"shape: {why}", *evidence, *rows_said, *left_alone]
    as_told = {a.place: a.target for a in assigned}
    if shape == "episodes":
        assigned = later_scores(assigned)
    else:
        ask_day(grid, assigned)
    missing = {a.place: codes_of(grid, a, as_told[a.place], mapping) for a in assigned}
    orders, dates_said = date_order_of(grid, assigned, mapping, missing, today)
    scales, scales_said = scales_of(grid, assigned, mapping, missing)
    ask_none(grid, assigned, mapping)
    decided = Decided(as_told, orders, scales, missing)
    return Plan(
        file=grid.file,
        sheet=grid.sheet,
        shape=shape,
        read=tuple(column_plan(grid, column, decided, mapping) for column in assigned),
        ignored=_ignored(grid, assigned),
        constants=constants,
        requires=_requires(mapping, as_told, assigned),
        evidence=(*evidence, *dates_said, *scales_said, *_moments_assumed(assigned)),
        dialect=dict(grid.dialect),
        profile=mapping.name,
        headings=tuple(grid.headers),
        **{name: getattr(mapping, name) for name in _AS_TOLD},
    )


def _nothing_known(grid: Grid) -> MappingError:
    """The error of a file without a heading we know."""
    return MappingError(
        f"{grid.file} has no heading that we know.",
        f"Its headings are: {', '.join(h for h in grid.headers if h) or 'none'}.",
        'Name them in a mapping file, under [columns]:  patient = "your heading"',
    )


def _ignored(grid: Grid, assigned: list[Assigned]) -> dict[str, int]:
    """Headings that are not used, each with its number of filled cells."""
    used = {column.place for column in assigned}
    return {
        heading or f"(column {place + 1}, no heading)": cells.n_filled
        for place, (heading, cells) in enumerate(zip(grid.headers, grid.columns, strict=True))
        if place not in used
    }


def _with_profile(grid: Grid, told: Mapping) -> tuple[Mapping, list[str]]:
    """What was told, on top of the profile that knows the file; and the evidence for that."""
    if told.file_headings:
        return told, ask_about_changes(grid.file, grid.headers, told)
    if told.signature:
        no_visits(grid.file, told)
        return told, [f"profile: {told.name}, as told"]
    if told.other_columns == "ignore":
        return told, []
    profile, evidence = match_profile(grid.file, grid.headers)
    if profile is None:
        return told, evidence
    no_visits(grid.file, profile)
    return on_top(profile, told), evidence


def is_known(heading: str, mapping: Mapping | None) -> bool:
    """Whether a heading means something to us, or to the mapping."""
    from_mapping = {heading_name(h) for h in mapping.headings} if mapping else set()
    return heading_name(heading) in from_mapping or is_profile_heading(heading)


def _moments_assumed(columns: list[Assigned]) -> list[str]:
    """Lines for scores whose heading names no moment."""
    return [
        f"{a.heading!r} names no moment: read as the score {a.target.timing} "
        + ("visits" if a.target.timing == "between" else "treatment")
        for a in columns
        if a.target.score and a.said and not a.said.moment_said
    ]


def _requires(
    mapping: Mapping, as_told: dict[int, Target], columns: list[Assigned]
) -> dict[Target, tuple[Target, ...]]:
    """Requirements in terms of the targets that were decided.

    Raises
    ------
    MappingError
        When a required column is not in the file.
    """
    now = {as_told[a.place]: a.target for a in columns}
    for target in (t for targets in mapping.requires.values() for t in targets):
        if target not in now:
            raise MappingError(
                f"{mapping.name} requires {target}, and no column holds it.",
                remedy=f'Add under [columns]:  "{target}" = "your heading"',
            )
    return {
        now[target]: tuple(now[t] for t in needed)
        for target, needed in mapping.requires.items()
        if target in now
    }
