import numpy as np
import pytest

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.comparing.quasi_variances import quasi_variances


def test_errors_that_all_share_are_left_out():
    own = np.array([1.0, 2.0, 3.0, 0.5])
    np.testing.assert_allclose(quasi_variances(np.diag(own) + 7), own)


def test_three_groups_are_exact_for_every_difference():
    root = np.random.default_rng(1).normal(size=(3, 3))
    covariance = root @ root.T + np.eye(3)
    own = quasi_variances(covariance)
    for one, two in ((0, 1), (0, 2), (1, 2)):
        weight = np.zeros(3)
        weight[[one, two]] = 1, -1
        assert own[one] + own[two] == pytest.approx(weight @ covariance @ weight)


def test_none_is_negative():
    covariance = np.array([[1.0, 0.0, 0.9], [0.0, 1.0, 0.9], [0.9, 0.9, 2.0]])
    assert (quasi_variances(covariance) > 0).all()


def test_two_groups_are_refused():
    with pytest.raises(NotEnoughData) as caught:
        quasi_variances(np.eye(2))
    assert str(caught.value) == "Variances of differences need 3 groups or more; there are 2."
