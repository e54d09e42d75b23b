"""How a file is to be read, as a text file that a person can read and change: mapping.toml."""

import tomllib
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path

from hipoutcomes.errors import FileError, MappingError
from hipoutcomes.ingest.planning import mapping_sections as read
from hipoutcomes.ingest.planning.mapping_analysis_plan import parse_analysis_plan
from hipoutcomes.ingest.planning.targets import Target
from hipoutcomes.tables.analysis_plan import AnalysisPlan

#: What each choice of a mapping file, or of a keyword, may say.
CHOICES = {
    "shape": ("sessions", "episodes"),
    "date_order": ("day-first", "month-first"),
    "scale": ("0-10", "0-100"),
    "none_means": ("zero", "missing"),
    "other_columns": ("recognise", "ignore"),
}

#: What may be said once for a whole file.
CONSTANTS = (
    *("device", "position", "mode", "rater", "therapist", "clinic", "condition", "side"),
    *("technique", "procedure", "sex", "row_type"),
)
#: What every row may be, where a mapping says it once for the file.
ROW_TYPES = ("visit", "score between visits")

_SECTIONS = (
    *("file", "columns", "scales", "missing", "constants", "values", "requires", "profile"),
    "plan",
)
#: Lines of [file] beside the choices, with the attribute each fills and how it is read.
_FILE_LINES = {
    "ignore": ("ignored", read.texts),
    "headings": ("file_headings", read.texts),
    "missing": ("missing_everywhere", read.codes),
    "missing_years": ("missing_years", read.years),
    "cancelled_marker": ("cancelled_marker", read.text),
    "clients_by_name": ("clients_by_name", read.yes_no),
    "same_day_is_one_visit": ("same_day_is_one_visit", read.yes_no),
    "minutes_are_of_visit": ("minutes_are_of_visit", read.yes_no),
}
#: Lines of [profile].
_PROFILE_LINES = {
    "title": ("title", read.text),
    "signature": ("signature", read.texts),
    "fields": ("fields", read.texts),
    "heading_mark": ("heading_mark", read.text),
    "instead": ("instead", read.text),
}


@dataclass(frozen=True)
class Mapping:
    """What an owner has said about a file. Whatever is left out is recognised or asked.

    Attributes
    ----------
    columns : dict of Target to tuple of str
        Headings that hold each target.
    ignored : tuple of str
        Headings to leave alone even where they are recognised.
    shape, date_order, scale, none_means : str
        As in `CHOICES`; empty where nothing was said.
    other_columns : {"recognise", "ignore"}
        What becomes of headings that are not named.
    scales : dict of Target to str
        Scale of single columns.
    missing : dict of Target to tuple
        Codes that stand for "missing".
    missing_everywhere : tuple
        Codes that stand for "missing" in every column but the client's number.
    missing_years : tuple of int
        A date in one of these years stands for "missing".
    constants : dict of str to str
        What holds for every row, such as ``device = "goniometer"``.
    values : dict of Target to dict
        What each value of a coded column means; empty text means missing. In a column
        that says what a row is, the value of empty text is the empty cell.
    requires : dict of Target to tuple of Target
        A score counts only in rows where these columns are filled too.
    cancelled_marker : str
        A row with this text in any cell was cancelled.
    clients_by_name : bool
        Whether names are all that tells clients apart.
    same_day_is_one_visit : bool
        Whether rows of one client on one day, with one therapist, are lines of one visit.
    minutes_are_of_visit : bool
        Whether minutes in the name of a service are the length of the whole visit.
    file_headings : tuple of str
        Headings of the file that the mapping was made from; empty where it was written by hand.
    title : str
        What a profile's file is called where it comes from.
    signature, fields : tuple of str
        Headings, and fields that other headings must name, by which a profile knows its file.
    heading_mark : str
        Where further rows of headings stand under the first: how the last of them begins. The one
        above the last holds the questions in words.
    instead : str
        For a file that holds no visits: what to give instead.
    analysis_plan : AnalysisPlan, optional
        What was meant to be asked, written before results were seen.
    name : str
        File or profile it came from.
    """

    columns: MappingOf[Target, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    shape: str = ""
    date_order: str = ""
    scale: str = ""
    none_means: str = ""
    other_columns: str = "recognise"
    scales: MappingOf[Target, str] = field(default_factory=dict)
    missing: MappingOf[Target, tuple] = field(default_factory=dict)
    missing_everywhere: tuple = ()
    missing_years: tuple[int, ...] = ()
    constants: MappingOf[str, str] = field(default_factory=dict)
    values: MappingOf[Target, MappingOf] = field(default_factory=dict)
    requires: MappingOf[Target, tuple[Target, ...]] = field(default_factory=dict)
    cancelled_marker: str = ""
    clients_by_name: bool = False
    same_day_is_one_visit: bool = False
    minutes_are_of_visit: bool = False
    file_headings: tuple[str, ...] = ()
    title: str = ""
    signature: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    heading_mark: str = ""
    instead: str = ""
    analysis_plan: AnalysisPlan | None = None
    name: str = ""

    @property
    def headings(self) -> set[str]:
        """Headings that are named."""
        return {heading for named in self.columns.values() for heading in named}

    def told(self, constants: MappingOf[str, str] | None = None, **choices) -> "Mapping":
        """The same with what a caller says on top.

        Raises
        ------
        ValueError
            When a choice is none of those allowed.
        """
        said = {name: value for name, value in choices.items() if value}
        for name, value in said.items():
            if value not in CHOICES[name]:
                raise ValueError(f"{name} must be {read.either(CHOICES[name])}; it is {value!r}.")
        for name, value in (constants or {}).items():
            if name not in CONSTANTS:
                raise ValueError(f"A constant must be {read.either(CONSTANTS)}; it is {name!r}.")
            if name == "row_type" and value not in ROW_TYPES:
                raise ValueError(f"row_type must be {read.either(ROW_TYPES)}; it is {value!r}.")
        return replace(self, **said, constants={**self.constants, **(constants or {})})


def find_mapping(mapping: "str | Path | Mapping | None") -> Mapping | None:
    """A mapping from a file, or from the name of a profile.

    Raises
    ------
    MappingError
        When there is neither a file nor a profile of that name, or the file is not understood.
    """
    if mapping is None or isinstance(mapping, Mapping):
        return mapping
    if (profile := profiles().get(str(mapping))) is not None:
        return profile
    return read_mapping(mapping)


@cache
def profiles() -> MappingOf[str, Mapping]:
    """The mappings that come with the package, by name; read once."""
    folder = resources.files("hipoutcomes.ingest.planning").joinpath("profiles")
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    return {
        (name := entry.name.removesuffix(".toml")): parse_mapping(entry.read_text("utf-8"), name)
        for entry in entries
    }


def read_mapping(path: str | Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    MappingError
        When the file is missing, is no TOML, or says something that is not understood.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise MappingError(
            f"There is no mapping file {path.name}, and no profile of that name.",
            f"Profiles are: {', '.join(profiles())}.",
            "Write a mapping with: hipoutcomes inspect FILE --save mapping.toml",
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise FileError(
            f"The mapping {path.name} cannot be read.", str(problem.__class__.__name__)
        ) from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str) -> Mapping:
    """Read the text of a mapping file; `name` is for messages.

    Raises
    ------
    MappingError
        When it is no TOML, or says something that is not understood.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise MappingError(
            f"{name} is not a mapping file we can read: {problem}.",
            'Each line is like:  patient = "Client"',
            'Headings and values with spaces stand in double quotes: "pain before" = "VAS pre"',
        ) from None
    for section, content in said.items():
        if section not in _SECTIONS or not isinstance(content, dict):
            raise read.not_understood(name, "section", section, _SECTIONS)
    file, profile = said.get("file", {}), said.get("profile", {})
    for section, lines, allowed in (
        ("file", file, (*CHOICES, *_FILE_LINES)),
        ("profile", profile, tuple(_PROFILE_LINES)),
    ):
        if unknown := [key for key in lines if key not in allowed]:
            raise read.not_understood(name, f"line of [{section}]", unknown[0], allowed)
    try:
        return Mapping(
            **_attributes(file, _FILE_LINES),
            **_attributes(profile, _PROFILE_LINES),
            columns=read.by_target(name, said, "columns", read.texts),
            scales=read.by_target(name, said, "scales", read.text),
            missing=read.by_target(name, said, "missing", read.codes),
            values=read.by_target(name, said, "values", read.meanings),
            requires={
                target: read.targets(name, texts)
                for target, texts in read.by_target(name, said, "requires", read.texts).items()
            },
            analysis_plan=parse_analysis_plan(said, name),
            name=name,
        ).told(
            read.constants(said.get("constants", {})),
            **{key: read.text(value) for key, value in file.items() if key in CHOICES},
        )
    except (ValueError, TypeError) as problem:
        raise MappingError(f"{name} says something that is not understood.", str(problem)) from None


def _attributes(lines: dict, known: dict) -> dict:
    """Attributes of a mapping that the lines of one section fill."""
    return {
        attribute: reader(lines[line])
        for line, (attribute, reader) in known.items()
        if line in lines
    }
