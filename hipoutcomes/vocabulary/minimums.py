"""The smallest numbers of patients for which something is said: two different rules."""

#: Fewer patients than this get no estimate: the row shows n and the reason (reliability).
ESTIMATE = 10

#: Fewer patients than this in either group get no comparison (reliability).
CONTRAST = 20

#: Fewer patients than this in a cell are not shown even inside the clinic (disclosure).
DISCLOSURE_INSIDE = 5


def too_few(n_patients: int) -> str:
    """Say why a group of this size gets no estimate; empty where it gets one.

    Examples
    --------
    >>> too_few(4)
    'only 4 patients; an estimate needs 10'
    >>> too_few(10)
    ''
    """
    if n_patients >= ESTIMATE:
        return ""
    if n_patients == 0:
        return f"no patients; an estimate needs {ESTIMATE}"
    noun = "patient" if n_patients == 1 else "patients"
    return f"only {n_patients} {noun}; an estimate needs {ESTIMATE}"
