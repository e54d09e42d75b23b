"""Columns of people's names, told from columns of clinical words that also take capitals."""

import functools
import re
from collections.abc import Sequence

from hipoutcomes.vocabulary.codelists import CONDITIONS, MOTIONS, MUSCLES, TECHNIQUES

#: A column of names has at least so many, and they are at least this share of its values.
_FEWEST, _SHARE = 8, 0.6
_LONGEST = 80
_PART = r"(?:(?:Mc|Mac|O['’]|D['’]|L['’])?[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]+(?:-[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)?)"
_LINK = r"(?:de|da|di|del|della|du|des|la|le|van|von|der|den|ter|bin|al|el|y|[A-Z]\.?)"
_NAME = re.compile(rf"{_PART}(?:,? {_LINK}){{0,2}},? {_PART}(?: {_PART}){{0,2}}")
#: Words of clinics and of spreadsheets that are no names, beside those of the code lists.
_ORDINARY_WORDS = """
massage therapy therapist treatment session visit initial follow follow-up up assessment hip
left right both side pain after before between score scores client new returning first last
clinic centre center wellness health physio physiotherapy room street road avenue north
south east west downtown main branch location goniometer inclinometer phone app supine prone
seated standing very light medium firm deep no yes not arrived cancelled booked paid unpaid
direct billing insurance worker workers compensation motor vehicle accident sports injury
gradual onset sudden fall unknown other none hot cold heat ice pack stretching hydration
exercise home care self active passive total replacement minutes minute min hour registered
student acute chronic severe mild moderate pelvic lower upper back muscle joint bone soft
tissue survey preview anonymous link completed incomplete complete unverified event baseline
week month day arm january february march april may june july august september october
november december monday tuesday wednesday thursday friday saturday sunday
"""


@functools.cache
def _clinical_words() -> frozenset[str]:
    """Every word of the code lists, in lower case."""
    words = set(_ORDINARY_WORDS.split())
    for codelist in (TECHNIQUES, CONDITIONS, MUSCLES, MOTIONS):
        for term in codelist.terms.values():
            for text in (term.label, *term.aliases, *term.questioned):
                words.update(re.findall(r"[a-z]+", text.lower()))
    return frozenset(words)


def is_like_a_name(text: str) -> bool:
    """Whether a text is two to four words with capitals, none of them a word of a clinic.

    Examples
    --------
    >>> is_like_a_name("Mika Aldermoor"), is_like_a_name("Dunmarsh, Tove")
    (True, True)
    >>> is_like_a_name("Deep Tissue"), is_like_a_name("Swedish"), is_like_a_name("Hip Bursitis")
    (False, False, False)
    """
    if len(text) > _LONGEST or not _NAME.fullmatch(text):
        return False
    return not _clinical_words() & set(re.findall(r"[^\W\d_]+", text.lower()))


def looks_like_names(texts: Sequence[str]) -> bool:
    """Whether most distinct values of a column are like names.

    Parameters
    ----------
    texts : sequence of str
        Distinct values.
    """
    n_names = sum(is_like_a_name(text) for text in texts)
    return n_names >= max(_FEWEST, _SHARE * len(texts))
