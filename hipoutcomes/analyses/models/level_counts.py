"""How many patients, or rows, stand behind adjusted means and contrasts, and which are too few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hipoutcomes.tables.design import Design


@dataclass(frozen=True, slots=True, eq=False)
class LevelCounts:
    """Rows and patients at each of m levels, or combinations of levels, of a model.

    Attributes
    ----------
    n_rows : ndarray of int, shape (m,)
    shared : ndarray of int, shape (m, m), optional
        Patients at both of two levels, and on the diagonal at each; None in a model that does not
        know its patients.
    """

    n_rows: np.ndarray
    shared: np.ndarray | None

    @classmethod
    def of(
        cls, made: Design, factor: str, by: str | None, patients: np.ndarray | None
    ) -> "LevelCounts":
        """Counts at the levels that `Design.reference_rows` gives."""
        shared = None if patients is None else made.shared_patients(factor, by, patients)
        return cls(made.sizes(factor, by), shared)

    def together(self, cells: Sequence[tuple[int, ...]]) -> dict[str, np.ndarray]:
        """Columns that count the rows, and the patients, at one or two levels together."""
        places = np.array(cells)
        counts = {"n_rows": self.n_rows[places].sum(axis=1)}
        if self.shared is not None:
            n_patients = np.diag(self.shared)[places].sum(axis=1)
            if places.shape[1] == 2:
                n_patients = n_patients - self.shared[places[:, 0], places[:, 1]]
            counts["n_patients"] = n_patients
        return counts

    def reasons(
        self, cells: Sequence[tuple[int, ...]], names: Sequence[str], fewest: int, what: str
    ) -> list[str]:
        """Why each estimate is not given; empty where enough stand behind every level."""
        names = list(names)
        noun = "row" if self.shared is None else "patient"
        sizes = self.n_rows if self.shared is None else np.diag(self.shared)
        return [
            _too_few([(names[place], int(sizes[place])) for place in cell], noun, fewest, what)
            for cell in cells
        ]


def _too_few(sizes: list[tuple[str, int]], noun: str, fewest: int, what: str) -> str:
    """Why levels of these sizes get no estimate; empty where they do."""
    small = [
        f"{n or 'no'} {noun if n == 1 else noun + 's'} at {name!r}"
        for name, n in sizes
        if n < fewest
    ]
    if not small:
        return ""
    only = "" if small[0].startswith("no ") else "only "
    each = " at each level" if len(sizes) > 1 else ""
    return f"{only}{' and '.join(small)}; {what} needs {fewest}{each}"
