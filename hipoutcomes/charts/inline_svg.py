"""Turn a drawing that matplotlib wrote into one SVG element fit to stand inside a web page."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.dom.minidom import Document, Element, parseString

from matplotlib.text import Text

#: DejaVu Sans and Verdana are equally wide, so the layout holds on Linux, macOS and Windows.
FONTS = "'DejaVu Sans', Verdana, 'Helvetica Neue', Arial, sans-serif"

_ANCHORS = {"left": ("start", "x0"), "center": ("middle", None), "right": ("end", "x1")}


@contextmanager
def text_blocks(figure) -> Iterator[dict[str, tuple[str, float]]]:
    """Name each text of several lines while a drawing is written, and then find its place.

    Yields
    ------
    dict of str to (str, float)
        Filled on leaving: by name, the SVG text anchor, and where it lies horizontally in points.
        Without these, matplotlib places each line by the width it has in its own font, which the
        reader's browser may not have.
    """
    several = [text for text in figure.findobj(Text) if "\n" in text.get_text()]
    level = [text for text in several if text.get_visible() and text.get_rotation() == 0]
    named = {f"block_{order}": (text, text.get_gid()) for order, text in enumerate(level)}
    blocks = {}
    for name, (text, _) in named.items():
        text.set_gid(name)
    try:
        yield blocks
        blocks |= {name: _anchor(text, figure) for name, (text, _) in named.items()}
    finally:
        for text, gid in named.values():
            text.set_gid(gid)


def _anchor(text: Text, figure) -> tuple[str, float]:
    """The SVG text anchor of a block of lines, and where it lies in points."""
    anchor, edge = _ANCHORS[text.get_horizontalalignment()]
    box = text.get_window_extent()
    place = getattr(box, edge) if edge else (box.x0 + box.x1) / 2
    return anchor, place * 72 / figure.dpi


def inline(svg: str, blocks: dict, *, title: str, alternative: str) -> str:
    """The ``<svg>`` element of a drawing, with its own ids, a text alternative and no metadata.

    Parameters
    ----------
    svg : str
        An SVG document as matplotlib writes it.
    blocks : dict
        From `text_blocks`.
    title, alternative : str
        Short name and full description; either may be empty.
    """
    document = parseString(svg)
    root = document.documentElement
    mark = "c" + hashlib.sha256((title + svg).encode()).hexdigest()[:8]
    for unwanted in document.getElementsByTagName("metadata"):
        unwanted.parentNode.removeChild(unwanted)
    _anchor_blocks(document, blocks)
    _claim_names(document, mark)
    _describe(document, root, mark, title, alternative)
    _fit(root)
    return re.sub(r"\n\s*\n", "\n", root.toxml())


def _anchor_blocks(document: Document, blocks: dict) -> None:
    """Anchor the lines of each block where the block is anchored."""
    for group in document.getElementsByTagName("g"):
        if group.getAttribute("id") in blocks:
            anchor, place = blocks[group.getAttribute("id")]
            for line in group.getElementsByTagName("text"):
                _, y = re.findall(r"-?[\d.]+", line.getAttribute("transform"))[:2]
                line.removeAttribute("transform")
                line.setAttribute("x", f"{place:.2f}")
                line.setAttribute("y", y)
                line.setAttribute("style", line.getAttribute("style") + f"; text-anchor: {anchor}")


def _claim_names(document: Document, mark: str) -> None:
    """Prefix every id and every reference to one, and keep the drawing's style to itself."""
    for element in document.getElementsByTagName("*"):
        for name, value in list(element.attributes.items()):
            if name == "id":
                element.setAttribute(name, f"{mark}-{value}")
            elif name == "style":
                value = re.sub(r"font-family: [^;]*", f"font-family: {FONTS}", value)
                element.setAttribute(name, value.replace("url(#", f"url(#{mark}-"))
            elif value.startswith("#") and name.endswith("href"):
                element.setAttribute(name, f"#{mark}-{value[1:]}")
            elif "url(#" in value:
                element.setAttribute(name, value.replace("url(#", f"url(#{mark}-"))
    for sheet in document.getElementsByTagName("style"):
        sheet.firstChild.data = sheet.firstChild.data.replace("*{", f"#{mark} *{{")


def _describe(document: Document, root: Element, mark: str, title: str, alternative: str) -> None:
    """Add the text alternative where screen readers look for it."""
    root.setAttribute("id", mark)
    root.setAttribute("role", "img")
    root.setAttribute("aria-label", " ".join(part for part in (title, alternative) if part))
    for tag, text in (("desc", alternative), ("title", title)):
        if text:
            element = document.createElement(tag)
            element.appendChild(document.createTextNode(text))
            root.insertBefore(element, root.firstChild)


def _fit(root: Element) -> None:
    """Let the drawing shrink with the page, and not grow beyond its own size."""
    width = float(root.getAttribute("width").removesuffix("pt"))
    root.removeAttribute("height")
    root.setAttribute("width", f"{width * 4 / 3:.0f}")
    root.setAttribute("style", "max-width: 100%; height: auto")
