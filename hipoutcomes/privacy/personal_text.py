"""What a cell itself gives away: an e-mail address, a telephone number, a number of a person."""

import re

from hipoutcomes.privacy.check_digits import (
    digits_of,
    is_bc_health_number,
    is_medicare_number,
    is_nhs_number,
    is_sin,
    is_ssn,
)

_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\W\d_]{2,}")
_WEB = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_IP = re.compile(
    r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"
)
_SSN = re.compile(r"(?<![\d-])(\d{3})[- ](\d{2})[- ](\d{4})(?![\d-])")
_NINE = re.compile(r"(?<![\d-])\d{3}[- ]\d{3}[- ]\d{3}(?![\d-])")
_NHS = re.compile(r"(?<![\d-])\d{3}[- ]\d{3}[- ]\d{4}(?![\d-])")
_MEDICARE = re.compile(r"(?<![\d-])\d{4}[- ]\d{5}[- ]\d(?:[-/ ]\d)?(?![\d-])")
_RAMQ = re.compile(r"\b[A-Z]{4} ?\d{2}(?:0[1-9]|1[0-2]|5[1-9]|6[0-2]) ?(?:[0-2]\d|3[01])\d{2}\b")
_PHONES = (
    re.compile(
        r"(?<![\d.-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\d.-])"
    ),
    re.compile(r"(?<![\w+])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\w)"),
    re.compile(r"(?<![\d.-])\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}(?![\d.-])"),
    re.compile(r"(?<![\d.-])0\d[ -]\d{4}[ -]\d{4}(?![\d.-])"),
    re.compile(r"(?<![\d.-])0[1-9](?:[ .]\d{2}){4}(?![\d.-])"),
)
_CANADA = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d\b")
_BRITAIN = re.compile(r"\b[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|"
    "NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_ZIP = re.compile(rf"\b(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?(?![\d-])")
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]? (?:[A-Z][\w'’.-]* ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|"
    r"Boulevard|Blvd|Crescent|Cres|Court|Ct|Place|Way|Terrace|Close)\b\.?"
    r"|\b\d{1,5},? (?:rue|avenue|boulevard|chemin) [A-ZÀ-Ü]"
)
_TITLED = re.compile(r"\b(?:Mrs?|Ms|Miss|Mx|Dr|Mme|Mlle|Prof)\.? [A-ZÀ-Ü][\w'’-]+")
#: Of a longer text so much is looked at: some patterns take the square of its length.
_LONGEST = 2_000
_HAS_NUMBER = re.compile(r"\d.*\d.*\d")


def kind_of_text(text: str) -> str:
    """What personal thing a text holds; empty where no pattern finds one.

    Only patterns are known, not names: a text without a finding is not thereby harmless.

    Examples
    --------
    >>> kind_of_text("call 604-555-0199"), kind_of_text("NHS 943 476 5919")
    ('phone', 'health number')
    >>> kind_of_text("Deep tissue 40; Swedish 20"), kind_of_text("2026-09-01 08:30:00 -0700")
    ('', '')
    """
    text = text[:_LONGEST]
    if "@" in text and _EMAIL.search(text):
        return "email"
    if _TITLED.search(text):
        return "name"
    if _WEB.search(text):
        return "web address"
    if not any(letter.isdigit() for letter in text):
        return ""
    if _STREET.search(text):
        return "address"
    if _CANADA.search(text) or _BRITAIN.search(text) or _ZIP.search(text):
        return "postcode"
    return _kind_of_number(text) if _HAS_NUMBER.search(text) else ""


def _kind_of_number(text: str) -> str:
    """What number of a person a text holds, written in its groups."""
    if _IP.search(text):
        return "ip address"
    if any(is_ssn(*found.groups()) for found in _SSN.finditer(text)):
        return "national number"
    if any(is_sin(digits_of(found)) for found in _NINE.findall(text)):
        return "national number"
    if _RAMQ.search(text) or any(is_medicare_number(digits_of(m)) for m in _MEDICARE.findall(text)):
        return "health number"
    tens = [digits_of(found) for found in _NHS.findall(text)]
    if any(is_nhs_number(ten) or is_bc_health_number(ten) for ten in tens):
        return "health number"
    for pattern in _PHONES:
        if any(8 <= len(digits_of(found[0])) <= 15 for found in pattern.finditer(text)):
            return "phone"
    return ""


def kind_of_bare_number(digits: str) -> str:
    """What number of a person bare digits may be.

    Chart numbers pass by chance, so a column is judged by almost all of its values.

    Examples
    --------
    >>> kind_of_bare_number("9434765919"), kind_of_bare_number("00457")
    ('health number', '')
    """
    if is_sin(digits):
        return "national number"
    if is_nhs_number(digits) or is_bc_health_number(digits) or is_medicare_number(digits):
        return "health number"
    if re.fullmatch(r"1?[2-9]\d{2}[2-9]\d{6}|0\d{9,10}", digits):
        return "phone"
    return ""
