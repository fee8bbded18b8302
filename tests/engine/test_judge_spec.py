"""Judges that ask a model, as data: what their files may say of it."""

from pathlib import Path

import pytest

from engine.judges.spec import (
    Contrast,
    Describes,
    JudgeError,
    JudgeSpec,
    Rating,
    dump,
    from_data,
    kind_of,
    model_path,
    parse,
)

SPECS = (
    Contrast(name="Weather", asks="names like weather", liked=("Monsoon Sky",), model="/models/qwen.gguf"),
    Rating(name="Weather", asks="names like weather", model="~/models/qwen.gguf"),
    Rating(name="Weather", asks="names like weather"),
    Describes(name="Guard", about="Asked of a large model.", model="/models/qwen.gguf"),
)


@pytest.mark.parametrize("spec", SPECS, ids=kind_of)
def test_a_judge_survives_its_file(spec: JudgeSpec) -> None:
    assert parse(dump(spec)) == spec
    assert f'kind = "{kind_of(spec)}"' in dump(spec)


@pytest.mark.parametrize(
    "model", ["qwen.gguf", "models/qwen.gguf", "./qwen.gguf", "~nobody-at-all/qwen.gguf"]
)
@pytest.mark.parametrize("kind", ["contrast", "rating", "describes"])
def test_a_model_needs_its_full_path(kind: str, model: str) -> None:
    data = {"kind": kind, "name": "W", "model": model}
    data |= {} if kind == "describes" else {"asks": "names"}
    data |= {"liked": ["One"]} if kind == "contrast" else {}
    with pytest.raises(JudgeError, match="Give the model's full path") as fault:
        from_data(data)
    assert fault.value.field == "model"


def test_a_tilde_is_the_persons_own_folder() -> None:
    assert model_path("~/models/qwen.gguf") == Path.home() / "models" / "qwen.gguf"


@pytest.mark.parametrize("model", ["/models/a\x00b.gguf", "/" + "x" * 5000, 7])
def test_what_is_no_path_is_refused(model: object) -> None:
    with pytest.raises(JudgeError) as fault:
        from_data({"kind": "describes", "name": "D", "model": model})
    assert fault.value.field == "model"


def test_a_rating_judge_says_what_it_asks_for() -> None:
    with pytest.raises(JudgeError) as fault:
        from_data({"kind": "rating", "name": "R"})
    assert fault.value.field == "asks"
