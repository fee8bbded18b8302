"""The Bradley-Terry fit: beside a plain optimiser, on tastes that are known, and the pair that tells most."""

import time

import numpy as np
import pytest
from scipy.optimize import minimize

from engine.judges import preference_fit as fits
from engine.judges.preference_fit import Space, accuracy, choose, fit

RANDOM = np.random.default_rng


def taste(seed: int, picks: int, width: int = 16, noise: float = 0.0, names: int = 80):
    """Return names' places and, for pairs of them, the differences as somebody with a fixed taste picks."""
    random = RANDOM(seed)
    places = random.normal(size=(names, width))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    likes = random.normal(size=width)
    pairs = [tuple(random.choice(names, 2, replace=False)) for _ in range(picks)]
    told = []
    for a, b in pairs:
        margin = (places[a] - places[b]) @ likes + noise * random.normal()
        told.append((a, b) if margin > 0 else (b, a))
    return places, likes, told


def differences(places, picks):
    return np.array([places[a] - places[b] for a, b in picks])


def test_the_weights_are_the_most_probable_ones() -> None:
    places, _, picks = taste(0, 40, noise=0.3)
    x = differences(places, picks)
    found = fit(x)

    def loss(w):
        return np.logaddexp(0, -x @ w).sum() + 0.5 * found.precision * w @ w

    best = minimize(loss, np.zeros(x.shape[1]), method="BFGS")
    assert found.weights == pytest.approx(best.x, abs=1e-3)
    assert loss(found.weights) <= best.fun + 1e-9


def test_the_covariance_is_that_of_laplace() -> None:
    x = differences(*taste(1, 12, width=3, noise=0.3)[::2])
    found = fit(x)
    step = 1e-4

    def slope(w):
        return x.T @ (1 / (1 + np.exp(x @ w))) - found.precision * w

    hessian = -np.array(
        [(slope(found.weights + step * e) - slope(found.weights - step * e)) / (2 * step) for e in np.eye(3)]
    )
    assert np.linalg.inv(hessian) == pytest.approx(found.covariance, rel=1e-3)


def test_a_taste_is_found_again_and_noise_is_not_taken_for_one() -> None:
    places, likes, picks = taste(2, 60)
    found = fit(differences(places, picks))
    assert np.corrcoef(places @ found.weights, places @ likes)[0, 1] > 0.85
    random = RANDOM(3)
    coin = [(b, a) if random.random() < 0.5 else (a, b) for a, b in picks]
    confused = fit(differences(places, coin))
    assert np.linalg.norm(confused.weights) < 0.5 * np.linalg.norm(found.weights)


def test_no_picks_leave_the_prior() -> None:
    found = fit(np.zeros((0, 5)))
    assert found.weights.tolist() == [0.0] * 5
    assert found.covariance == pytest.approx(np.eye(5))


def test_contradictions_cancel_out() -> None:
    x = differences(*taste(4, 10)[::2])
    assert fit(np.concatenate([x, -x])).weights == pytest.approx(np.zeros(16), abs=1e-9)


def test_accuracy_is_of_what_was_left_out() -> None:
    places, _, picks = taste(5, 60, width=8)
    told = accuracy(differences(places, picks), [frozenset(pair) for pair in picks])
    assert told is not None
    assert told > 0.75
    random = RANDOM(6)
    x = random.normal(size=(200, 8))
    chance = accuracy(x, list(range(200)))
    assert chance == pytest.approx(0.5, abs=0.12)
    # The same picks again and again are no proof: they are left out together.
    copies = np.tile(random.normal(size=(8, 40)), (6, 1))
    again = accuracy(copies, list(range(8)) * 6)
    assert again is not None
    assert again < 0.85


def test_too_few_picks_have_no_accuracy() -> None:
    places, _, picks = taste(7, fits.FEWEST_PICKS - 1)
    assert accuracy(differences(places, picks), picks) is None


def test_the_pair_asked_about_is_one_that_nobody_is_sure_of() -> None:
    places, _, picks = taste(8, 40)
    model = fit(differences(places, picks))
    left, right = choose(model, places, [], RANDOM(0))
    random = RANDOM(1)
    others = [random.choice(len(places), 2, replace=False) for _ in range(500)]
    margins = [abs((places[a] - places[b]) @ model.weights) for a, b in others]
    assert abs((places[left] - places[right]) @ model.weights) < np.median(margins)


def test_no_pair_is_asked_twice_while_there_are_others_and_names_take_turns() -> None:
    places, _, _ = taste(9, 0, names=6)
    asked: list[tuple[int, int]] = []
    for step in range(15):
        pair = choose(fit(np.zeros((0, 16))), places, asked, RANDOM(step))
        assert pair[0] != pair[1]
        asked.append(pair)
    assert len({frozenset(pair) for pair in asked}) == 15
    first = [place for pair in asked[:3] for place in pair]
    assert len(set(first)) >= 5
    assert choose(fit(np.zeros((0, 16))), places, asked, RANDOM(99)) is not None


def test_asking_where_one_is_unsure_teaches_faster_than_asking_at_random() -> None:
    gains = []
    for seed in range(6):
        places, likes, _ = taste(seed, 0, names=120)
        worth = places @ likes
        got = []
        for active in (True, False):
            random, asked, x = RANDOM(seed), [], np.zeros((0, 16))
            for _ in range(24):
                pair = (
                    choose(fit(x), places, asked, random) if active else tuple(random.choice(120, 2, False))
                )
                asked.append(pair)
                a, b = pair if worth[pair[0]] > worth[pair[1]] else pair[::-1]
                x = np.concatenate([x, (places[a] - places[b])[None]])
            got.append(np.corrcoef(places @ fit(x).weights, worth)[0, 1])
        gains.append(got[0] - got[1])
    assert np.mean(gains) > 0.0


def test_the_information_is_zero_where_the_answer_is_known_and_most_where_it_is_open() -> None:
    model = fits.Fit(np.array([50.0, 0.0]), np.eye(2), 1.0)
    sure, open_, same = fits._information(model, np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))
    assert sure == pytest.approx(0.0, abs=1e-6)
    assert same == pytest.approx(0.0, abs=1e-9)
    assert 0.05 < open_ < np.log(2)


def test_a_space_has_unit_places_and_keeps_to_its_sample() -> None:
    random = RANDOM(10)
    sample = random.normal(size=(200, 40)) @ np.diag(np.geomspace(100, 1e-3, 40)) + 7.0
    space = Space.of(sample, 8)
    placed = space.place(sample)
    assert placed.shape == (200, 8)
    assert np.linalg.norm(placed, axis=1) == pytest.approx(np.ones(200))
    # A direction in which the sample does not differ at all tells nothing.
    flat = sample.copy()
    flat[:, 5:] = 3.0
    assert Space.of(flat, 32).place(flat).shape[1] == 5
    assert np.isfinite(space.place(sample.mean(0)[None])).all()


def test_a_fit_after_every_pick_is_quick() -> None:
    random = RANDOM(11)
    x = random.normal(size=(100, fits.DIMENSIONS)) * 0.2
    began = time.process_time()
    fit(x)
    accuracy(x, list(range(100)))
    assert time.process_time() - began < 2.0
