"""What a file leaves open: its shape, the scale of its pain scores, what "none" means."""

from collections.abc import Iterable, Sequence

import numpy as np

from hipoutcomes.errors import DecisionNeeded, MappingError
from hipoutcomes.ingest.grids.cells import Cells
from hipoutcomes.ingest.grids.grid import Grid
from hipoutcomes.ingest.parsing.parse_scores import MOST_STRAY, ScaleEvidence, scale_evidence
from hipoutcomes.ingest.parsing.parsed import tidy
from hipoutcomes.ingest.planning.assign import Assigned
from hipoutcomes.ingest.planning.mapping import Mapping
from hipoutcomes.vocabulary.fields import fold

#: With this many patients, each in one row only, rows may be visits or whole courses of care.
MANY_PATIENTS = 10

#: Words in a score's cell that may mean zero, or that nothing was recorded.
BARE_NONE = ("none", "nil", "no")

_OF_VISITS = frozenset(
    ("row_type", "visit_number", "visit_id", "attended", "cancelled", "first_visit", "minutes")
)
_VISIT_WORDS = frozenset(
    ("visit", "session", "appt", "appointment", "service", "treatment", "tx", "massage")
)


def shape_of(grid: Grid, columns: Sequence[Assigned], mapping: Mapping) -> tuple[str, str]:
    """Whether each row is a visit or a whole episode, and the evidence for it.

    Raises
    ------
    DecisionNeeded
        When the rows may be either; the message offers ``--shape``.
    MappingError
        When rows of visits lack a patient or a date.
    """
    by_name = {a.target.field: a for a in columns if not a.target.technique}
    lacking = [name for name in ("patient", "date") if name not in by_name]
    if mapping.shape:
        if mapping.shape == "sessions" and lacking:
            raise _lacks(grid, lacking, "")
        return mapping.shape, f"{mapping.shape}, as told"
    of_course = [a for a in columns if a.said and a.said.family == "course"]
    visit_like = [a for a in columns if a.said and a.said.family in ("visit", "either")]
    if lacking:
        if of_course and _has_pair(columns):
            return "episodes", f"one row per episode: no {' or '.join(lacking)} column, and " + (
                f"scores such as {of_course[0].heading!r}"
            )
        raise _lacks(grid, lacking, _offer_episodes(columns))
    most, n_patients = _rows_per_patient(grid.columns[by_name["patient"].place])
    once = most == 1
    if of_course and not visit_like and _has_pair(columns):
        if once:
            return "episodes", (
                f"one row per episode: scores such as {of_course[0].heading!r}, and each of "
                f"{n_patients:,} patients has one row"
            )
        raise _ask_shape(grid, f"a patient has up to {most} rows", of_course[0].heading)
    if once and n_patients >= MANY_PATIENTS and not _speaks_of_visits(columns, by_name):
        scores = [a for a in columns if a.target.score]
        if _has_pair(columns):
            raise _ask_shape(
                grid, f"each of {n_patients:,} patients has one row", scores[0].heading
            )
    return "sessions", (
        f"one row per visit: {by_name['patient'].heading!r} and {by_name['date'].heading!r} say "
        f"who and when, {n_patients:,} patients with up to {most} rows each"
    )


def scales_of(
    grid: Grid, columns: Sequence[Assigned], mapping: Mapping, missing: dict[int, tuple]
) -> tuple[dict[int, str], list[str]]:
    """Scale of each column of pain scores, 0-10 or 0-100, and the evidence for it.

    Raises
    ------
    DecisionNeeded
        When a column mixes scales, contradicts its heading, or disagrees with another.
    """
    scales: dict[int, str] = {}
    evidence = []
    scored = [a for a in columns if a.target.measure in ("pain", "pain_vas")]
    found = {a.place: scale_evidence(grid.columns[a.place], missing[a.place]) for a in scored}
    pooled = _pooled_scale(found.values())
    for column in scored:
        seen, named = found[column.place], column.said.scale if column.said else ""
        told = mapping.scales.get(column.target) or mapping.scale
        told = "0-100" if column.target.measure == "pain_vas" else told
        verdict = pooled if seen.verdict in ("mixed", "none") else seen.verdict
        counts = f"{seen.n_up_to_10:,} scores up to 10, {seen.n_above_10:,} above"
        if told:
            scale, why = told, "as told"
        elif named in ("0-10", "0-100") and (named, verdict) != ("0-10", "0-100"):
            scale, why = named, "from its heading"
        elif not verdict or named in ("0-10", "0-100"):
            raise _ask_scale(grid, column, counts)
        else:
            scale, why = verdict, "from its scores"
        scales[column.place] = scale
        evidence.append(f"scale of {column.heading!r}: {scale}, {why} ({counts})")
    if len(set(scales.values())) > 1 and not (mapping.scales or mapping.scale):
        raise _scales_disagree(grid, columns, scales)
    return scales, evidence


def _pooled_scale(found: Iterable[ScaleEvidence]) -> str:
    """Scale of all pain scores together, for columns too short to tell; empty where mixed.

    A few scores above 10 among many up to 10 are errors, wherever they stand.
    """
    found = list(found)
    verdicts = {seen.verdict for seen in found} - {"mixed", "none"}
    low, high = sum(s.n_up_to_10 for s in found), sum(s.n_above_10 for s in found)
    if verdicts <= {"0-10"} and high <= MOST_STRAY * (low + high):
        return "0-10"
    decided = verdicts if all(seen.verdict != "mixed" for seen in found) else set()
    return decided.pop() if len(decided) == 1 else ""


def ask_none(grid: Grid, columns: Sequence[Assigned], mapping: Mapping) -> None:
    """Ask what a bare "none" among scores means.

    Raises
    ------
    DecisionNeeded
        When it occurs and nothing was said; the message offers ``--none-means``.
    """
    if mapping.none_means:
        return
    for column in (a for a in columns if a.target.score):
        cells = grid.columns[column.place]
        bare = [
            i
            for i, value in enumerate(cells.values)
            if (word := tidy(value).rstrip(".!")) in BARE_NONE
            and word not in _told(mapping, column)
        ]
        if bare:
            n = int(cells.counts[bare].sum())
            raise DecisionNeeded(
                f"{grid.file}: {n:,} cells of {column.heading!r} say {cells.values[bare[0]]!r}.",
                "That can mean a score of zero, or that nothing was recorded.",
                "Say which with --none-means zero or --none-means missing.",
            )


def _told(mapping: Mapping, column: Assigned) -> set[str]:
    """Values of a column that the mapping explains."""
    told = (*mapping.missing.get(column.target, ()), *mapping.values.get(column.target, {}))
    return {tidy(value) for value in told}


def _rows_per_patient(cells: Cells) -> tuple[int, int]:
    """Most rows that one patient has, and the number of patients."""
    counts = cells.counts
    return int(counts.max(initial=0)), int(np.count_nonzero(counts))


def _has_pair(columns: Sequence[Assigned]) -> bool:
    """Whether some measure has a score at the start and one later."""
    moments: dict[str, set[str]] = {}
    for column in columns:
        if column.target.score:
            moments.setdefault(column.target.measure, set()).add(column.target.timing)
    return any("before" in m and m & {"after", "between"} for m in moments.values())


def _speaks_of_visits(columns: Sequence[Assigned], by_name: dict[str, Assigned]) -> bool:
    """Whether headings leave no doubt that rows are visits."""
    words = set(fold(by_name["date"].heading).split())
    return bool(
        words & _VISIT_WORDS
        or _OF_VISITS & by_name.keys()
        or any(a.said is None or a.said.family == "visit" for a in columns if a.target.score)
        or any(a.target.timing == "during" for a in columns)
    )


def _offer_episodes(columns: Sequence[Assigned]) -> str:
    """Offer the other shape where the scores would allow it."""
    if not _has_pair(columns):
        return ""
    return " If each row is one patient's whole course of care, say --shape episodes."


def _lacks(grid: Grid, lacking: list[str], offer: str) -> MappingError:
    """The error of a file of visits without patient or date."""
    what = {"patient": "who was seen", "date": "when"}
    example = {"patient": "Client", "date": "Visit date"}
    lines = "   ".join(f'{name} = "{example[name]}"' for name in lacking)
    return MappingError(
        f"{grid.file} has no column that says {' and '.join(what[n] for n in lacking)}.",
        f"Its headings are: {', '.join(h for h in grid.headers if h) or 'none'}.",
        f"Name your own heading in a mapping file, under [columns]:  {lines}{offer and '.'}{offer}",
    )


def _ask_shape(grid: Grid, fact: str, heading: str) -> DecisionNeeded:
    return DecisionNeeded(
        f"{grid.file}: {fact}, and scores are headed like {heading!r}.",
        "A row may be one visit (score before and after that massage) or one patient's whole "
        "course of care (first and last score).",
        "Say which with --shape sessions or --shape episodes.",
    )


def _ask_scale(grid: Grid, column: Assigned, counts: str) -> DecisionNeeded:
    return DecisionNeeded(
        f"{grid.file}: the scores in {column.heading!r} seem to be on two scales: {counts}.",
        "One column holds scores on one scale, 0-10 or 0-100.",
        "Say which with --scale 0-10 or --scale 0-100; scores that do not fit are set aside.",
    )


def _scales_disagree(
    grid: Grid, columns: Sequence[Assigned], scales: dict[int, str]
) -> DecisionNeeded:
    headings = {a.place: a.heading for a in columns}
    seen = ", ".join(f"{headings[place]!r} {scale}" for place, scale in scales.items())
    targets = {a.place: a.target for a in columns}
    lines = "  ".join(f'"{targets[p].of("pain")}" = "{s}"' for p, s in scales.items())
    return DecisionNeeded(
        f"{grid.file}: the columns of pain scores seem to be on different scales: {seen}.",
        "Scores on different scales are never compared.",
        "Say --scale 0-10 or --scale 0-100 if they share one, or in a mapping file, under "
        f"[scales]:  {lines}",
    )
