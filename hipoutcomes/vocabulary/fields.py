"""Every thing a column of a clinic's file can hold, apart from scores, with the headings in use."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can hold.

    Attributes
    ----------
    name : str
        What a mapping file calls it.
    kind : str
        How its cells are read: one of the readers in `ingest.read_columns`: ``id``, ``date``,
        ``flag``, ``techniques``, ``category`` and so on.
    meaning : str
        For the question "what is this column?".
    aliases : str
        Headings in use, separated by ``|``; compared after folding, spaces do not matter.
    several : bool
        May be spread over several columns (technique 1, technique 2).
    """

    name: str
    kind: str
    meaning: str
    aliases: str = ""
    several: bool = False


_ALL = (
    Field(
        "patient",
        "id",
        "the patient's number or code",
        "patient|client|pt|patient id|client id|pt id|patient no|client no|patient number|"
        "client number|patient code|client code|client ref|patient ref|client reference|chart|"
        "chart no|chart number|chart id|file no|file number|record id|subject|subject id|"
        "participant|participant id|patient guid|mrn|case no|study id|id|client name|patient name|"
        "external reference|external data reference",
    ),
    Field(
        "date",
        "date",
        "day of the visit or score",
        "date|visit date|appt date|appointment date|session date|treatment date|tx date|"
        "date of visit|date of session|date of appointment|date of treatment|date of service|"
        "service date|dos|start at|starts at|visit day|date seen|seen on|appointment|"
        "date of massage|massage date|score date|date of score|completion time|timestamp",
    ),
    Field("time", "time", "time of day", "time|start time|visit time|appt time|appointment time"),
    Field(
        "visit_id",
        "text",
        "the visit's own number",
        "visit id|appointment id|appt id|session id|encounter id|reference number|booking id",
    ),
    Field(
        "row_type",
        "row type",
        "visit, or a score between visits",
        "row type|visit type|type of visit|entry type|record type|type of entry|type of row|"
        "session type|contact type|type of contact",
    ),
    Field(
        "attended",
        "attendance",
        "whether the visit took place",
        "attended|attendance|status|state|visit status|appointment status|appt status|arrived|"
        "patient arrived",
    ),
    Field(
        "cancelled",
        "cancellation",
        "the visit was cancelled or missed",
        "cancelled|canceled|cancelled at|canceled at|no show|did not arrive|dna|deleted at",
    ),
    Field(
        "visit_number",
        "number",
        "place of the visit in the course of care",
        "visit number|visit no|visit|session number|session no|session|tx no|treatment no|"
        "treatment number|appointment number|visit count",
    ),
    Field(
        "first_visit",
        "flag",
        "first visit of this complaint",
        "first visit|1st visit|first session|first appointment|initial visit|initial assessment|"
        "first visit for this complaint|new client|new patient",
    ),
    Field(
        "new_complaint",
        "flag",
        "a new complaint began",
        "new complaint|new problem|new episode|new condition|new injury",
    ),
    Field(
        "therapist",
        "category",
        "who treated",
        "therapist|rmt|lmt|practitioner|provider|clinician|massage therapist|staff|"
        "staff member|staff member name|seen by|treated by|therapist name|practitioner name|"
        "therapist id|operator",
    ),
    Field(
        "clinic",
        "category",
        "clinic, site or provider",
        "clinic|site|location|location name|branch|clinic name|centre|center|provider code|"
        "facility|practice|clinic id|site id",
    ),
    Field(
        "age",
        "age",
        "age in years",
        "age|age years|age yrs|age in years|age at visit|patient age|client age|age at session",
    ),
    Field(
        "sex",
        "sex",
        "sex",
        "sex|gender|m f|f m|sex m f|gender m f|patient sex|client sex|sex at birth",
    ),
    Field(
        "birth_year",
        "year",
        "year of birth",
        "birth year|year of birth|yob|dob|date of birth|birth date|birthdate|born",
    ),
    Field(
        "condition",
        "conditions",
        "condition treated",
        "condition|conditions|dx|diagnosis|diagnoses|complaint|presenting complaint|"
        "chief complaint|problem|primary condition|reason for visit|hip condition|pathology|"
        "injury|condition treated|main complaint|cc|clinical impression|presenting condition",
    ),
    Field(
        "side",
        "side",
        "left, right or both",
        "side|left right|l r|r l|right left|laterality|hip|hip side|which hip|affected side|"
        "side treated|hip treated|affected hip|side of pain|side l r|l r b|left right both",
    ),
    Field(
        "technique",
        "techniques",
        "technique or techniques given",
        "technique|techniques|tx|modality|modalities|treatment|treatments|treatment given|"
        "treatment type|massage type|type of massage|techniques used|technique used|"
        "treatment name|service|primary service|tx given|tx type|treatment provided|intervention|"
        "massage|massage technique|main technique|primary technique|method|style|rx|"
        "secondary technique|other technique|other techniques|technique given|techniques given",
        several=True,
    ),
    Field(
        "minutes",
        "minutes",
        "length of the session in minutes",
        "minutes|mins|min|duration|length|session length|session minutes|duration min|"
        "duration mins|duration minutes|length min|length minutes|appointment length|"
        "session duration|treatment minutes|treatment duration|massage minutes|total minutes|"
        "length of session|time min",
    ),
    Field(
        "pressure",
        "pressure",
        "pressure used",
        "pressure|pressure used|depth|pressure level|massage pressure",
    ),
    Field(
        "pressure_adjusted",
        "flag",
        "pressure was adjusted on feedback",
        "pressure adjusted|adjusted pressure|adjusted on feedback|pressure changed|"
        "pressure adjusted on feedback",
    ),
    Field(
        "onset",
        "date",
        "day the complaint began",
        "onset|onset date|date of onset|date of injury|injury date|start of complaint|"
        "complaint began|pain since",
    ),
    Field(
        "duration",
        "weeks",
        "how long the complaint had lasted",
        "duration weeks|duration of complaint|duration of pain|pain duration|duration of symptoms|"
        "symptom duration|weeks since onset|how long|complaint duration|symptom period",
    ),
    Field(
        "earlier_injuries",
        "presence",
        "earlier injuries of the hip",
        "earlier injuries|previous injuries|prior injuries|previous injury|past injuries|"
        "earlier injury|prior injury|previous hip injury",
    ),
    Field(
        "history",
        "text",
        "relevant history",
        "history|hx|medical history|relevant history|health history|past history|pmh",
        several=True,
    ),
    Field(
        "aftercare_advised",
        "list",
        "aftercare advised",
        "aftercare advised|aftercare|aftercare given|homecare|home care|homecare given|"
        "home care advised|homecare advised|advice|advice given|self care advised|hep|"
        "home exercises",
        several=True,
    ),
    Field(
        "aftercare_followed",
        "list",
        "aftercare followed since the last visit",
        "aftercare followed|aftercare done|homecare followed|homecare done|home care done|"
        "home care followed|advice followed|followed advice|followed aftercare|compliance|"
        "adherence|exercises done|did homework",
        several=True,
    ),
    Field(
        "follow_up_advised",
        "flag",
        "a further session was advised",
        "follow up advised|next advised|further session advised|return advised|rebook advised|"
        "next session advised|next visit advised|follow up recommended|next appointment advised|"
        "further sessions advised|rebook",
    ),
    Field(
        "rater",
        "category",
        "who measured range of motion or tension",
        "rater|measured by|assessor|assessed by|tester|examiner|rom rater",
    ),
    Field(
        "device",
        "category",
        "device used for range of motion",
        "device|rom device|goniometer or inclinometer|instrument used|measuring device|rom tool|"
        "measured with",
    ),
    Field(
        "position",
        "category",
        "position in which range of motion was measured",
        "position|rom position|patient position|test position|measuring position|client position",
    ),
    Field(
        "mode",
        "mode",
        "active or passive range of motion",
        "mode|active passive|arom prom|rom type|active or passive|a p|rom mode",
    ),
    Field(
        "procedure",
        "category",
        "procedure, where there are no techniques",
        "procedure|operation|surgery|procedure name",
    ),
    Field(
        "expected",
        "number",
        "later score that a published model expects",
        "expected|predicted|expected score|predicted score",
    ),
)

#: Every field by name.
FIELDS = {field.name: field for field in _ALL}


def fold(heading: str) -> str:
    """Bring a heading to plain lower-case words: ``"PainBefore (0-10)"`` to ``"pain before 0 10"``.

    Examples
    --------
    >>> fold("Chart #"), fold("Hip IR – active, R"), fold("painPre")
    ('chart no', 'hip ir active r', 'pain pre')
    """
    text = unicodedata.normalize("NFKD", heading)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text).casefold()
    text = text.replace("#", " no ").replace("n°", " no ").replace("'s ", " ")
    text = re.sub(r"[^a-z0-9%]+", " ", text)
    return " ".join(text.split())


def squash(heading: str) -> str:
    """Leave out the spaces of a folded heading, so that "home care" and "homecare" are one."""
    return fold(heading).replace(" ", "")


def heading_name(heading: str) -> str:
    """What tells one heading from another, in whatever letters, capitals and spacing.

    Examples
    --------
    >>> heading_name("Pain before (0-10)") == heading_name("pain  before 0-10")
    True
    >>> heading_name("\u75db\u307f") == heading_name("\u6c17\u5206")
    False
    """
    return squash(heading) or " ".join(heading.casefold().split())


def _alias_table() -> dict[str, str]:
    """Each folded heading, without spaces, and the field it names."""
    table: dict[str, str] = {}
    for field in _ALL:
        for alias in (field.name, field.name.replace("_", " "), *field.aliases.split("|")):
            table.setdefault(squash(alias), field.name)
    return table


#: Folded headings without spaces -> field.
ALIASES = _alias_table()
