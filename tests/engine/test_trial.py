"""Trying a model before it judges: what is measured, what is made of it, and that it is done once."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.judges import measure
from engine.judges.build import JudgeBuilder
from engine.judges.measure import labelled, try_describing
from engine.judges.spec import Contrast, Describes, Form, JudgeError, Rating
from engine.judges.trial import Trial, advice, told_apart
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from tests.scripted_model import ScriptedModel

LIKED = {name for taste in labelled() for name in taste.yes}


class Knowing(ScriptedModel):
    """Knows the labelled names: by contrast all of them, by rating as it is told to."""

    def __init__(self, mark: int) -> None:
        likes = [float(digit == mark) for digit in range(10)]
        dislikes = [float(digit == 4) for digit in range(10)]
        super().__init__(lambda text: likes if text in LIKED else dislikes)

    def logps(self, prefix: Sequence[int], texts: Sequence[Sequence[int]]) -> list[list[float]]:
        plain = "plain, literal" in "".join(map(chr, prefix)).lower()
        names = ["".join(map(chr, text)).strip() for text in texts]
        return [
            [float((name in LIKED) != plain)] * len(text) for name, text in zip(names, texts, strict=True)
        ]


def test_pairs_are_counted_and_a_tie_is_half_a_pair() -> None:
    assert told_apart([3, 2], [1, 0]) == 1.0
    assert told_apart([0, 1], [2, 3]) == 0.0
    assert told_apart([1.0], [1.0, 0.0]) == 0.75


def test_the_labelled_names_are_none_of_the_examples() -> None:
    tastes = labelled()
    assert len(tastes) >= 3
    for taste in tastes:
        shown = {*taste.liked, *taste.plain}
        assert len(taste.yes) >= 16
        assert len(taste.no) >= 16
        assert not shown & {*taste.yes, *taste.no}
        assert not {*taste.yes} & {*taste.no}


@pytest.mark.parametrize(
    ("mark", "rating", "sound"), [(9, 1.0, True), (4, 0.5, False), (0, 0.0, False)], ids=str
)
def test_a_model_is_tried_by_contrast_and_by_rating_once(
    tmp_path: Path, mark: int, rating: float, sound: bool
) -> None:
    model, lexicon, notes = Knowing(mark), Lexicon.load(), []
    found = measure.trial(model, "rating", lexicon, tmp_path, lambda note, done: notes.append((note, done)))
    assert found == Trial(model="Scripted", contrast=1.0, rating=rating)
    assert notes[0] == ("Trying Scripted on labelled names", 0.0)
    assert advice(found, "rating").sound is sound
    asked = len(model.asked)
    assert measure.trial(model, "contrast", lexicon, tmp_path) == found
    assert len(model.asked) == asked, "it was tried again"
    model.fingerprint = "another"
    measure.trial(model, "contrast", lexicon, tmp_path)
    assert len(model.asked) == 2 * asked


def test_a_rating_near_chance_says_so_and_what_to_do() -> None:
    said = advice(Trial(model="Qwen", contrast=0.97, rating=0.55), "rating")
    assert (said.sound, said.recommended) == (False, "contrast")
    assert said.sentence == (
        "Qwen tells a liked name from a plain one in 55% of pairs by rating, and a coin would in 50%: a "
        "painter would learn noise; by contrast it does in 97%, so use that."
    )


@pytest.mark.parametrize(
    ("contrast", "rating", "kind", "sound", "recommended"),
    [
        (0.97, 0.96, "rating", True, ""),
        (0.97, 0.80, "rating", True, "contrast"),
        (0.90, 0.96, "rating", True, ""),
        (0.90, 0.96, "contrast", True, "rating"),
        (0.95, 0.96, "contrast", True, ""),
        (0.55, 0.52, "contrast", False, ""),
    ],
)
def test_what_measured_better_is_recommended(
    contrast: float, rating: float, kind: str, sound: bool, recommended: str
) -> None:
    said = advice(Trial(model="M", contrast=contrast, rating=rating), kind)
    assert (said.sound, said.recommended) == (sound, recommended)
    assert said.sentence.startswith("M tells a liked name from a plain one in ")
    assert said.sentence.endswith(".")


@pytest.mark.parametrize(("share", "sound"), [(0.9, True), (0.55, False)])
def test_a_guard_that_says_yes_to_everything_is_no_guard(share: float, sound: bool) -> None:
    said = advice(Trial(model="M", describes=share), "describes")
    assert said.sound is sound
    assert ("use correctness" in said.sentence) is not sound


def test_what_was_not_tried_is_not_judged() -> None:
    assert advice(Trial(model="M"), "rating").sentence == "M was not tried on this."
    assert Trial(model="M", contrast=0.9).recommended == ""


def test_a_guard_is_tried_on_known_names_with_their_own_and_another_color() -> None:
    lexicon = Lexicon.load()
    own = dict(lexicon.reference(measure.PAIRS, seed=1))

    def says(text: str) -> tuple[float, float]:
        name = text.rpartition("Name:")[2]
        return (0.9, 0.1) if own[name] in text else (0.1, 0.9)

    assert try_describing(ScriptedModel(says), lexicon, lambda note, done: None) == 1.0
    assert try_describing(ScriptedModel(lambda text: (0.9, 0.1)), lexicon, lambda note, done: None) == 0.5


def test_a_damaged_record_is_made_again(tmp_path: Path) -> None:
    lexicon = Lexicon.load()
    first = measure.trial(Knowing(9), "rating", lexicon, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"{")
    assert measure.trial(Knowing(9), "rating", lexicon, tmp_path) == first


def test_the_builder_tries_the_model_that_a_judge_asks(tiny_base: LoadedBase, tmp_path: Path) -> None:
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path)
    found = builder.trial(Rating(name="R", asks="names"))
    assert found == builder.trial(Contrast(name="C", asks="other names", liked=("One",)))
    assert found.model == tiny_base.base.title
    assert found.describes is None
    assert builder.trial(Describes(name="D")).describes is not None
    with pytest.raises(JudgeError, match="asks no model"):
        builder.trial(Form(name="F"))
