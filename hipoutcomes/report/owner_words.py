"""From the words of researchers to the words of a clinic owner: one table, whole words only."""

import re
from collections.abc import Iterable
from functools import cache

#: What results say, and what the report says instead; longer phrases win over shorter ones.
OWNER_WORDS = {
    "patient": "client",
    "patients": "clients",
    "patient's": "client's",
    "patients'": "clients'",
    "a session": "an appointment",
    "one session": "one appointment",
    "session": "appointment",
    "sessions": "appointments",
    "session's": "appointment's",
    "an episode": "a course of care",
    "an episode of care": "a course of care",
    "episode": "course of care",
    "episode of care": "course of care",
    "episodes": "courses of care",
    "episodes of care": "courses of care",
    "at baseline": "at the start",
    "baseline": "first score",
    "a baseline": "a first score",
    "baseline score": "first score",
    "baseline scores": "first scores",
    "baselines": "first scores",
    "score at baseline": "first score",
    "scores at baseline": "first scores",
    "final score": "later score",
    "final scores": "later scores",
    "responder": "client who got better by the threshold",
    "responders": "clients who got better by the threshold",
    "responder rate": "share who got better",
    "responder rates": "shares who got better",
    "deterioration": "worsening",
    "deteriorated": "got worse",
    "confidence interval": "likely range",
    "confidence intervals": "likely ranges",
    "95% confidence interval": "likely range (95%)",
    "95 % confidence interval": "likely range (95%)",
    "standard deviation": "typical spread",
    "standard deviations": "typical spreads",
    "quarantined": "set aside for you",
    "lost to follow-up": "not measured again",
    "an unadjusted": "a simple",
    "unadjusted": "simple",
    "`baseline_mean` is": "The column “Their own first score” is",
    "95% interval": "likely range",
    "95% intervals": "likely ranges",
    "already running": "may have begun before",
    "measured alike": "measured in the same way",
    "is the answer of `completeness`": "stands above",
}


@cache
def _pattern() -> re.Pattern[str]:
    """All phrases, longest first, where they stand as whole words."""
    phrases = sorted(OWNER_WORDS, key=len, reverse=True)
    return re.compile(
        r"(?<![\w-])(" + "|".join(map(re.escape, phrases)) + r")(?![\w-])", re.IGNORECASE
    )


def in_owner_words(text: str, keep: Iterable[str] = ()) -> str:
    """Say a sentence of a result in the owner's words.

    Parameters
    ----------
    text : str
    keep : iterable of str
        Names that come from the clinic's own file (therapists, clinics): left as they are.

    Examples
    --------
    >>> in_owner_words("61 patients had a session; their baseline was 5.6.")
    '61 clients had an appointment; their first score was 5.6.'
    >>> in_owner_words("Patients of Patient First improved.", keep=["Patient First"])
    'Clients of Patient First improved.'
    """
    names = sorted({str(name) for name in keep if name}, key=len, reverse=True)
    if not names:
        return _pattern().sub(_translated, text)
    pieces = re.split(r"(?<!\w)(" + "|".join(map(re.escape, names)) + r")(?!\w)", text)
    return "".join(
        piece if i % 2 else _pattern().sub(_translated, piece) for i, piece in enumerate(pieces)
    )


def _translated(found: re.Match[str]) -> str:
    """The owner's word with the capital of the researcher's."""
    said = OWNER_WORDS[found.group(0).lower()]
    return said[0].upper() + said[1:] if found.group(0)[0].isupper() else said
