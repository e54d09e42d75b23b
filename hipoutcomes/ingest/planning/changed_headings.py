"""Headings that changed since a mapping was made: a question, with the difference."""

from collections.abc import Sequence
from difflib import get_close_matches

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.vocabulary.fields import heading_name

#: Headings as like each other as this may be one that was renamed.
_LIKE = 0.6


def ask_about_changes(file: str, headers: Sequence[str], told: Mapping) -> list[str]:
    """Compare a file's headings with those its mapping was made from.

    Columns that mean nothing to us may come and go.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    headers : sequence of str
    told : Mapping
        Made from a file with `told.file_headings`.

    Returns
    -------
    list of str
        Evidence: what came and went.

    Raises
    ------
    DecisionNeeded
        When a heading that is used is gone, or one came that could be used.
    """
    gone, new = difference(told.file_headings, headers)
    used = {heading_name(heading) for heading in told.headings}
    ignored = {heading_name(heading) for heading in told.ignored}
    if any(heading_name(h) in used for h in gone) or any(
        read_heading(h) and heading_name(h) not in ignored for h in new
    ):
        raise DecisionNeeded(
            f"{file} has other headings than when {told.name or 'its mapping'} was made.",
            f"Gone: {_listed(gone)}. New: {_listed(new)}.{_renamed(gone, new)}",
            "Correct the headings in the mapping, or make a new one with: "
            f"hipoutcomes inspect {file} --save mapping.toml; an import reads the headings anew "
            "with --new-mapping.",
        )
    evidence = [f"headings: as in {told.name or 'the mapping'}"]
    if gone or new:
        evidence[0] += f", but for columns that are not used (gone: {_listed(gone)}; new: " + (
            f"{_listed(new)})"
        )
    return evidence


def difference(then: Sequence[str], now: Sequence[str]) -> tuple[list[str], list[str]]:
    """Headings that are gone and those that are new, apart from case and signs.

    Examples
    --------
    >>> difference(["Client", "Pain pre"], ["client", "Pain before"])
    (['Pain pre'], ['Pain before'])
    """
    had, have = ({heading_name(h) for h in headings} for headings in (then, now))
    return (
        [h for h in then if h and heading_name(h) not in have],
        [h for h in now if h and heading_name(h) not in had],
    )


def _renamed(gone: Sequence[str], new: Sequence[str]) -> str:
    """Which headings may have been renamed: those that hold the same, or look alike."""
    pairs, left = [], list(new)
    for heading in gone:
        said = read_heading(heading)
        same = [n for n in left if said and (now := read_heading(n)) and now.target == said.target]
        if found := same or get_close_matches(heading, left, 1, _LIKE):
            left.remove(found[0])
            pairs.append(f"{heading!r} may now be {found[0]!r}")
    return f" Perhaps {'; '.join(pairs)}." if pairs else ""


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(map(repr, headings)) or "none"
