"""Advantages: by hand, against TRL's own arithmetic in numpy, and by their properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advantage import EPSILON, advantages, bar_and_spread, decoupled

rewards = st.floats(0, 1, allow_nan=False)
groups = st.lists(st.lists(st.none() | rewards, min_size=2, max_size=8), min_size=1, max_size=5)


def test_a_group_by_hand():
    # mean 0.5, sample variance (0.25 + 0.25) / 1, std 0.7071
    [[low, high]] = advantages([[0.0, 1.0]], scale="group", min_spread=0.0)
    assert high == pytest.approx(0.5 / (0.5**0.5 + EPSILON))
    assert low == -high


def test_batch_scale_divides_by_the_spread_of_all():
    batch = [[0.0, 1.0], [0.4, 0.6]]
    whole = np.std([0.0, 1.0, 0.4, 0.6], ddof=1)
    result = advantages(batch, scale="batch", min_spread=0.0)
    assert result == [
        pytest.approx([-0.5 / (whole + EPSILON), 0.5 / (whole + EPSILON)]),
        pytest.approx([-0.1 / (whole + EPSILON), 0.1 / (whole + EPSILON)]),
    ]


def test_no_scale_is_the_distance_to_the_bar():
    assert advantages([[0.25, 0.75]], scale="none", min_spread=0.0) == [[-0.25, 0.25]]


def test_left_out_rollouts_get_nothing_and_move_nothing():
    with_gap = advantages([[0.2, None, 0.8]], scale="group", min_spread=0.0)
    without = advantages([[0.2, 0.8]], scale="group", min_spread=0.0)
    assert with_gap == [[without[0][0], 0.0, without[0][1]]]


@pytest.mark.parametrize("group", [[None, None], [0.3, None], [0.3, 0.3], [0.3, 0.3001]])
def test_a_group_without_spread_teaches_nothing(group):
    for scale in ("group", "batch", "none"):
        assert advantages([group, [0.0, 1.0]], scale=scale, min_spread=0.01)[0] == [0.0, 0.0]


def test_a_group_of_equals_is_zero_without_a_minimum_too():
    assert advantages([[0.1] * 3], scale="group", min_spread=0.0) == [[0.0] * 3]


def test_rewards_must_be_finite():
    with pytest.raises(ValueError, match="finite"):
        advantages([[0.1, float("nan")]], scale="group", min_spread=0.0)


def test_bar_and_spread_of_little():
    assert bar_and_spread([None]) == (None, None)
    assert bar_and_spread([0.4, None]) == (0.4, None)


@given(
    st.lists(st.lists(rewards, min_size=4, max_size=4), min_size=1, max_size=6),
    st.sampled_from(["group", "batch"]),
)
def test_agrees_with_trl(batch, scale):
    # GRPOTrainer of TRL 1.16: rewards − group mean, over nanstd (Bessel's correction) + 1e-4.
    array = np.array(batch)
    std = array.std(axis=1, ddof=1, keepdims=True) if scale == "group" else array.std(ddof=1)
    expected = (array - array.mean(axis=1, keepdims=True)) / (std + 1e-4)
    np.testing.assert_allclose(advantages(batch, scale=scale, min_spread=0.0), expected, atol=1e-9)


@given(groups, st.sampled_from(["group", "batch", "none"]), st.floats(0, 0.2))
def test_a_group_sums_to_zero_and_keeps_its_shape(batch, scale, min_spread):
    result = advantages(batch, scale=scale, min_spread=min_spread)
    assert [len(group) for group in result] == [len(group) for group in batch]
    for group in result:
        assert sum(group) == pytest.approx(0.0, abs=1e-6)


def plain_gdpo(rewards: np.ndarray, weights: list[float]) -> np.ndarray:
    """Return what TRL 1.16 makes of (groups, rollouts, rewards) by ``normalize_then_sum``, in numpy."""
    each = (rewards - rewards.mean(1, keepdims=True)) / (rewards.std(1, ddof=1, keepdims=True) + 1e-4)
    summed = (each * weights).sum(-1)
    return (summed - summed.mean()) / (summed.std(ddof=1) + 1e-4)


def test_decoupled_is_what_trl_makes_of_it():
    scores = np.random.default_rng(0).random((5, 8, 3))
    weights = [1.0, 0.5, 2.0]
    found = decoupled(scores.tolist(), weights, min_spread=0.0)
    assert np.array(found) == pytest.approx(plain_gdpo(scores, weights))


def test_a_taste_that_spreads_widely_does_not_drown_another():
    # One taste spreads over 0.8, the other over 0.08, and they disagree.
    group = [(0.1, 0.58), (0.9, 0.5), (0.1, 0.58), (0.9, 0.5)]
    summed = advantages([[sum(pair) / 2 for pair in group]], scale="group", min_spread=0.0)[0]
    assert summed[1] > 0.8
    agreed = [(0.1, 0.1), (0.9, 0.2)]
    found = decoupled([group, agreed], [1.0, 1.0], min_spread=0.01)
    assert found[0] == pytest.approx([0.0] * 4, abs=0.01)
    assert found[1][1] > 1
    # Where they cancel out in every group, nothing is made of what rounding left over.
    assert decoupled([group], [1.0, 1.0], min_spread=0.01) == [[0.0] * 4]


def test_noise_is_not_normalised_into_a_taste():
    noisy = [(0.5, 0.5001), (0.5, 0.5002), (0.5, 0.5), (0.5, 0.5)]
    assert decoupled([noisy], [1.0, 1.0], min_spread=0.01) == [[0.0] * 4]
    real = [(0.2, 0.5001), (0.8, 0.5002)]
    found = decoupled([real, noisy], [1.0, 1.0], min_spread=0.01)
    assert found[1] == [0.0] * 4
    assert found[0][0] == pytest.approx(-found[0][1])
    assert found[0][1] > 0


def test_decoupled_leaves_out_what_has_no_verdict():
    whole = decoupled([[(0.1, 0.2), (0.7, 0.3)], [(0.4, 0.9), (0.6, 0.1)]], [1.0, 2.0], min_spread=0.0)
    gap = decoupled([[(0.1, 0.2), None, (0.7, 0.3)], [(0.4, 0.9), (0.6, 0.1)]], [1.0, 2.0], min_spread=0.0)
    assert gap[0] == pytest.approx([whole[0][0], 0.0, whole[0][1]])
    assert decoupled([[None, None]], [1.0], min_spread=0.0) == [[0.0, 0.0]]
    with pytest.raises(ValueError, match="finite"):
        decoupled([[(0.1,), (float("nan"),)]], [1.0], min_spread=0.0)


@given(
    st.lists(
        st.lists(st.none() | st.tuples(rewards, rewards), min_size=2, max_size=6), min_size=1, max_size=4
    )
)
def test_decoupled_keeps_its_shape_and_pushes_nowhere_on_the_whole(batch):
    found = decoupled(batch, [1.0, 3.0], min_spread=0.01)
    assert [len(group) for group in found] == [len(group) for group in batch]
    assert sum(value for group in found for value in group) == pytest.approx(0.0, abs=1e-6)
