"""Charts as files and as drawings inside the page, in the owner's words."""

from collections.abc import Callable, Iterable
from pathlib import Path

from markupsafe import Markup
from matplotlib.text import Text

from hipoutcomes.charts import style
from hipoutcomes.report.owner_words import in_owner_words
from hipoutcomes.report.parts import Figure

#: Space at either side of a chart, in inches: letters are a little wider in some browsers.
_MARGIN = 0.12


def drawn(
    draw: Callable,
    name: str,
    folder: Path,
    *,
    title: str,
    alternative: str,
    keep: Iterable[str] = (),
) -> Figure:
    """Draw a chart once; keep it as SVG and PNG, and hand back the drawing for the page.

    Parameters
    ----------
    draw : callable
        Without arguments; returns axes on a figure of their own.
    name : str
        File-safe.
    folder : Path
        Where `name`.svg and `name`.png go.
    title, alternative : str
        What it is and what it shows, for someone who cannot see it.
    keep : iterable of str
        Names from the clinic's own file, which are not translated.
    """
    keep = tuple(keep)
    ax = draw()
    try:
        figure = ax.get_figure(root=True)
        _say_in_owner_words(figure, keep)
        # Once laid out, the figure keeps its layout for both files.
        figure.get_layout_engine().set(w_pad=_MARGIN)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        alternative = in_owner_words(alternative, keep)
        svg = style.figure_to_svg(ax, title=title, alternative=alternative)
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        style.save_png(ax, folder / f"{name}.png")
    finally:
        style.close(ax)
    width, height = figure.get_size_inches()
    return Figure(name, Markup(svg), alternative, is_tall=bool(height > width))


def _say_in_owner_words(figure, keep: tuple[str, ...]) -> None:
    """Translate every text of a figure, tick labels included."""
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            said = [label.get_text() for label in axis.get_ticklabels()]
            owner = [_translated(text, keep) for text in said]
            if owner != said:
                axis.set_ticks(axis.get_ticklocs(), owner)
    for text in figure.findobj(Text):
        before = text.get_text()
        after = _translated(before, keep)
        if after != before:
            text.set_text(after)


def _translated(text: str, keep: tuple[str, ...]) -> str:
    """Translate line by line, so that lines stay as they were broken."""
    return "\n".join(in_owner_words(line, keep) for line in text.split("\n"))
