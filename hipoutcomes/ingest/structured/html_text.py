"""Text that a person typed into a web page, without its tags."""

import html
import re

_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_BREAK = re.compile(r"<\s*(?:br|/div|/p|/li)[^<>]{0,200}>", re.I)


def without_html(text: str) -> str:
    """A text without its tags.

    Examples
    --------
    >>> without_html("<div>7 / 10</div><div>&lt;better&gt;</div>"), without_html("<2")
    ('7 / 10 <better>', '<2')
    """
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", text))).split())
