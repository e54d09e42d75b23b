"""Which profile a file was exported by, from its headings, with the runner-up as evidence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from hipoutcomes.errors import DecisionNeeded, MappingError
from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.planning.mapping import Mapping, profiles
from hipoutcomes.vocabulary.fields import squash

#: A profile that asks for less than this is no proof of where a file comes from.
FEWEST_REQUIRED = 2
#: A heading of so many letters is known for itself; shorter ones occur in any file.
_TELLING = 8


@dataclass(frozen=True, slots=True)
class Match:
    """How well one profile fits the headings of a file.

    Attributes
    ----------
    profile : Mapping
    n_required, n_found : int
        Headings and fields that the profile asks for, and those of them that are there.
    n_known : int
        Headings of the file that the profile knows, used or left alone.
    """

    profile: Mapping
    n_required: int
    n_found: int
    n_known: int

    @property
    def fits(self) -> bool:
        """Whether everything that is asked for is there."""
        return self.n_found == self.n_required >= FEWEST_REQUIRED


def match_profile(file: str, headers: Sequence[str]) -> tuple[Mapping | None, list[str]]:
    """The profile that knows the headings of a file, and the evidence for it.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    headers : sequence of str

    Returns
    -------
    Mapping or None
        None where no profile fits.
    list of str
        Evidence: what fitted, and the next best; or what a near miss lacks.

    Raises
    ------
    DecisionNeeded
        When two profiles fit equally well.
    """
    matches = [_match(profile, headers) for profile in profiles().values()]
    fitting = sorted((m for m in matches if m.fits), key=lambda m: -m.n_known)
    if not fitting:
        return None, _near_miss(matches, headers)
    best = fitting[0]
    if len(fitting) > 1 and fitting[1].n_known == best.n_known:
        names = [match.profile.name for match in fitting if match.n_known == best.n_known]
        raise DecisionNeeded(
            f"{file} has the headings of {' and of '.join(names)}.",
            "Each reads the file in another way.",
            f"Say which with {' or '.join(f'--mapping {name}' for name in names)}.",
        )
    others = [m for m in matches if m is not best]
    said = f"profile: {best.profile.name}, {_said(best)}"
    if others:
        second = max(others, key=lambda m: (m.n_found / max(m.n_required, 1), m.n_known))
        said += f"; next best {second.profile.name}, {_said(second)}"
    return best.profile, [said]


def no_visits(file: str, profile: Mapping) -> None:
    """Refuse a file that is known and holds no visits.

    Raises
    ------
    MappingError
        Saying what to give instead.
    """
    if profile.instead:
        raise MappingError(
            f"{file} is {profile.title or profile.name}; it holds no visits and no scores.",
            "We need a row for each visit, or for each score.",
            profile.instead,
        )


def on_top(profile: Mapping, told: Mapping) -> Mapping:
    """A profile with everything a caller has said on top of it."""
    named = {squash(heading) for heading in (*told.headings, *told.ignored)}
    columns = {
        target: kept
        for target, headings in profile.columns.items()
        if target not in told.columns
        and (kept := tuple(h for h in headings if squash(h) not in named))
    }
    choices = ("shape", "date_order", "scale", "none_means")
    values = {
        target: {**profile.values.get(target, {}), **told.values.get(target, {})}
        for target in {**profile.values, **told.values}
    }
    return replace(
        profile.told(told.constants, **{name: getattr(told, name) for name in choices}),
        columns={**columns, **told.columns},
        ignored=(
            *(h for h in profile.ignored if squash(h) not in {squash(n) for n in told.headings}),
            *told.ignored,
        ),
        scales={**profile.scales, **told.scales},
        missing={**profile.missing, **told.missing},
        missing_everywhere=(*profile.missing_everywhere, *told.missing_everywhere),
        missing_years=(*profile.missing_years, *told.missing_years),
        values=values,
        requires={**profile.requires, **told.requires},
        cancelled_marker=told.cancelled_marker or profile.cancelled_marker,
        clients_by_name=told.clients_by_name or profile.clients_by_name,
        same_day_is_one_visit=told.same_day_is_one_visit or profile.same_day_is_one_visit,
        minutes_are_of_visit=told.minutes_are_of_visit or profile.minutes_are_of_visit,
        analysis_plan=told.analysis_plan or profile.analysis_plan,
        name=f"{profile.name}, and {told.name}" if told.name else profile.name,
    )


def is_profile_heading(heading: str) -> bool:
    """Whether a heading is one by which some profile knows its file."""
    return squash(heading) in _telling_headings()


def heading_mark(headers: Sequence[str]) -> str:
    """How the last row of headings begins, in a file with these headings in its first row.

    Examples
    --------
    >>> heading_mark(["Client", "Date", "Pain before"])
    ''
    """
    fitting = [m for m in (_match(p, headers) for p in profiles().values()) if m.fits]
    return max(fitting, key=lambda m: m.n_known).profile.heading_mark if fitting else ""


def _match(profile: Mapping, headers: Sequence[str]) -> Match:
    """How well one profile fits."""
    there = Counter(squash(heading) for heading in headers if heading.strip())
    required = {squash(heading) for heading in profile.signature}
    known = {squash(h) for h in (*profile.signature, *profile.headings, *profile.ignored)}
    n_found = len(required & there.keys())
    if profile.fields:
        named = _fields(heading for heading in headers if squash(heading) not in known)
        n_found += len(named & set(profile.fields))
    return Match(
        profile,
        len(required) + len(profile.fields),
        n_found,
        sum(n for heading, n in there.items() if heading in known),
    )


def _fields(headings: Iterable[str]) -> set[str]:
    """Fields that headings name; ``score`` for any score."""
    found = {said.target for heading in headings if (said := read_heading(heading))}
    return {"score" if target.score else target.field for target in found}


def _near_miss(matches: Sequence[Match], headers: Sequence[str]) -> list[str]:
    """What the nearest profile lacks, where it lacks one thing among three or more."""
    near = [m for m in matches if m.n_required > FEWEST_REQUIRED and m.n_found == m.n_required - 1]
    if not near:
        return []
    nearest = max(near, key=lambda m: (m.n_found, m.n_known))
    there = {squash(heading) for heading in headers}
    lacking = [h for h in nearest.profile.signature if squash(h) not in there]
    lacking += [] if lacking else list(nearest.profile.fields)
    return [
        f"profile: none; {nearest.profile.name} would fit, were there a column {lacking[0]!r} too"
    ]


def _said(match: Match) -> str:
    """A match in numbers."""
    return f"{match.n_found} of {match.n_required} required headings and {match.n_known} known ones"


@cache
def _telling_headings() -> frozenset[str]:
    """Headings of signatures that are long enough to be known for themselves."""
    told = {squash(h) for p in profiles().values() for h in p.signature}
    return frozenset(heading for heading in told if len(heading) >= _TELLING)
