import msgspec
import pytest

from engine.judges.spec import Contrast, JudgeError
from studio.views.judge_form import Draft, draft, read

WEATHER = Contrast(
    name="Weather", asks="paint color names that sound like weather", liked=("Thunderhead", "Monsoon Sky")
)


def test_a_judge_survives_its_form():
    assert read(draft(WEATHER)) == WEATHER
    asking = msgspec.structs.replace(WEATHER, model="/models/qwen.gguf", about="Asks another model.")
    assert read(draft(asking)) == asking


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"asks": ""}, "asks"),
        ({"liked": "\n \n"}, "liked"),
        ({"liked": "\n".join(f"Name {i}" for i in range(33))}, "liked"),
        ({"plain": "x" * 61}, "plain"),
        ({"plain_asks": ""}, "plain_asks"),
        ({"name": "Wea\x07ther"}, "name"),
    ],
)
def test_a_fault_is_one_sentence_for_its_field(changed, field):
    written = {"name": "Weather", "asks": "weather names", "liked": "Monsoon Sky", **changed}
    with pytest.raises(JudgeError) as fault:
        read(Draft(**written))
    assert fault.value.field == field
    assert str(fault.value).endswith(".")
    assert "$" not in str(fault.value)


def test_examples_are_trimmed_and_blank_lines_passed_over():
    made = read(Draft(name=" Weather ", asks="names\nlike weather", liked="  Hail on Tin  \n\n Monsoon Sky"))
    assert made.liked == ("Hail on Tin", "Monsoon Sky")
    assert made.asks == "names like weather"
