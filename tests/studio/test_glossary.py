"""The glossary is whole: every term is explained once, in sentences, and leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio.glossary import Glossary, GlossaryError, Term, load
from studio.views import judge_kinds, meanings, recipe_fields

GLOSSARY = load()
ASKED_FOR = """
Rollout, Reward, RLHF, RLVR, RLAIF, LLM as judge, Group, Bar, Advantage, GRPO, PPO, DPO, GSPO, DAPO, Dr. GRPO,
CISPO, KL, Entropy, Clipping, LoRA, SFT, Primer, Policy, Reference model, Reward model, Reward hacking,
Goodhart's law, Mode collapse, Rejection sampling, Best-of-N, Synthetic data, Temperature, Over-optimisation,
Judge bias, Colour, Name, Base, Reading, Painter, Judge, Panel, Guard, Gate, Recipe, Run, Collapse,
Effective names, Listener, Correctness, Contrast judge, Sameness, Seed, Checkpoint, Learning rate, Rank
"""


def term(slug: str, *see: str, name: str = "", also: tuple[str, ...] = ()) -> Term:
    return Term(
        slug=slug,
        name=name or slug,
        kind="studio",
        one=f"What {slug} is.",
        more="More of it.",
        example="Moss Wall.",
        page="Learn",
        there="here",
        see=see,
        also=also,
    )


@pytest.mark.parametrize("word", [" ".join(word.split()) for word in ASKED_FOR.split(",")])
def test_explains_what_one_may_ask(word: str) -> None:
    assert GLOSSARY.find(word) is not None


@pytest.mark.parametrize("words", [recipe_fields.TERMS, meanings.TERMS, judge_kinds.TERMS])
def test_what_the_pages_mark_as_terms_is_explained(words: dict[str, str]) -> None:
    assert words
    assert set(words.values()) <= {term.slug for term in GLOSSARY.terms}


@pytest.mark.parametrize("term", GLOSSARY.terms, ids=lambda term: term.slug)
def test_a_term_is_told_in_sentences(term: Term) -> None:
    # One sentence: it ends with a full stop, and no other sentence ends within.
    assert re.fullmatch(r"[A-Z0-9“].*[.]", term.one)
    assert not re.search(r"(?<!Dr)[.!?] [A-Z]", term.one)
    assert len(term.one) <= 160, "too long for a tooltip"
    for text in (term.more, term.example):
        assert text.rstrip("”")[-1] in ".?!"
        assert "  " not in text
    assert 80 <= len(term.more) <= 420


@pytest.mark.parametrize("term", GLOSSARY.terms, ids=lambda term: term.slug)
def test_a_term_names_itself_and_says_where_it_is_from(term: Term) -> None:
    said = term.one.casefold()
    assert any(word.casefold() in said for word in term.spellings)
    assert term.kind == "studio" or term.sources, "a word of the field is from somewhere"
    assert len(set(term.see)) == len(term.see)


def test_is_alphabetical_and_without_duplicates() -> None:
    names = [term.name.casefold() for term in GLOSSARY]
    assert names == sorted(set(names))
    assert len({term.one for term in GLOSSARY}) == len(GLOSSARY)


def test_every_term_is_led_to_by_another() -> None:
    led_to = {slug for term in GLOSSARY for slug in term.see}
    assert {term.slug for term in GLOSSARY} - led_to == set()


def test_search_puts_names_before_mentions() -> None:
    found = [term.slug for term in GLOSSARY.search(" Gr")]
    assert found[:2] == ["group", "grpo"]
    assert set(found[2:6]) == {"bar", "dr-grpo", "gspo", "gradient"}, "then other spellings"
    assert GLOSSARY.search("dr. grpo")[0].slug == "dr-grpo"
    assert GLOSSARY.search("beta")[0].slug == "kl"
    assert GLOSSARY.search("Kl")[0].slug == "kl"
    assert GLOSSARY.search("") == GLOSSARY.terms
    assert GLOSSARY.search("zzzz") == ()


def test_finds_other_spellings() -> None:
    found = GLOSSARY.find("  llm-as-a-JUDGE ")
    assert found is GLOSSARY.get("llm-as-judge")
    assert GLOSSARY.find("blimp") is None


def test_a_paper_has_its_address() -> None:
    source = GLOSSARY.get("grpo").sources[0]
    assert source.url == "https://arxiv.org/abs/2402.03300"
    assert GLOSSARY.get("goodharts-law").sources[0].url == ""


def test_a_torn_reference_is_refused() -> None:
    with pytest.raises(GlossaryError, match="“moss”, which is no other term"):
        Glossary([term("fern", "moss")])
    with pytest.raises(GlossaryError, match="which is no other term"):
        Glossary([term("fern", "fern")])


def test_a_spelling_is_explained_once() -> None:
    with pytest.raises(GlossaryError, match=r"(?i)“moss” twice"):
        Glossary([term("fern", "moss", also=("Moss",)), term("moss", "fern")])
    with pytest.raises(GlossaryError, match="same slug"):
        Glossary([term("fern", "fern"), term("fern", "fern", name="Fern")])


@pytest.mark.parametrize(
    "text",
    ["term = [", "[[term]]\nslug = 'moss'", "[[term]]\nslug = 'A moss'\nname = 'Moss'"],
    ids=["torn", "no text", "no slug"],
)
def test_a_file_that_is_not_sound_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(text)
    with pytest.raises(GlossaryError, match="is not sound"):
        load(path)
