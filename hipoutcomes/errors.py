"""Everything that can stop a file or a question, each with the exit code of the command line.

An error is one message of up to three lines: what was found, what was expected, what to do.
"""


class HipoutcomesError(Exception):
    """A file or a question that cannot proceed.

    Parameters
    ----------
    found : str
        What was found, naming the file, column or group.
    expected : str
        What was expected instead.
    remedy : str
        What to do next, ready to type where that is possible.

    Examples
    --------
    >>> print(HipoutcomesError("There is no file scores.csv.", remedy="Check the name."))
    There is no file scores.csv.
      Check the name.
    """

    exit_code = 1

    def __init__(self, found: str, expected: str = "", remedy: str = ""):
        self.found, self.expected, self.remedy = found, expected, remedy
        super().__init__("\n  ".join(line for line in (found, expected, remedy) if line))


class FileError(HipoutcomesError):
    """A file that cannot be read: missing, empty, damaged, or of a kind we do not read."""

    exit_code = 2


class OutputError(HipoutcomesError):
    """A place that cannot be written to."""

    exit_code = 2


class MappingError(HipoutcomesError):
    """A file whose columns, or a mapping whose entries, do not say what we need."""

    exit_code = 2


class DecisionNeeded(HipoutcomesError):
    """A question only the owner of the file can answer; nothing was written."""

    exit_code = 4


class StoreError(HipoutcomesError):
    """A clinic's records that cannot be opened: locked, damaged, or of a newer version."""

    exit_code = 5


class TooManySetAside(HipoutcomesError):
    """A file of which more rows would be set aside than its owner allows; nothing was written."""

    exit_code = 6


class NothingUsable(HipoutcomesError):
    """A file that was read, and in which no row could be used."""

    exit_code = 6


class TableError(HipoutcomesError):
    """A table that breaks its promise: a missing column, or two rows with one key."""


class NotEnoughData(HipoutcomesError):
    """A question that these records are too few, or of the wrong kind, to answer."""
