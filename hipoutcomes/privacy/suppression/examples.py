"""Whole worlds that agree with what was released: the proof that a number is hidden.

A number of clients is hidden when two such worlds can be shown, in whole clients: one in which it
is 1 or less, and one in which it is as large as the largest that must be hidden. Nobody can then
say where between the two it lies. What is not found within a fixed effort counts as not hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hipoutcomes.privacy.suppression.quiet_solver import quiet
from hipoutcomes.privacy.suppression.worlds import Terms, Worlds

#: Effort of one search: branches that the solver may open. A fixed number gives the same answer
#: on every computer, which a time limit would not.
_BRANCHES, _BRANCHES_FOR_MANY = 500, 20
_TRACE = 1e-6


@dataclass(frozen=True, slots=True)
class Secret:
    """A number that must not be told.

    Attributes
    ----------
    name : tuple
        Grouping, groups, classes, snapshot, and the earlier snapshot where it is the difference
        between two copies.
    terms : list of (int, float)
        The number, as terms of the unknowns of a `Worlds`.
    low, high : float
        It must be able to be `low` or less, and `high` or more.
    is_by_scores : bool
        Whether means are taken apart to work it out.
    kin : int
        Those of one number are looked for together: one world may well show them all.
    """

    name: tuple[str, frozenset[str], tuple[str, ...], int, int | None]
    terms: Terms
    low: float
    high: float
    is_by_scores: bool = False
    kin: int = 0

    @property
    def grouping(self) -> str:
        """In which grouping it is."""
        return self.name[0]

    @property
    def groups(self) -> frozenset[str]:
        """Whose number it is."""
        return self.name[1]

    @property
    def classes(self) -> tuple[str, ...]:
        """What is counted."""
        return self.name[2]

    @property
    def snapshot(self) -> int:
        """Place of its snapshot."""
        return self.name[3]

    @property
    def is_change(self) -> bool:
        """Whether it is the difference between two copies."""
        return self.name[4] is not None


def first_exposed(worlds: Worlds, secrets: Sequence[Secret]) -> Secret | None:
    """The first secret that could be worked out; None where all are hidden.

    Parameters
    ----------
    worlds : Worlds
    secrets : sequence of Secret
    """
    found = exposed(worlds, secrets, only_first=True)
    return secrets[found[0]] if found else None


def exposed(worlds: Worlds, secrets: Sequence[Secret], *, only_first: bool = False) -> list[int]:
    """Places of the secrets that could be worked out.

    Parameters
    ----------
    worlds : Worlds
    secrets : sequence of Secret
    only_first : bool
        Stop at the first.
    """
    search = _Search(worlds, secrets)
    wanted = set(range(len(secrets)))
    for upward in (False, True):
        search.look_for_many(upward)
    found = []
    for place in sorted(wanted):
        if not all(search.look_for(place, upward) for upward in (False, True)):
            found.append(place)
            if only_first:
                break
    return found


class _Search:
    """Worlds found so far, and which ends of which secrets they show."""

    def __init__(self, worlds: Worlds, secrets: Sequence[Secret]):
        from scipy.sparse import csr_array

        self.worlds, self.secrets = worlds, secrets
        lines = [terms for terms, _, _ in worlds.rows]
        self.whole = np.array(worlds.whole, bool)
        self.known = _matrix(lines, worlds.width, csr_array)
        self.least = np.array([least for _, least, _ in worlds.rows])
        self.greatest = np.array([greatest for _, _, greatest in worlds.rows])
        self.of = _matrix([secret.terms for secret in secrets], worlds.width, csr_array)
        self.low = np.array([secret.low for secret in secrets], float)
        self.high = np.array([secret.high for secret in secrets], float)
        self.kin = np.array([secret.kin for secret in secrets], int)
        self.shown = {end: np.zeros(len(secrets), bool) for end in (False, True)}

    def look_for_many(self, upward: bool) -> None:
        """Look for worlds that show one end of many secrets at once, while there is progress."""
        for kin in np.unique(self.kin):
            n_before = -1
            while n_before < self.shown[upward].sum():
                n_before = self.shown[upward].sum()
                places = np.flatnonzero(~self.shown[upward] & (self.kin == kin))
                if len(places):
                    self._solve(places, upward)

    def look_for(self, place: int, upward: bool) -> bool:
        """Whether one end of one secret can be shown."""
        # The solver's presolve now and then loses worlds that are there; then it is left out.
        for presolve in (True, False):
            if not self.shown[upward][place]:
                self._solve(np.array([place]), upward, presolve=presolve)
        return bool(self.shown[upward][place])

    def _solve(self, places: np.ndarray, upward: bool, *, presolve: bool = True) -> None:
        """A world in which as many of some secrets as can be are at one end, or beyond it."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import block_array, csr_array, eye_array

        n, width = len(places), self.worlds.width
        # One more unknown for each secret: how near it comes to its end, and no further.
        none = csr_array((self.known.shape[0], n))
        near = self.of[places] * (-1.0 if upward else 1.0)
        lines = block_array([[self.known, none], [near, -eye_array(n)]], format="csr")
        ends = -self.high[places] if upward else self.low[places]
        with quiet():
            answer = milp(
                np.concatenate([np.zeros(width), np.ones(n)]),
                integrality=np.concatenate([self.whole, np.zeros(n)]),
                bounds=Bounds(np.concatenate([np.zeros(width), ends]), np.inf),
                constraints=LinearConstraint(
                    lines,
                    np.concatenate([self.least, np.full(n, -np.inf)]),
                    np.concatenate([self.greatest, np.zeros(n)]),
                ),
                options={
                    "presolve": presolve,
                    "node_limit": _BRANCHES if n == 1 else _BRANCHES_FOR_MANY,
                    "mip_rel_gap": 0.0 if n == 1 else 0.02,
                },
            )
        if answer.x is not None:
            self._look_at(answer.x[:width])

    def _look_at(self, world: np.ndarray) -> None:
        """Note which ends a world shows, if in whole numbers it agrees with all that is known."""
        world = np.where(self.whole, np.round(world), np.maximum(world, 0))
        known = self.known @ world
        if (world < 0).any() or not self._near(known, self.least, self.greatest):
            return
        values = self.of @ world
        self.shown[False] |= values <= self.low + _TRACE
        self.shown[True] |= values >= self.high - _TRACE

    @staticmethod
    def _near(values: np.ndarray, least: np.ndarray, greatest: np.ndarray) -> bool:
        """Whether values lie between their ends, but for what computers round."""
        trace = _TRACE * np.maximum(np.abs(values), 1)
        return bool(((values >= least - trace) & (values <= greatest + trace)).all())


def _matrix(lines: Sequence[Terms], width: int, kind):
    """Lines of terms as a sparse matrix."""
    rows = [i for i, terms in enumerate(lines) for _ in terms]
    columns = [column for terms in lines for column, _ in terms]
    values = [value for terms in lines for _, value in terms]
    return kind((values, (rows, columns)), shape=(len(lines), width))
