"""Mappings that a clinic's folder remembers, so that what was decided once is not asked again."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from hipoutcomes.ingest.planning.mapping import Mapping, read_mapping
from hipoutcomes.ingest.planning.plan import Plan
from hipoutcomes.vocabulary.fields import heading_name

#: With this share of headings in common, a file is taken for a changed one of the same kind.
ALIKE = 0.6


def remembered_name(plan: Plan) -> str:
    """Name of the file that keeps how a file was read: what it is, and a mark of its headings."""
    return f"{plan.kind}-{_mark(plan.headings)}.toml"


def recall(headers: Sequence[str], folder: Path) -> Mapping | None:
    """The mapping of a file with these headings, or else of one with most of them.

    A mapping of other headings makes the plan ask about the difference.

    Parameters
    ----------
    headers : sequence of str
    folder : Path
        Need not be there.

    Raises
    ------
    MappingError
        When a remembered file was changed and is not understood any more.
    """
    mark = _mark(headers)
    paths = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    for path in paths:
        if path.stem.endswith(f"-{mark}"):
            return _named(read_mapping(path), path)
    mappings = [(_alike(headers, found.file_headings), found, path) for path, found in
                ((path, read_mapping(path)) for path in paths)]  # fmt: skip
    if not mappings:
        return None
    alike, nearest, path = max(mappings, key=lambda each: (each[0], each[2].name))
    return _named(nearest, path) if alike >= ALIKE else None


def remembered_headings(folder: Path) -> frozenset[str]:
    """Headings that the remembered mappings use, by `heading_name`.

    In a file whose owner has words of his own for everything, they tell which row is the headings.
    """
    paths = folder.glob("*.toml") if folder.is_dir() else ()
    return frozenset(heading_name(h) for path in paths for h in read_mapping(path).headings)


def _named(mapping: Mapping, path: Path) -> Mapping:
    """A mapping under the name of what its file is."""
    return replace(mapping, name=path.stem.rpartition("-")[0])


def _mark(headers: Sequence[str]) -> str:
    """A short mark of headings, whatever their order, case and signs."""
    text = "|".join(sorted({heading_name(heading) for heading in headers if heading}))
    return sha256(text.encode()).hexdigest()[:8]


def _alike(headers: Sequence[str], others: Sequence[str]) -> float:
    """Share of the headings of either that both have."""
    one, other = ({heading_name(h) for h in headings if h} for headings in (headers, others))
    return len(one & other) / len(one | other) if one and other else 0.0
