"""Judges' questions through llama.cpp: the same numbers as transformers gives on the same weights.

What needs no llama.cpp (how names are packed and split into batches) is tested in ``test_packing``.
"""

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.judges.build import JudgeBuilder
from engine.judges.spec import Contrast, Describes, JudgeError, Rating
from engine.lexicon import Lexicon
from engine.lm import llama
from engine.lm.judge_model import TorchModel, answers
from engine.lm.llama import LlamaError, LlamaModel
from engine.lm.load import LoadedBase
from tests.tiny_gguf import write_gguf

pytestmark = pytest.mark.usefixtures("one_thread")
needs_llama = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None,
    reason="llama-cpp-python, an extra that is compiled at the user's, is not installed here",
)
# The cache of keys and values is fp16 there.
CLOSE = 0.02
NAMES = ["Sunset Dust", "Beige", "Light Drizzle over Tin", "Sunset Drizzle", "Façade Grün", "Hail"]
HOSTILE = ["Dust<|im_end|>", "<|im_start|>system", "a<|endoftext|>b", "<|im_end|", "日本", "\ud800"]


@pytest.fixture(scope="module")
def gguf(tiny_base: LoadedBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", tiny_base.raw, tiny_base.tokenizer)


@pytest.fixture(scope="module")
def model(gguf: Path) -> LlamaModel:
    return LlamaModel(gguf, 1)


def flat(logps: list[list[float]]) -> list[float]:
    return [value for each in logps for value in each]


@pytest.fixture(scope="module")
def plain(tiny_base: LoadedBase) -> TorchModel:
    return TorchModel(tiny_base.raw, tiny_base.tokenizer)


@needs_llama
@pytest.mark.parametrize("text", [*NAMES, *HOSTILE, "", "A list of names:\n- Hail on Tin\n-"])
def test_text_becomes_the_same_tokens(model: LlamaModel, plain: TorchModel, text: str) -> None:
    if text != "\ud800":
        assert model.encode(text) == plain.encode(text)
        assert model.encode(f" {text}\n", after="-") == plain.encode(f" {text}\n", after="-")
    assert not {0, 1, 2} & set(model.encode(text)), "a marker in a text must not become one"


@needs_llama
def test_a_turn_is_framed_by_the_template_that_the_file_brings(model: LlamaModel, plain: TorchModel) -> None:
    assert model.turn() == plain.turn()
    assert model.start() == plain.start() == []


@needs_llama
def test_names_are_as_likely_as_transformers_says(model: LlamaModel, plain: TorchModel) -> None:
    for prefix in ("A list of names:\n-", "Something else altogether:\n- Hail on Tin\n-"):
        ids = plain.encode(prefix)
        texts = [plain.encode(f" {name}\n", after="-") for name in [*NAMES, NAMES[0]]]
        assert flat(model.logps(ids, texts)) == pytest.approx(flat(plain.logps(ids, texts)), abs=CLOSE)


@needs_llama
def test_more_names_than_llama_cpp_has_sequences(model: LlamaModel, plain: TorchModel) -> None:
    ids = plain.encode("A list of names:\n-")
    texts = [plain.encode(f" {name}\n", after="-") for name in Lexicon.load().names[:600]]
    ours, theirs = (np.array(flat(one.logps(ids, texts))) for one in (model, plain))
    assert np.abs(ours - theirs).max() < 5 * CLOSE


@needs_llama
def test_answers_are_as_likely_as_transformers_says(model: LlamaModel, plain: TorchModel) -> None:
    wanted = answers(plain, [(str(digit), f" {digit}") for digit in range(10)])
    assert wanted == answers(model, [(str(digit), f" {digit}") for digit in range(10)])
    before, after = plain.turn()
    prefix = [*before, *plain.encode("How good is it? Name:")]
    texts = [[*plain.encode(f" {name}", after=":"), *after] for name in NAMES]
    ours, theirs = (one.choices(prefix, texts, wanted) for one in (model, plain))
    assert ours.shape == (len(NAMES), 10)
    assert np.abs(ours - theirs).max() < CLOSE
    assert np.exp(ours).sum(1).max() < 1


@needs_llama
def test_beginnings_are_kept_and_the_oldest_make_room(model: LlamaModel, plain: TorchModel) -> None:
    texts = [plain.encode(f" {name}\n", after="-") for name in NAMES]
    prefixes = [plain.encode(f"List number {number}, of names:\n-") for number in range(llama.HOMES + 3)]
    first = [flat(model.logps(prefix, texts)) for prefix in prefixes]
    assert len(model._homes) == llama.HOMES
    again = [flat(model.logps(prefix, texts)) for prefix in prefixes]
    assert np.abs(np.array(again) - np.array(first)).max() < CLOSE
    decoded: list[int] = []
    real = model._lib.llama_decode
    try:
        model._lib.llama_decode = lambda context, batch: (
            decoded.append(batch.n_tokens) or real(context, batch)
        )
        model.logps(prefixes[-1], texts)
    finally:
        model._lib.llama_decode = real
    assert len(decoded) == 1, "a beginning that is kept must not be computed again"


@needs_llama
def test_what_is_too_long_is_said_and_breaks_nothing(model: LlamaModel, plain: TorchModel) -> None:
    ids = plain.encode("A list of names:\n-")
    short, long = plain.encode(" Hail\n", after="-"), [7] * 600
    found = model.logps(ids, [short, long])
    assert found[0] == pytest.approx(plain.logps(ids, [short])[0], abs=CLOSE)
    assert len(found[1]) == 600
    assert all(map(math.isnan, found[1]))
    assert np.isnan(model.choices(ids, [long], [[5]])).all()
    with pytest.raises(LlamaError, match="too long for tiny: give fewer examples"):
        model.logps([7] * 5000, [short])
    assert model.logps(ids, []) == []


@needs_llama
@pytest.mark.parametrize("kind", ["contrast", "rating", "describes"])
def test_judges_on_a_gguf_score_as_on_the_base(
    tiny_base: LoadedBase, gguf: Path, tmp_path: Path, kind: str
) -> None:
    def spec(model: str) -> Contrast | Rating | Describes:
        if kind == "contrast":
            return Contrast(name="W", asks="names like weather", liked=("Hail on Tin",), model=model)
        return (
            Rating(name="W", asks="names like weather", model=model)
            if kind == "rating"
            else Describes(name="D", model=model)
        )

    notes: list[str] = []
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path)
    ours = builder.build(spec(str(gguf)), lambda note, done: notes.append(note))
    theirs = builder.build(spec(""))
    assert notes[0] == "Opening tiny.gguf"
    assert notes[-1].startswith("Calibrating ")
    assert len(list(tmp_path.iterdir())) == 2
    pairs = [(color, name) for color in ("#d48475", "#112233") for name in NAMES]
    asked = pairs if kind == "describes" else [name for _, name in pairs]
    assert ours.raw(asked) == pytest.approx(theirs.raw(asked), abs=CLOSE)
    for verdict in ours.score([*pairs, ("#d48475", "Dust<|im_end|>"), ("#d48475", " ")]):
        assert 0.0 <= verdict.score <= 1.0
        assert verdict.reason


@needs_llama
def test_judges_share_an_open_file_and_let_it_go(tiny_base: LoadedBase, gguf: Path, tmp_path: Path) -> None:
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path, keep=1)
    builder.build(Rating(name="A", asks="names", model=str(gguf)))
    opened = builder.model(str(gguf))
    builder.build(Rating(name="B", asks="other names", model=str(gguf)))
    assert builder.model(str(gguf)) is opened
    del opened
    builder.build(Rating(name="C", asks="names"))
    assert not builder._open


@needs_llama
def test_a_file_that_is_no_model_is_refused_in_a_sentence(gguf: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(gguf.read_bytes()[:5000])
    with pytest.raises(
        LlamaError, match=r"llama.cpp cannot open damaged\.gguf \(.+\): choose another GGUF\."
    ):
        LlamaModel(damaged, 1)
    empty = tmp_path / "empty.gguf"
    empty.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(LlamaError, match=r"cannot open empty\.gguf"):
        LlamaModel(empty, 1)


def test_a_file_that_is_no_gguf_is_refused_without_llama_cpp(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("Not a model.")
    with pytest.raises(LlamaError, match=r"^notes\.gguf is not a GGUF file: choose one\.$"):
        LlamaModel(tmp_path / "notes.gguf", 1)
    with pytest.raises(LlamaError, match=r"none\.gguf cannot be read \(No such file or directory\)"):
        LlamaModel(tmp_path / "none.gguf", 1)


def test_without_llama_cpp_a_sentence_says_what_is_off(
    tiny_base: LoadedBase, gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    llama._library.cache_clear()
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path)
    with pytest.raises(JudgeError, match=r"need llama\.cpp, which is off here") as fault:
        builder.build(Rating(name="A", asks="names", model=str(gguf)))
    assert fault.value.field == "model"
    llama._library.cache_clear()


def test_a_fingerprint_tells_files_apart(gguf: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other-name.gguf"
    data = bytearray(gguf.read_bytes())
    copy.write_bytes(data)
    assert llama.fingerprint(copy) == llama.fingerprint(gguf)
    data[-1] ^= 1
    copy.write_bytes(data)
    assert llama.fingerprint(copy) != llama.fingerprint(gguf)
