"""The part of a therapist's own intercept in the weighted cross products, with derivatives.

A therapist's patients have the covariance V of `mixed_sums`, and ``tau`` added to every element
(relative to the residual variance). With ``a = sum [X y]'V**-1 1`` and ``s = sum 1'V**-1 1`` over
the patients of a therapist, that takes ``tau / (1 + tau s) a a'`` from the cross products and adds
``log(1 + tau s)`` to the log determinant.
"""

import numpy as np

from hipoutcomes.stats.models.mixed_sums import Derived, PatientTerms
from hipoutcomes.stats.models.moments import TherapistSums


def therapist_part(
    cells: TherapistSums, terms: PatientTerms, tau: float
) -> tuple[Derived, Derived]:
    """What therapists take from the cross products, and add to the log determinant.

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
    n_therapists, n_sets = len(cells.names), len(terms.ones)
    a = np.zeros((n_sets, n_therapists, cells.sums.shape[2]))
    s = np.zeros((n_sets, n_therapists))
    for place in range(n_sets):
        loading = terms.loadings[place][:, cells.pattern]
        np.add.at(a[place], cells.therapist, np.einsum("qc,cqk->ck", loading, cells.sums))
        s[place] = np.bincount(
            cells.therapist, cells.n_patients * terms.ones[place, cells.pattern], n_therapists
        )
    h = {3: 1, 10: 3}[n_sets]
    pairs = dict(zip(zip(*np.triu_indices(h), strict=True), range(1 + h, n_sets), strict=True))
    f = 1 + tau * s[0]
    zero = np.zeros_like(f)
    # First derivatives in each parameter of a, of s and of c = tau / f and log f.
    a_first = [*a[1 : 1 + h], np.zeros_like(a[0])]
    s_first = [*s[1 : 1 + h], zero]
    is_tau = [0.0] * h + [1.0]
    c = tau / f
    c_first = [t / f**2 - tau**2 / f**2 * ds for t, ds in zip(is_tau, s_first, strict=True)]
    n = h + 1
    width = a.shape[2]
    taken = Derived(
        _outer(a[0], c, a[0]), np.empty((n, width, width)), np.empty((n, n, width, width))
    )
    log_f = Derived(np.log(f).sum(), np.empty(n), np.empty((n, n)))
    for j in range(n):
        taken.first[j] = _outer(a[0], c_first[j], a[0]) + _both(a[0], c, a_first[j])
        log_f.first[j] = ((is_tau[j] * s[0] + tau * s_first[j]) / f).sum()
        for k in range(j, n):
            inner = (j, k) in pairs
            a_jk = a[pairs[j, k]] if inner else np.zeros_like(a[0])
            s_jk = s[pairs[j, k]] if inner else zero
            mixed = is_tau[j] * s_first[k] + is_tau[k] * s_first[j]
            f_j = is_tau[j] * s[0] + tau * s_first[j]
            f_k = is_tau[k] * s[0] + tau * s_first[k]
            f_jk = mixed + tau * s_jk
            c_jk = (
                -is_tau[j] * f_k / f**2 - is_tau[k] * f_j / f**2
                - tau * f_jk / f**2 + 2 * tau * f_j * f_k / f**3
            )  # fmt: skip
            value = (
                _outer(a[0], c_jk, a[0])
                + _both(a[0], c_first[j], a_first[k])
                + _both(a[0], c_first[k], a_first[j])
                + _both(a_first[j], c, a_first[k])
                + _both(a[0], c, a_jk)
            )
            taken.second[j, k] = taken.second[k, j] = value
            log_f.second[j, k] = log_f.second[k, j] = (f_jk / f - f_j * f_k / f**2).sum()
    return taken, log_f


def _outer(one: np.ndarray, weight: np.ndarray, other: np.ndarray) -> np.ndarray:
    """``sum w a b'`` over therapists."""
    return (one * weight[:, None]).T @ other


def _both(one: np.ndarray, weight: np.ndarray, other: np.ndarray) -> np.ndarray:
    """``sum w (a b' + b a')`` over therapists."""
    half = _outer(one, weight, other)
    return half + half.T
