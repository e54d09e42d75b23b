"""The notebooks run from top to bottom, are thin, and are committed without outputs."""

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def code_cells(path):
    return [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_thin_and_holds_no_outputs(path):
    cells = code_cells(path)
    assert "".join(cells[0]["source"]).startswith("file = ")
    for cell in cells:
        source = "".join(cell["source"])
        assert len(source.splitlines()) <= 6
        assert not re.search(r"^\s*(def|for|class)\b|\blambda\b", source, re.MULTILINE)
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_runs_from_top_to_bottom(path):
    nbformat = pytest.importorskip("nbformat", reason="needs the extra 'lab' or 'test'")
    nbclient = pytest.importorskip("nbclient", reason="needs the extra 'lab' or 'test'")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    assert len(outputs) >= 4
