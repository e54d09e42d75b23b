"""How a file is to be read, as a text file that a person can read and change: mapping.toml."""

import tomllib
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from hipoutcomes.errors import FileError, MappingError
from hipoutcomes.ingest.planning.mapping_analysis_plan import parse_analysis_plan
from hipoutcomes.ingest.planning.targets import Target, parse_target
from hipoutcomes.tables.analysis_plan import AnalysisPlan
from hipoutcomes.vocabulary.fields import FIELDS

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
    *("technique", "procedure", "sex"),
)
_SECTIONS = (
    *("file", "columns", "scales", "missing", "constants", "values", "requires", "profile"),
    "plan",
)


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
    constants : dict of str to str
        What holds for every row, such as ``device = "goniometer"``.
    values : dict of Target to dict
        What each value of a coded column means; empty text means missing.
    requires : dict of Target to tuple of Target
        A score counts only in rows where these columns are filled too.
    signature : tuple of str
        Headings by which a profile knows its file.
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
    constants: MappingOf[str, str] = field(default_factory=dict)
    values: MappingOf[Target, MappingOf] = field(default_factory=dict)
    requires: MappingOf[Target, tuple[Target, ...]] = field(default_factory=dict)
    signature: tuple[str, ...] = ()
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
                raise ValueError(f"{name} must be {_either(CHOICES[name])}; it is {value!r}.")
        for name in constants or {}:
            if name not in CONSTANTS:
                raise ValueError(f"A constant must be {_either(CONSTANTS)}; it is {name!r}.")
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


def profiles() -> dict[str, Mapping]:
    """The mappings that come with the package, by name."""
    folder = resources.files("hipoutcomes.ingest.planning").joinpath("profiles")
    return {
        entry.name.removesuffix(".toml"): parse_mapping(
            entry.read_text("utf-8"), entry.name.removesuffix(".toml")
        )
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
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
            f"Profiles are: {', '.join(sorted(profiles()))}.",
            "Write a mapping with: hipoutcomes inspect FILE --save mapping.toml",
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise FileError(
            f"The mapping {path.name} cannot be read.", str(problem.__class__.__name__)
        ) from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str) -> Mapping:
    """Read the text of a mapping file; `name` is for messages."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise MappingError(
            f"{name} is not a mapping file we can read: {problem}.",
            'Each line is like:  patient = "Client"',
            'Headings and values with spaces stand in double quotes: "pain before" = "VAS pre"',
        ) from None
    if unknown := [section for section in said if section not in _SECTIONS]:
        raise _not_understood(name, "section", unknown[0], _SECTIONS)
    for section, content in said.items():
        if not isinstance(content, dict):
            raise _not_understood(name, "section", section, _SECTIONS)
    file = said.get("file", {})
    if unknown := [key for key in file if key not in (*CHOICES, "ignore")]:
        raise _not_understood(name, "line of [file]", unknown[0], (*CHOICES, "ignore"))
    try:
        return Mapping(
            columns=_by_target(name, said, "columns", _texts),
            ignored=_texts(file.get("ignore", [])),
            scales=_by_target(name, said, "scales", str),
            missing=_by_target(name, said, "missing", _codes),
            values=_by_target(name, said, "values", dict),
            requires={
                target: tuple(_target(name, text) for text in texts)
                for target, texts in _by_target(name, said, "requires", _texts).items()
            },
            signature=_texts(said.get("profile", {}).get("signature", [])),
            analysis_plan=parse_analysis_plan(said, name),
            name=name,
        ).told(
            said.get("constants"),
            **{key: value for key, value in file.items() if key in CHOICES},
        )
    except (ValueError, TypeError) as problem:
        raise MappingError(f"{name} says something that is not understood.", str(problem)) from None


def _by_target(name: str, said: dict, section: str, read) -> dict:
    """One section of a mapping file, by target."""
    return {_target(name, key): read(value) for key, value in said.get(section, {}).items()}


def _target(name: str, text: str) -> Target:
    """A target, or a message that offers the nearest ones."""
    target = parse_target(text)
    if target is not None:
        return target
    words = text.split()
    near = get_close_matches(text, [*FIELDS, "pain before", "pain after"], 3, 0.6)
    if words and words[-1] not in ("before", "during", "after", "between"):
        near = [*near, f"{text} before"] if parse_target(f"{text} before") else near
    raise MappingError(
        f"{name} names {text!r}, which is nothing a column can hold.",
        f"Perhaps {_either(near)}?" if near else "",
        "Columns hold: "
        + ", ".join(FIELDS)
        + '; or a score with its moment, such as "pain before", "flexion_active left after", '
        '"hoos_ps between".',
    )


def _texts(value) -> tuple[str, ...]:
    """One text or a list of them."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError(f'expected "text" or ["text", "text"], found {value!r}')
    return tuple(value)


def _codes(value) -> tuple:
    """One code or a list of them, numbers or text."""
    codes = value if isinstance(value, list) else [value]
    if not all(isinstance(code, str | int | float) for code in codes):
        raise TypeError(f"expected codes such as [9, 999], found {value!r}")
    return tuple(codes)


def _not_understood(name: str, what: str, found: str, allowed: tuple) -> MappingError:
    return MappingError(
        f"{name} has a {what} {found!r}, which is not understood.",
        f"It may be {_either(allowed)}.",
    )


def _either(names) -> str:
    """Names in quotes, joined by commas and 'or'."""
    *most, last = [repr(str(name)) for name in names]
    return f"{', '.join(most)} or {last}" if most else last
