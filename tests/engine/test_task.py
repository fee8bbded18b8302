"""The prompt word for word, and replies read whatever a model says."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.task import Reply, color_task

TASK = color_task()
MAX_LETTERS, MAX_WORDS = TASK.reply.max_letters, TASK.reply.max_words


def test_the_task_is_asked_word_for_word() -> None:
    assert TASK.line("#d48475") == "Name this paint color: #d48475"
    system, user = TASK.messages("#d48475", with_reading=False)
    assert (system["role"], user["role"]) == ("system", "user")
    assert user["content"] == "Name this paint color: #d48475"
    assert TASK.messages("#d48475", with_reading=True)[1]["content"] == (
        "Name this paint color: #d48475\nIt is a light, muted coral red."
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sunset Dust", "Sunset Dust"),
        ("  Sunset   Dust \n", "Sunset Dust"),
        ("Sunset Dust\nIt is lovely.", "Sunset Dust"),
        ("\n\nSunset Dust", "Sunset Dust"),
        ("Sunset\tDust", "Sunset Dust"),
        ("Crème Brûlée", "Crème Brûlée"),
        ("青磁色", "青磁色"),
        ("Rock ’n’ Roll 66", "Rock ’n’ Roll 66"),
        ("A" * MAX_LETTERS, "A" * MAX_LETTERS),
    ],
)
def test_names_are_read(text: str, name: str) -> None:
    assert TASK.reply.read(text) == Reply(name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("#d48475 42", None),
        ("12345", "no letters"),
        ("...", "no letters"),
        ("one two three four five", "more than 4 words"),
        ("A" * (MAX_LETTERS + 1), "longer than 40 characters"),
        ("x" * 10_000, "longer than 40 characters"),
        ("word " * 2_000, "longer than 40 characters"),
        ("<|im_start|>assistant", "not plain text"),
        ("Red<|im_end|>", "not plain text"),
        ("Red\x00Dust", "not plain text"),
        ("Red\x1b[31m", "not plain text"),
        ("Red\x7f", "not plain text"),
        ("Red\u202egnissap", "not plain text"),
        ("Red\ufffd", None),
        ("\ud800", "not plain text"),
    ],
)
def test_what_is_no_name_says_why(text: str, why: str | None) -> None:
    reply = TASK.reply.read(text)
    if why is not None:
        assert reply.unreadable == why
    assert len(reply.name) <= MAX_LETTERS or not reply.unreadable


def test_a_name_that_was_cut_is_none_but_a_finished_first_line_is() -> None:
    assert TASK.reply.read("Sunset Du", ended=False).unreadable == "never ended"
    assert TASK.reply.read("Sunset Dust\nIt is lov", ended=False) == Reply("Sunset Dust")
    assert TASK.reply.read("Sunset Dust\n", ended=False) == Reply("Sunset Dust")


@given(st.text(alphabet=st.characters(), max_size=200), st.booleans())
def test_any_text_is_a_reply(text: str, ended: bool) -> None:
    reply = TASK.reply.read(text, ended)
    assert reply.name.isprintable()
    assert len(reply.name) <= MAX_LETTERS
    if not reply.unreadable:
        assert reply.name == " ".join(reply.name.split())
        assert 1 <= len(reply.name.split()) <= MAX_WORDS
        assert any(c.isalpha() for c in reply.name)
        assert "<|" not in reply.name
    # Whatever it is, it can be written to the log.
    assert msgspec.json.decode(msgspec.json.encode(reply), type=Reply) == reply


@given(st.text(st.sampled_from("aB 1\n\r\t\x0b\x1c\u2028<|\x00\ud800é"), max_size=60), st.booleans())
def test_texts_of_the_worst_characters_are_replies(text: str, ended: bool) -> None:
    reply = TASK.reply.read(text, ended)
    assert reply.name.isprintable()
    assert reply.unreadable or reply.name.strip() == reply.name != ""
