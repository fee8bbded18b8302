"""Packing texts as a tree of tokens: each token once, with the sequences of all texts that it is part of."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.lm.packing import pack, parts

TEXTS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), max_size=30)


def test_a_shared_beginning_is_there_once_and_carries_every_id():
    packed = pack([[7, 1, 2], [7, 1, 3], [7, 4]], position=40, sequence=8)
    assert packed.tokens == [7, 1, 2, 3, 4]
    assert packed.positions == [40, 41, 42, 42, 41]
    assert packed.sequences == [[8, 9, 10], [8, 9], [8], [9], [10]]
    assert packed.rows == [[0, 1, 2], [0, 1, 3], [0, 4]]


def test_a_text_that_begins_another_needs_no_token_of_its_own():
    packed = pack([[5, 6, 7], [5, 6], [5, 6, 7]], position=0, sequence=0)
    assert packed.tokens == [5, 6, 7]
    assert packed.sequences == [[0, 1, 2], [0, 1, 2], [0, 2]]


@given(TEXTS, st.integers(0, 100), st.integers(0, 200))
def test_every_text_can_be_read_off_its_rows(texts: list[list[int]], position: int, sequence: int):
    packed = pack(texts, position, sequence)
    for number, text in enumerate(texts):
        rows = packed.rows[number]
        assert [packed.tokens[row] for row in rows] == text
        assert [packed.positions[row] for row in rows] == list(range(position, position + len(text)))
        assert rows == [row for row, ids in enumerate(packed.sequences) if sequence + number in ids]
    beginnings = {tuple(text[: depth + 1]) for text in texts for depth in range(len(text))}
    assert len(packed.tokens) == len(beginnings)


@given(TEXTS)
def test_along_a_text_tokens_never_come_to_carry_more_sequences(texts: list[list[int]]):
    # llama.cpp refuses a batch in which a sequence's company grows.
    packed = pack(texts, 0, 0)
    for rows in packed.rows:
        for before, after in pairwise(rows):
            assert before < after
            assert set(packed.sequences[after]) <= set(packed.sequences[before])


@given(TEXTS, st.integers(1, 5), st.integers(1, 12))
def test_parts_hold_every_text_that_fits_once_and_never_too_much(
    texts: list[list[int]], most_sequences: int, most_tokens: int
):
    found = list(parts(texts, most_sequences, most_tokens))
    fitting = [i for i, text in enumerate(texts) if len(text) <= most_tokens]
    assert sorted(index for part in found for index in part) == fitting
    for part in found:
        assert 0 < len(part) <= most_sequences
        assert len(pack([texts[index] for index in part], 0, 0).tokens) <= most_tokens


def test_600_names_on_one_rubric_go_in_as_many_parts_as_256_sequences_need():
    names = [[9, number, number + 1] for number in range(600)]
    sizes = [len(part) for part in parts(names, 248, 10_000)]
    assert sizes == [248, 248, 104]


def test_texts_that_begin_alike_stay_together():
    texts = [[1, number] for number in range(4)] + [[2, number] for number in range(4)]
    mixed = [texts[i] for i in (0, 4, 1, 5, 2, 6, 3, 7)]
    first, second = parts(mixed, 4, 100)
    assert {mixed[i][0] for i in first} == {1}
    assert {mixed[i][0] for i in second} == {2}
