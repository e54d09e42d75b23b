"""The house rules that a walk over the imports can hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "hipoutcomes"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: What each layer may import of the package itself.
MAY_USE = {
    "errors": set(),
    "vocabulary": {"errors"},
    "tables": {"vocabulary", "errors"},
    "stats": {"errors"},
    "charts": {"vocabulary", "errors"},
    "results": {"privacy", "vocabulary", "errors"},
    "ingest": {"tables", "vocabulary", "errors"},
    "store": {"tables", "vocabulary", "errors"},
    "privacy": {"tables", "vocabulary", "errors"},
    "clinic": {"ingest", "tables", "vocabulary", "errors"},
    "loading": {"clinic", "ingest", "tables", "vocabulary", "errors"},
    "simulate": {"tables", "vocabulary", "errors"},
    "analyses": {"results", "charts", "stats", "tables", "vocabulary", "errors"},
    "due": {"clinic", "tables", "vocabulary", "errors"},
    "clinic_records": {
        "clinic", "loading", "ingest", "store", "privacy", "tables", "vocabulary", "errors",
    },
    "report": {
        "analyses", "clinic", "results", "charts", "stats", "ingest", "privacy", "tables",
        "vocabulary", "errors",
    },
}  # fmt: skip

#: Outside packages that a layer must not import.
MUST_NOT = {
    "vocabulary": {"matplotlib", "scipy"},
    "stats": {"pandas", "matplotlib"},
    "charts": {"scipy", "statsmodels"},
    "tables": {"matplotlib", "scipy", "statsmodels"},
    "ingest": {"matplotlib", "scipy", "statsmodels"},
    "store": {"matplotlib", "scipy", "statsmodels"},
    "privacy": {"matplotlib", "statsmodels"},
    "clinic": {"matplotlib", "scipy", "statsmodels"},
    "loading": {"matplotlib", "scipy", "statsmodels"},
}


def layer_of(path: Path) -> str:
    """First part of a module's path, without a suffix such as in simulate_files.py."""
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return part.split("_")[0] if part.startswith("simulate") else part


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} uses a relative import"
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_layers_under_it(path):
    layer = layer_of(path)
    if layer in ("__init__", "cli"):
        return
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("hipoutcomes.")}
    ours = {"simulate" if name.startswith("simulate") else name for name in ours}
    assert ours <= MAY_USE[layer] | {layer}
    outside = {name.split(".")[0] for name in imports_of(path)}
    assert not outside & MUST_NOT.get(layer, set())


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_style_of_charts_touches_pyplot(path):
    uses = any(name.startswith("matplotlib.pyplot") for name in imports_of(path))
    assert not uses or path.relative_to(PACKAGE).as_posix() == "charts/style.py"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path):
    calls = [
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert "print" not in calls or layer_of(path) == "cli"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_randomness_comes_from_a_seeded_generator(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("np.random."):
            assert node.attr in ("default_rng", "Generator", "SeedSequence")
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("default_rng"):
            assert node.args, "default_rng() without a seed gives other numbers each time"


def test_no_drawer_for_odds_and_ends():
    names = {part for path in MODULES for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert not names & {"utils", "helpers", "core", "base", "common", "types", "misc"}


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, hipoutcomes; "
        "print([m for m in ('scipy', 'matplotlib', 'statsmodels', 'duckdb', 'jinja2', 'typer', "
        "'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    import hipoutcomes

    for name in hipoutcomes.__all__:
        assert getattr(hipoutcomes, name) is not None
