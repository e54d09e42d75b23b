"""Words of massage and hips, which name nobody."""

import functools
import re

from hipoutcomes.vocabulary.codelists import CONDITIONS, MOTIONS, MUSCLES, TECHNIQUES

#: A phrase of more words than this is text that somebody wrote.
_MOST_WORDS, _MOST_LETTERS = 4, 40
#: Devices, positions, procedures and aftercare, beside the words of the code lists. None of them is
#: also a name of people.
_WORDS = """
a and arthroplasty arthroscopy arthroscopic at avoid band bath baths bed bending bike cold compress
cooling crossed cycling daily device digital double driving electronic elevation epsom exercise
exercises flexed foam footwear gentle goniometer half handheld healing heat heating hip hips home
hot hydration ice icing inclinometer injection it kneeling knee knees load lying massage measuring
mobility movement no none of on or other pack packs pain pillow plastic pool position posture
prone replacement resurfacing rest resting revision roll roller rolling rom salt seated self side
sidelying sitting sleep smartphone standing steps strength strengthening stretch stretches
stretching supine supported surgery swim swimming table tape total towel universal up walk walking
warm water with without work yoga phone app ball breathing
both female firm light left male medium missing right score unknown visit visits zero between
"""
_SPLIT = re.compile(r"[\s/&,+()-]+")
_MINUTES = re.compile(r"\d{1,3}")


@functools.cache
def _known() -> frozenset[str]:
    """Every word of the list above, and of labels and codes of the code lists."""
    words = set(_WORDS.split())
    for codelist in (TECHNIQUES, CONDITIONS, MUSCLES, MOTIONS):
        for term in codelist.terms.values():
            for text in (term.label, term.code):
                words.update(re.findall(r"[a-z]{2,}", text.lower()))
    return frozenset(words)


@functools.cache
def is_clinical(phrase: str) -> bool:
    """Whether each word of a short phrase is a word of massage and hips, or a small number.

    Examples
    --------
    >>> is_clinical("foam rolling"), is_clinical("side-lying"), is_clinical("jane doe knee")
    (True, True, False)
    """
    words = [word for word in _SPLIT.split(phrase.replace("_", " ")) if word]
    if not words or len(words) > _MOST_WORDS or len(phrase) > _MOST_LETTERS:
        return False
    numbers = [word for word in words if _MINUTES.fullmatch(word)]
    if len(numbers) > 1 or len(numbers) == len(words):
        return False
    return all(word in _known() for word in words if word not in numbers)
