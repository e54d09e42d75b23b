"""The folder of these tests can be imported from: their records are made in one place."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
