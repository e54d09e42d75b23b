"""Which groups can be one side of a comparison."""

import numpy as np

from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.tables.treatments import MIXED


def arms(groups: Groups) -> np.ndarray:
    """Which groups were recorded in every grouping and are no mixture; shape (n groups,).

    Parameters
    ----------
    groups : Groups

    Examples
    --------
    >>> import pandas as pd
    >>> from hipoutcomes.analyses.groups.grouping import group_rows
    >>> frame = pd.DataFrame({"technique": ["swedish", "mixed", None, "swedish"]})
    >>> groups = group_rows(frame, "technique")
    >>> dict(zip(groups.table["group"], arms(groups).tolist()))
    {'Swedish': True, 'Mixed (no main technique)': False, 'Technique not recorded': False}
    """
    there = np.ones(len(groups), bool)
    for name in groups.names:
        values = groups.table[name]
        there &= (values.notna() & (values != MIXED)).to_numpy(bool)
    return there
