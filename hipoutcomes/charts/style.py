"""One look for every chart: colours, sizes, and the only door to pyplot.

A chart asks `axes_or_new` for axes. Without axes it gets a new pyplot figure, so that a notebook
shows the chart when it is a cell's last line; whoever asked for it closes it with `close`.
Sizes and colours are given to each artist: no setting of matplotlib is changed.
"""

from io import StringIO
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hipoutcomes.charts.inline_svg import inline, text_blocks

#: Text and the marks that matter most after the accent.
INK = "#222222"

#: Secondary text and marks; 5.7 to 1 against white.
GREY = "#666666"

#: Grid lines, empty bars.
PALE = "#DDDDDD"

#: The one accent: the blue of Okabe and Ito's colour-blind safe palette.
ACCENT = "#0072B2"

#: The accent as a light area behind a line.
ACCENT_PALE = "#CCE3F0"

#: The opposite of the accent, where a scale has two ends; always with a hatch or a sign.
CONTRARY = "#D55E00"

#: Lines of several groups: colour, dashes and marker all differ.
LINES = (
    {"color": ACCENT, "linestyle": "-", "marker": "o"},
    {"color": INK, "linestyle": (0, (5, 2)), "marker": "s"},
    {"color": GREY, "linestyle": (0, (1.5, 1.5)), "marker": "^"},
    {"color": CONTRARY, "linestyle": (0, (6, 2, 1.5, 2)), "marker": "D"},
    {"color": "#009E73", "linestyle": (0, (8, 2)), "marker": "v"},
    {"color": "#999999", "linestyle": "-", "marker": "P"},
)

#: Width of a chart in inches: a page's text column.
WIDTH = 7.2

#: Text sizes in points.
TEXT, SMALL = 9.5, 8.5

_HATCH = "////"


def axes_or_new(ax=None, *, size=(WIDTH, 4.0)) -> Axes:
    """The axes to draw on: those given, or those of a new figure.

    Parameters
    ----------
    ax : Axes, optional
    size : tuple of float
        Width and height of a new figure, in inches.

    Raises
    ------
    TypeError
        When `ax` is something else, such as a whole figure.

    Examples
    --------
    >>> ax = axes_or_new()
    >>> axes_or_new(ax) is ax
    True
    >>> close(ax)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=size, layout="constrained")
    if not isinstance(ax, Axes):
        raise TypeError(
            f"ax is a {type(ax).__name__}; a chart is drawn on matplotlib Axes, "
            "such as plt.figure().subplots(), or on a new figure with ax=None."
        )
    return ax


def tidy(ax, *, grid: str = "", frame: bool = True) -> None:
    """Give axes the common look: two spines, quiet ticks, a faint grid along `grid` (x or y)."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_visible(frame)
    ax.spines[["left", "bottom"]].set(color=GREY, linewidth=0.8)
    ax.tick_params(labelsize=TEXT, labelcolor=INK, color=GREY, width=0.8, length=3)
    ax.xaxis.label.set(fontsize=TEXT, color=INK)
    ax.yaxis.label.set(fontsize=TEXT, color=INK)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(axis=grid, color=PALE, linewidth=0.6)


def write_note(ax, text: str, *, below=None) -> None:
    """Write a small grey note under the label of the horizontal axis, or under artist `below`.

    It begins at the left edge of the figure, where wide labels of groups leave it room.
    """
    if text:
        ax.annotate(
            text,
            xy=(0.01, 0),
            xycoords=(ax.figure.transSubfigure, below or ax.xaxis.label),
            xytext=(0, -5),
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=SMALL,
            color=GREY,
            linespacing=1.3,
            annotation_clip=False,
        )


def write_message(ax, text: str) -> None:
    """Say in the middle of otherwise empty axes why nothing is drawn."""
    ax.set_axis_off()
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=TEXT, color=INK
    )


def figure_to_svg(ax, *, title: str = "", alternative: str = "") -> str:
    """The figure of `ax` as one ``<svg>`` element to place in a web page or in a file.

    Text stays text, in a generic font stack. Every id and style is the figure's own, so several
    charts share a page; nothing in it depends on the clock, so equal charts give equal text.

    Parameters
    ----------
    ax : Axes
    title : str
        Short name of the chart.
    alternative : str
        What the chart shows, for someone who cannot see it: from `charts.alternatives`.

    Examples
    --------
    >>> ax = axes_or_new()
    >>> figure_to_svg(ax, title="Pain").startswith("<svg")
    True
    >>> close(ax)
    """
    figure = ax.get_figure(root=True)
    written = StringIO()
    with (
        text_blocks(figure) as blocks,
        rc_context({"svg.fonttype": "none", "svg.hashsalt": "hipoutcomes"}),
    ):
        nameless = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(written, format="svg", facecolor="white", metadata=nameless)
    return inline(written.getvalue(), blocks, title=title, alternative=alternative)


def save_png(ax, path, *, dpi: int = 150) -> Path:
    """Write the figure of `ax` as a PNG and return its path.

    Parameters
    ----------
    ax : Axes
    path : path-like
    dpi : int
        Dots per inch.
    """
    path = Path(path)
    nameless = {"Software": None}
    figure = ax.get_figure(root=True)
    figure.savefig(path, format="png", dpi=dpi, facecolor="white", metadata=nameless)
    return path


def close(ax) -> None:
    """Close the figure of `ax`, so that a long report holds one chart in memory at a time."""
    plt.close(ax.get_figure(root=True))


def hatched(x, y, width, height, **look) -> Rectangle:
    """A white rectangle with grey diagonal lines: the look of what went the other way."""
    style = {"facecolor": "white", "edgecolor": GREY, "hatch": _HATCH, "linewidth": 0.8}
    return Rectangle((x, y), width, height, **(style | look))
