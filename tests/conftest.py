"""What several tests share: the demo clinic, the real data beside the project, closed figures."""

import os
from pathlib import Path

import pytest

# Tests run side by side: a second thread for matrices in each of them only takes time. Read by
# numpy when it is first imported, which is later than this.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the project."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.exists():
        pytest.skip("the real data is not beside this checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def demo_clinic():
    """The committed demo file, loaded once."""
    import hipoutcomes as ho

    return ho.load(ROOT / "data" / "demo_sessions.csv")


@pytest.fixture(autouse=True)
def _closed_figures():
    """No test leaves a figure open for the next."""
    yield
    import sys

    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
