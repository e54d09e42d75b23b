"""The part of a therapist's own intercept in the weighted cross products, with derivatives.

A therapist's patients have the covariance V of `patient_terms`, and tau (relative to the residual
variance) added to every element. With ``a = sum [X y]'V**-1 1`` and ``s = sum 1'V**-1 1`` over the
patients of a therapist and ``f = 1 + tau s``, that takes ``a a' tau / f`` from the cross products
and adds ``log f`` to the log determinant.
"""

import numpy as np

from hipoutcomes.stats.models.mixed.patient_terms import Derived, PatientTerms
from hipoutcomes.stats.models.moments.moments import TherapistSums


def therapist_part(
    cells: TherapistSums, terms: PatientTerms, tau: float
) -> tuple[Derived, Derived]:
    """What therapists take from the cross products, and what they add to the log determinant.

    Parameters
    ----------
    cells : TherapistSums
    terms : PatientTerms
    tau : float
        Variance between therapists, relative to the residual variance.

    Returns
    -------
    taken, log_determinant : Derived
        In the h parameters of the patients and then tau.
    """
    a, s = _of_therapists(cells, terms)
    n = len(s.first)
    is_tau = np.eye(n)[-1]
    f = 1 + tau * s.value
    f_first = [is_tau[j] * s.value + tau * s.first[j] for j in range(n)]
    c_first = [is_tau[j] / f - tau * f_first[j] / f**2 for j in range(n)]
    c, width = tau / f, a.value.shape[1]
    taken = Derived(
        _weighted(a.value, c, a.value), np.empty((n, width, width)), np.empty((n, n, width, width))
    )
    logs = Derived(np.log(f).sum(), np.empty(n), np.empty((n, n)))
    for j in range(n):
        taken.first[j] = _weighted(a.value, c_first[j], a.value) + _both(a.value, c, a.first[j])
        logs.first[j] = (f_first[j] / f).sum()
        for k in range(j, n):
            f_jk = is_tau[j] * s.first[k] + is_tau[k] * s.first[j] + tau * s.second[j, k]
            c_jk = -(is_tau[j] * f_first[k] + is_tau[k] * f_first[j] + tau * f_jk) / f**2
            c_jk = c_jk + 2 * tau * f_first[j] * f_first[k] / f**3
            taken.second[j, k] = taken.second[k, j] = (
                _weighted(a.value, c_jk, a.value)
                + _both(a.value, c_first[j], a.first[k])
                + _both(a.value, c_first[k], a.first[j])
                + _both(a.first[j], c, a.first[k])
                + _both(a.value, c, a.second[j, k])
            )
            curved = f_jk / f - f_first[j] * f_first[k] / f**2
            logs.second[j, k] = logs.second[k, j] = curved.sum()
    return taken, logs


def _of_therapists(cells: TherapistSums, terms: PatientTerms) -> tuple[Derived, Derived]:
    """Sums a (m, k + 1) and s (m,) of m therapists, in all parameters; tau changes neither."""
    n_therapists, n_sets = len(cells.names), len(terms.ones)
    a = np.zeros((n_sets, n_therapists, cells.sums.shape[2]))
    s = np.zeros((n_sets, n_therapists))
    for place in range(n_sets):
        loading = terms.loadings[place][:, cells.pattern]
        np.add.at(a[place], cells.therapist, np.einsum("qc,cqk->ck", loading, cells.sums))
        ones = cells.n_patients * terms.ones[place, cells.pattern]
        s[place] = np.bincount(cells.therapist, ones, n_therapists)
    h = 1 if n_sets == 3 else 3
    return tuple(one_parameter_more(Derived.of_sets(sets, h)) for sets in (a, s))


def one_parameter_more(quantity: Derived) -> Derived:
    """The quantity with one more parameter, on which it does not depend.

    Examples
    --------
    >>> one_parameter_more(Derived(np.array(1.0), np.ones(1), np.ones((1, 1)))).first.tolist()
    [1.0, 0.0]
    """
    n_axes = quantity.value.ndim
    return Derived(
        quantity.value,
        np.pad(quantity.first, [(0, 1)] + [(0, 0)] * n_axes),
        np.pad(quantity.second, [(0, 1), (0, 1)] + [(0, 0)] * n_axes),
    )


def _weighted(one: np.ndarray, weight: np.ndarray, other: np.ndarray) -> np.ndarray:
    """``sum w a b'`` over therapists."""
    return (one * weight[:, None]).T @ other


def _both(one: np.ndarray, weight: np.ndarray, other: np.ndarray) -> np.ndarray:
    """``sum w (a b' + b a')`` over therapists."""
    half = _weighted(one, weight, other)
    return half + half.T
