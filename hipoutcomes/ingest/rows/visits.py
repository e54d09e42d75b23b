"""Which rows are visits, which are scores between visits, and which are neither."""

import re

from hipoutcomes.ingest.parsing.parsed import Parsed, tidy

#: What a row can be.
VISIT, SCORE, NOT_A_VISIT = "visit", "score", "not a visit"

#: The patient of the example row that `sheet.write_sheet` makes.
EXAMPLE = "EXAMPLE"

_SCORE_ONLY = re.compile(
    r"(score|scores|rating|pain)( only| between visits| between| by .*| form| check)?"
    r"|between( visits| sessions| appointments)?|text( message)?|sms|(tele)?phone( call)?|call"
    r"|e-?mail|(online )?(form|survey|questionnaire)|check-?in( call| text)?|remote( score)?"
    r"|(\d+|one|two|three|four|six|eight|twelve)[- ]?(week|month|day|wk)s?"
    r"( (check|score|call|text|form|survey|follow[- ]?up|later))*"
    r"|(week|month|day) ?\d+( (check|score|call|text|form|survey|follow[- ]?up))*"
    r"|(score|follow[- ]?up|later) (score|call|text|form|survey|email|phone)( .*)?"
    r"|no visit|not a visit|between-visit score"
)
_NOT_TAKEN_PLACE = re.compile(
    r"(late )?cancel?l?(ed|lation|ation)?( .*)?|no[- ]?show(ed)?( .*)?|dna"
    r"|did not (attend|arrive|come)|didn'?t (attend|come|show)|not attended|missed( .*)?"
    r"|rescheduled|booked|never booked"
    r"|archived|deleted|void(ed)?|absent|scheduled|pending|upcoming|unattended|late cancel"
    r"|break|waitlist(ed)?|example|did not take place"
)
_VISIT = re.compile(
    r"visits?|sessions?|appointments?|treatments?|massages?|arrived|attended|complete[d]?|checked"
    r"[- ](in|out)|show(ed)?|present|seen|kept|done|paid|closed|yes|y|true|1|x|ok|initial( .*)?"
    r"|first( .*)?|1st( .*)?|new( .*)?|follow[- ]?up( visit| appointment| session| treatment)?"
    r"|returns?( .*)?|returning|subsequent|repeat|regular|assessment|re-?assessment|review"
    r"|consult(ation)?|discharge( visit)?|last( visit)?|final( visit)?|in[- ]person|walk[- ]?in"
    r"|\d+ ?min(ute)?s?( .*)?|.* (massage|visit|session|treatment|appointment|assessment)"
)


def parse_row_type(raw: object) -> Parsed:
    """Read a row type; what is not known is taken for a visit, with a question.

    Examples
    --------
    >>> parse_row_type("Score only").value, parse_row_type("No-show").value
    ('score', 'not a visit')
    >>> parse_row_type("6-week check").value, parse_row_type("Follow-up").value
    ('score', 'visit')
    """
    text = tidy(raw).replace("_", " ").strip(" .!")
    if _NOT_TAKEN_PLACE.fullmatch(text):
        return Parsed(NOT_A_VISIT)
    if _SCORE_ONLY.fullmatch(text):
        return Parsed(SCORE)
    if _VISIT.fullmatch(text):
        return Parsed(VISIT)
    return Parsed(VISIT, "unknown-row-type")


def parse_attendance(raw: object) -> Parsed:
    """Read whether a visit took place: a status, or yes and no."""
    if tidy(raw) in ("no", "n", "false", "0"):
        return Parsed(NOT_A_VISIT)
    return parse_row_type(raw)


def parse_cancellation(raw: object) -> Parsed:
    """Read whether a visit was cancelled: anything but "no" means that it was."""
    no = tidy(raw) in ("no", "n", "false", "0", "-", "n/a", "na", "not cancelled", "arrived")
    return Parsed(VISIT if no else NOT_A_VISIT)
