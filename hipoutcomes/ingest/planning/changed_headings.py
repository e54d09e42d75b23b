"""Headings that changed since a mapping was made: a question, with the difference."""

from collections.abc import Sequence

from hipoutcomes.errors import DecisionNeeded
from hipoutcomes.ingest.planning.headings import read_heading
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.vocabulary.fields import squash


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
    used = {squash(heading) for heading in told.headings}
    ignored = {squash(heading) for heading in told.ignored}
    if any(squash(h) in used for h in gone) or any(
        read_heading(h) and squash(h) not in ignored for h in new
    ):
        raise DecisionNeeded(
            f"{file} has other headings than when {told.name or 'its mapping'} was made.",
            f"Gone: {_listed(gone)}. New: {_listed(new)}.",
            "Correct the headings in the mapping, or make a new one with: "
            "hipoutcomes inspect FILE --save mapping.toml; an import reads the headings anew with "
            "--new-mapping.",
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
    had, have = ({squash(h) for h in headings} for headings in (then, now))
    return (
        [h for h in then if h and squash(h) not in have],
        [h for h in now if h and squash(h) not in had],
    )


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(map(repr, headings)) or "none"
