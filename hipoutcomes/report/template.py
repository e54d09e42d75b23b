"""Templates filled into one self-contained page."""

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def page_html(template: str = "report.html.j2", **given) -> str:
    """Fill the page; everything but the package's own drawings and style is escaped.

    Parameters
    ----------
    template : str
        A file in `templates`.
    **given
        What it names.
    """
    environment = Environment(
        loader=PackageLoader("hipoutcomes.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = resources.files("hipoutcomes.report") / "templates" / "report.css"
    css = Markup(style.read_text(encoding="utf-8"))
    return environment.get_template(template).render(css=css, **given)
