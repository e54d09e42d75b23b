"""One person's number, however it was typed: the same text before a code is made of it."""

import re
import unicodedata

_WHOLE_NUMBER = re.compile(r"(\d+)\.0+")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")
_WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))


def normalised(text: str, *, zeros: str = "ignored") -> str:
    """A number or name as codes are made of it: what typing alone changes is gone.

    Spaces around it and repeated ones, case, forms of letters (NFKC), kinds of dashes, and the
    ``.0`` that spreadsheets add to whole numbers. Zeros before a number of digits alone are ignored
    by default: a spreadsheet that opens an export drops them, so that 00457 and 457 are nearly
    always one client, whom keeping them apart would split in two. A clinic to which they are two
    clients makes its key with zeros ``kept``.

    Parameters
    ----------
    text : str
    zeros : {"ignored", "kept"}

    Examples
    --------
    >>> normalised(" c0042 "), normalised("457.0"), normalised("00457"), normalised("Ann  Lee")
    ('C0042', '457', '457', 'ANN LEE')
    >>> normalised("00457", zeros="kept"), normalised("000")
    ('00457', '0')
    """
    plain = " ".join((text if text.isascii() else _one_form(text)).split()).upper()
    if found := _WHOLE_NUMBER.fullmatch(plain):
        plain = found[1]
    if zeros == "ignored" and plain.isdecimal():
        plain = plain.lstrip("0") or "0"
    return plain


def _one_form(text: str) -> str:
    """Letters, dashes and spaces beyond ASCII in one form each, before capitals are made."""
    plain = unicodedata.normalize("NFKC", text).translate(_WITHOUT_WIDTH).translate(_DASHES)
    # Folding brings letters such as the German sharp s to one form.
    return unicodedata.normalize("NFC", plain.casefold().upper())
