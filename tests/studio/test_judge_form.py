"""A judge as a form: made from the schema, half written without loss, faults beside the field, undone."""

import msgspec
import pytest

from engine.judges.spec import (
    KINDS,
    Contrast,
    Correctness,
    Describes,
    Form,
    JudgeError,
    Listener,
    Pick,
    Preference,
    Rating,
    Remote,
)
from studio.views import judge_form
from studio.views.judge_fields import WORDS, fields
from studio.views.judge_form import Edits, as_kind, blank, changed, draft, faults, read
from studio.views.judge_kinds import KINDS as WORDED

WEATHER = Contrast(
    name="Weather", asks="paint color names that sound like weather", liked=("Thunderhead", "Monsoon Sky")
)
JUDGES = [
    WEATHER,
    msgspec.structs.replace(WEATHER, model="/models/qwen.gguf", about="Asks another model."),
    Rating(name="Strict", asks="names", model="/models/qwen.gguf"),
    Correctness(name="C", about="Known names."),
    Describes(name="D"),
    Listener(name="L", among=9),
    Form(name="F", max_words=2, must_contain=("sea", "sky"), alliteration=True),
    Remote(name="R", url="http://localhost:1234/v1", model="m", asks="names", key_env="A_KEY", timeout=2.5),
    Preference(name="P", picks=(Pick("Rose", "Beige"), Pick("Ember", "Grey"))),
]

SWITCHES = ["alliteration", "novelty", "real_words", "no_repeats"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_schema_has_a_label_and_a_help(kind):
    schema = {field.name for field in msgspec.structs.fields(KINDS[kind])} - {"version"}
    assert {field.key for field in fields(kind)} == schema
    assert set(WORDS[""]) | set(WORDS[kind]) == schema
    for field in fields(kind):
        assert field.words.label
        assert field.words.help.endswith(".")
        # What must be written is asked for in words.
        assert not field.needed or field.words.missing != "This is empty."
    assert kind in WORDED
    assert WORDED[kind].when.endswith(".")


def test_limits_and_defaults_are_the_schemas():
    remote = {field.key: field for field in fields("remote")}
    assert (remote["concurrency"].least, remote["concurrency"].most) == (1, 64)
    assert (remote["retries"].default, remote["budget"].default) == (3, 20_000)
    assert (remote["timeout"].whole, remote["timeout"].least > 0) == (False, True)
    assert (remote["rubric"].shape, remote["asks"].shape) == ("text", "phrase")
    contrast = {field.key: field for field in fields("contrast")}
    assert (contrast["liked"].count, contrast["liked"].longest, contrast["liked"].needed) == (32, 60, True)
    assert (contrast["model"].shape, contrast["model"].words.advanced) == ("path", True)
    assert [field.key for field in fields("form") if field.shape == "switch"] == SWITCHES


@pytest.mark.parametrize("spec", JUDGES, ids=lambda spec: spec.name)
def test_a_judge_survives_its_form(spec):
    assert read(draft(spec)) == spec


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_form_says_what_to_write_or_is_a_judge(kind):
    found = faults(blank(kind))
    assert bool(found) != bool(blank(kind).name)
    assert all(sentence.endswith(".") for sentence in found.values())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"asks": ""}, "asks"),
        ({"liked": "\n \n"}, "liked"),
        ({"liked": "\n".join(f"Name {i}" for i in range(33))}, "liked"),
        ({"plain": "x" * 61}, "plain"),
        ({"plain_asks": ""}, "plain_asks"),
        ({"name": "Wea\x07ther"}, "name"),
        ({"model": "models/qwen.gguf"}, "model"),
    ],
)
def test_a_fault_is_one_sentence_for_its_field(values, field):
    written = changed(draft(WEATHER), **values)
    with pytest.raises(JudgeError) as fault:
        read(written)
    assert fault.value.field == field
    assert faults(written) == {field: str(fault.value)}
    assert str(fault.value).endswith(".")
    assert "$" not in str(fault.value)


def test_all_that_is_missing_is_told_at_once():
    assert list(faults(blank("contrast"))) == ["name", "asks", "liked"]


def test_limits_that_cross_are_told_in_the_forms_words():
    crossed = changed(draft(Form(name="F")), min_words=5, max_words=2)
    assert faults(crossed) == {"min_words": "At least this many is more than at most."}


@pytest.mark.parametrize(
    "key", ["sk-proj-abc123def456ghi789", "0123456789abcdef0123456789abcdef01", "hf_AbCdEfGhIj1234567890"]
)
def test_a_key_itself_is_never_taken_for_the_name_of_its_place(key):
    remote = draft(Remote(name="R", url="https://example.org/v1", model="m", asks="names"))
    assert "looks like a key" in faults(changed(remote, key_entry=key))["key_entry"]
    assert "looks like a key" in faults(changed(remote, key_env=key))["key_env"]
    assert faults(changed(remote, key_entry="lm-studio", key_env="OPENROUTER_API_KEY")) == {}


def test_examples_are_trimmed_and_blank_lines_passed_over():
    written = changed(
        blank("contrast"),
        name=" Weather ",
        asks="names\nlike weather",
        liked="  Hail on Tin  \n\n Monsoon Sky",
    )
    made = read(written)
    assert isinstance(made, Contrast)
    assert made.liked == ("Hail on Tin", "Monsoon Sky")
    assert (made.name, made.asks) == ("Weather", "names like weather")


def test_a_path_may_be_pasted_in_quotes():
    made = read(changed(draft(WEATHER), model=' "/models/a b.gguf" '))
    assert isinstance(made, Contrast)
    assert made.model == "/models/a b.gguf"


def test_another_kind_asks_the_same_where_both_have_the_field():
    made = as_kind(draft(Rating(name="Strict", asks="stormy names", model="/m.gguf")), "contrast")
    assert (made.values["name"], made.values["asks"], made.values["model"]) == (
        "Strict",
        "stormy names",
        "/m.gguf",
    )
    assert list(faults(made)) == ["liked"]


def test_versions_are_undone_and_redone():
    first, second, third = (changed(draft(WEATHER), name=name) for name in ("One", "Two", "Three"))
    edits = judge_form.saved(judge_form.saved(Edits(first), second), second)
    assert edits.past == (first,)
    back = judge_form.undone(edits)
    assert (back.now, judge_form.undone(back)) == (first, back)
    again = judge_form.redone(back)
    assert (again.now, judge_form.redone(again)) == (second, again)
    # Writing on after undoing begins another future.
    assert judge_form.redone(judge_form.saved(back, third)).now == third
