"""Which column holds what: the headings of a file, and what its owner has said about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hipoutcomes.errors import MappingError
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.planning.headings import Heading, read_heading
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.vocabulary.fields import squash

#: Headings that give way when another column holds the same.
_GIVE_WAY = {
    squash(h)
    for h in (
        *("id", "record id", "client name", "patient name", "appointment", "session", "visit"),
        *("treatment type", "hip", "service", "massage", "method", "style", "massage type", "rx"),
        *("practice", "status", "state", "time min", "appointment length", "completion time"),
        *("timestamp", "external reference", "external data reference"),
    )
}


@dataclass(frozen=True, slots=True)
class Assigned:
    """One column of a file and what it holds.

    Attributes
    ----------
    place : int
        Place among the columns of the grid.
    heading : str
    target : Target
    said : Heading or None
        What the heading says by itself; None where a mapping file told the target.
    """

    place: int
    heading: str
    target: Target
    said: Heading | None = None


def assign(grid: Grid, mapping: Mapping) -> tuple[list[Assigned], list[str]]:
    """Find what each column holds.

    Parameters
    ----------
    grid : Grid
    mapping : Mapping
        What the owner has said; it goes before what headings say.

    Returns
    -------
    list of Assigned
        In the order of the file.
    list of str
        Evidence: what was left alone, and why.

    Raises
    ------
    MappingError
        When two columns hold one thing.
    """
    told = _told(grid, mapping)
    recognised = [] if mapping.other_columns == "ignore" else _recognised(grid, mapping, told)
    kept, evidence = _settled(grid, [*told, *recognised])
    return sorted(kept, key=lambda column: column.place), evidence


def unknown_headings(grids: Sequence[Grid], mapping: Mapping) -> None:
    """Refuse a mapping that names a heading which none of the files has.

    Raises
    ------
    MappingError
        Naming what the files have.
    """
    present = {heading for grid in grids for heading in grid.headers}
    for heading in _needed(mapping):
        if not any(_same(heading, have) for have in present):
            raise MappingError(
                f"{mapping.name or 'The mapping'} names the heading {heading!r}, which "
                f"{'the file' if len(grids) == 1 else 'no file'} does not have.".replace(
                    "no file does not have", "no file has"
                ),
                f"The headings are: {', '.join(h for g in grids for h in g.headers if h)}.",
                "Correct the heading in the mapping, or take its line out.",
            )


def _needed(mapping: Mapping) -> list[str]:
    """Headings that must be there.

    A profile needs its signature only. Headings that were there when a mapping was made are
    compared as a whole, by `changed_headings`.
    """
    if mapping.signature:
        return list(mapping.signature)
    named = (*sorted(mapping.headings), *mapping.ignored)
    return [h for h in named if not any(_same(h, then) for then in mapping.file_headings)]


def _told(grid: Grid, mapping: Mapping) -> list[Assigned]:
    """Columns that the mapping names."""
    found = []
    for target, headings in mapping.columns.items():
        for heading in headings:
            places = [i for i, have in enumerate(grid.headers) if _same(heading, have)]
            if len(places) > 1 and not target.may_repeat:
                raise MappingError(
                    f"{grid.file} has {len(places)} columns headed {heading!r}, and "
                    f"{mapping.name or 'the mapping'} uses that heading for {target}.",
                    remedy="Give each column a heading of its own.",
                )
            found += [Assigned(place, grid.headers[place], target) for place in places]
    twice = [a for a in found if sum(b.place == a.place for b in found) > 1]
    if twice:
        raise MappingError(
            f"{mapping.name or 'The mapping'} uses the heading {twice[0].heading!r} for both "
            f"{twice[0].target} and {twice[1].target}.",
            remedy="Name it once.",
        )
    return found


def _recognised(grid: Grid, mapping: Mapping, told: list[Assigned]) -> list[Assigned]:
    """Columns whose headings are known, apart from those the mapping names or leaves alone."""
    places, targets = {a.place for a in told}, {a.target for a in told}
    left_alone = {squash(heading) for heading in mapping.ignored if squash(heading)}
    questions = grid.questions or [""] * len(grid.headers)
    found = []
    for place, heading in enumerate(grid.headers):
        if place in places or squash(heading) in left_alone:
            continue
        said = read_heading(heading) or read_heading(questions[place])
        if said is not None and (said.target not in targets or said.target.may_repeat):
            found.append(Assigned(place, heading, said.target, said))
    return found


def _settled(grid: Grid, columns: list[Assigned]) -> tuple[list[Assigned], list[str]]:
    """One column for each target; empty columns and weaker headings give way."""
    evidence, kept = [], []
    by_target: dict[Target, list[Assigned]] = {}
    for column in columns:
        by_target.setdefault(column.target, []).append(column)
    for target, rivals in by_target.items():
        if len(rivals) > 1 and not target.may_repeat:
            filled = [a for a in rivals if grid.columns[a.place].n_filled] or rivals[:1]
            strong = [a for a in filled if squash(a.heading) not in _GIVE_WAY] or filled
            if len(strong) > 1:
                raise _two_columns(grid, target, strong)
            for loser in (a for a in rivals if a not in strong):
                evidence.append(
                    f"{loser.heading!r} was left alone: {strong[0].heading!r} holds {target}."
                )
            rivals = strong
        kept += rivals
    return kept, evidence


def _two_columns(grid: Grid, target: Target, rivals: list[Assigned]) -> MappingError:
    """The error of two columns for one target."""
    names = " and ".join(repr(a.heading) for a in rivals)
    same_heading = len({a.heading for a in rivals}) == 1
    remedy = f'Say which in a mapping file:  [columns]  "{target}" = "{rivals[0].heading}"'
    if same_heading:
        remedy = "Give each column a heading of its own, or delete one of them."
    return MappingError(
        f"{grid.file}: the columns {names} all seem to hold {target}."
        if len(rivals) > 2
        else f"{grid.file}: the columns {names} both seem to hold {target}.",
        "One column may hold it.",
        remedy,
    )


def later_scores(columns: list[Assigned]) -> list[Assigned]:
    """In a file of one row per episode, the score after care is the later score."""
    later = {
        (a.target.measure, a.target.score.side) for a in columns if a.target.timing == "between"
    }
    return [
        replace(a, target=a.target.at("between"))
        if a.target.timing == "after" and (a.target.measure, a.target.score.side) not in later
        else a
        for a in columns
    ]


def _same(told: str, heading: str) -> bool:
    """Whether a heading of a mapping is this heading, apart from case and spaces."""
    return " ".join(told.casefold().split()) == " ".join(heading.casefold().split())
