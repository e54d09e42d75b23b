"""REDCap's data dictionary: the fields of a project, with their labels, forms and choices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hipoutcomes.errors import FileError
from hipoutcomes.ingest.structured.html_text import without_html
from hipoutcomes.ingest.structured.text_file import TextFile, rows_of

#: Headings of a dictionary: as the web pages export it, and as the API does.
_HEADINGS = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "type": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": (
        "choices, calculations, or slider labels",
        "choices or calculations",
        "select_choices_or_calculations",
    ),
    "validation": (
        "text validation type or show slider number",
        "text_validation_type_or_show_slider_number",
    ),
    "identifier": ("identifier?", "identifier"),
}
_NEEDED = ("name", "form", "type", "label")
_WITH_CHOICES = ("radio", "dropdown", "checkbox")
_YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}


@dataclass(frozen=True, eq=False)
class ProjectField:
    """One field of a project.

    Attributes
    ----------
    name, form, label : str
    kind : str
        REDCap's type: ``text``, ``radio``, ``checkbox``, ``yesno`` and so on.
    validation : str
        What may be typed: ``date_dmy``, ``number_comma_decimal`` and so on; empty for anything.
    identifier : bool
        Whether the project says that it identifies a person.
    choices : dict of str to str
        Label of each code, where there are choices.
    """

    name: str
    form: str
    label: str = ""
    kind: str = "text"
    validation: str = ""
    identifier: bool = False
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def date_order(self) -> str:
        """Order in which its dates are typed; empty for year first, and for anything else."""
        ending = self.validation.rpartition("_")[2]
        dated = self.validation.startswith("date")
        return {"dmy": "day-first", "mdy": "month-first"}.get(ending, "") if dated else ""


def is_dictionary(headings: Sequence[str]) -> bool:
    """Whether these are the headings of a data dictionary."""
    names = {heading.casefold() for heading in headings}
    return all(any(name in names for name in _HEADINGS[needed]) for needed in _NEEDED)


def read_dictionary(file: TextFile) -> dict[str, ProjectField]:
    """Read a data dictionary.

    Parameters
    ----------
    file : TextFile

    Returns
    -------
    dict of str to ProjectField
        In the order of the file; the first is the record's id.

    Raises
    ------
    FileError
        When it holds no field.
    """
    table, _ = file.table(file.headings)
    fields = {}
    for row in rows_of(table):
        said = {
            part: next((row[name] for name in names if name in row), "")
            for part, names in _HEADINGS.items()
        }
        kind = said["type"].casefold()
        if said["name"]:
            fields[said["name"]] = ProjectField(
                said["name"],
                said["form"].casefold().replace(" ", "_"),
                without_html(said["label"]),
                kind,
                said["validation"].casefold(),
                said["identifier"].casefold() == "y",
                choices_of(said["choices"]) if kind in _WITH_CHOICES else _YES_NO.get(kind, {}),
            )
    if not fields:
        raise FileError(f"The data dictionary {file.name} names no field.")
    return fields


def guessed_fields(headers: Iterable[str]) -> dict[str, ProjectField]:
    """The fields of an export without its dictionary: each form ends with its ``_complete``."""
    fields: dict[str, ProjectField] = {}
    waiting: list[tuple[str, str]] = []
    for header in headers:
        if header.endswith("_complete"):
            form = header.removesuffix("_complete")
            fields |= {name: ProjectField(name, form, kind=kind) for name, kind in waiting}
            waiting = []
        else:
            base, mark, _ = header.partition("___")
            waiting.append((base, "checkbox" if mark else "text"))
    return fields | {name: ProjectField(name, "", kind=kind) for name, kind in waiting}


def choices_of(text: str) -> dict[str, str]:
    """Labels by code: ``1, Swedish | 2, Deep tissue``.

    Examples
    --------
    >>> choices_of("1, Swedish | 2, Deep tissue, firm | -99, Not recorded")
    {'1': 'Swedish', '2': 'Deep tissue, firm', '-99': 'Not recorded'}
    """
    found = {}
    for choice in text.replace("\n", "|").split("|"):
        code, comma, label = choice.partition(",")
        if comma and code.strip():
            found[code.strip()] = without_html(label)
    return found
