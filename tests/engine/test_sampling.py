"""Sampling against plain forwards: what is drawn, how likely it was, and that rows leave each other be."""

import pytest
import torch
from peft import LoraConfig, get_peft_model

from engine.lm.load import copy_linears, lora_targets
from engine.lm.lora import Painters, merge_into
from engine.lm.sampling import Sampled, Sampler, _draw, sample
from tests.tiny import tiny_model

pytestmark = pytest.mark.usefixtures("one_thread")

TRUNK = [7, 11, 13, 17, 19]
PROMPTS = [[*TRUNK, 31, 37, 41], [*TRUNK, 43], [*TRUNK, 47, 53]]
# A tenth of the vocabulary ends a reply, so that rows end at all times.
ENDS = tuple(range(0, 600, 10))
LONGEST = 8


def drawn(model, prompts=PROMPTS, groups=(4, 2, 5), **more) -> list[list[Sampled]]:
    asked = {"ends": ENDS, "longest": LONGEST, "temperature": 1.0, "seed": 1} | more
    return sample(model, prompts, groups, **asked)


@torch.no_grad()
def next_logits(model, ids: list[int]) -> torch.Tensor:
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].float()


@torch.no_grad()
def naive(model, prompts, groups, *, ends, longest, temperature, seed) -> list[list[Sampled]]:
    """Sample one row after the other, each by plain forwards, from the same uniform numbers."""
    table = torch.rand(sum(groups), longest, generator=torch.Generator().manual_seed(seed))
    rows = iter(table)
    out: list[list[Sampled]] = []
    for prompt, count in zip(prompts, groups, strict=True):
        group = []
        for _ in range(count):
            uniform, tokens, logps = next(rows), [], []
            while len(tokens) < longest and not (tokens and tokens[-1] in ends):
                spread = torch.log_softmax(next_logits(model, [*prompt, *tokens]) / temperature, -1)
                token = int((spread.exp().cumsum(-1) <= uniform[len(tokens)]).sum())
                tokens.append(min(token, len(spread) - 1))
                logps.append(float(spread[tokens[-1]]))
            group.append(Sampled(tuple(tokens), tuple(logps)))
        out.append(group)
    return out


def flat(groups: list[list[Sampled]]) -> list[Sampled]:
    return [one for group in groups for one in group]


def tokens_of(groups: list[list[Sampled]]) -> list[list[tuple[int, ...]]]:
    return [[one.tokens for one in group] for group in groups]


@pytest.mark.parametrize("shape", ["llama", "qwen2", "qwen3", "gemma3"])
@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_it_draws_what_a_naive_loop_draws(shape: str, temperature: float) -> None:
    model = tiny_model(shape, layers=2)
    asked = {"ends": ENDS, "longest": LONGEST, "temperature": temperature, "seed": 7}
    ours = sample(model, PROMPTS, (4, 2, 5), **asked)
    theirs = naive(model, PROMPTS, (4, 2, 5), **asked)
    assert [len(group) for group in ours] == [4, 2, 5]
    assert tokens_of(ours) == tokens_of(theirs)
    for a, b in zip(flat(ours), flat(theirs), strict=True):
        assert a.logps == pytest.approx(b.logps, abs=1e-4)
    lengths = {len(one.tokens) for group in ours for one in group}
    assert len(lengths) > 2, "rows should have ended at different times"


def test_a_reply_ends_at_its_end_and_is_never_empty_nor_too_long() -> None:
    for one in flat(drawn(tiny_model(layers=2), groups=(30, 30, 30))):
        assert 1 <= len(one.tokens) <= LONGEST
        assert len(one.logps) == len(one.tokens)
        assert not set(one.tokens[:-1]) & set(ENDS)
        assert one.tokens[-1] in ENDS or len(one.tokens) == LONGEST


def test_the_same_seed_gives_the_same_names_whatever_was_drawn_before() -> None:
    model = tiny_model(layers=2)
    first = drawn(model)
    torch.rand(3)
    assert tokens_of(drawn(model)) == tokens_of(first)
    assert tokens_of(drawn(model, seed=2)) != tokens_of(first)
    state = torch.random.get_rng_state()
    drawn(model)
    assert torch.equal(torch.random.get_rng_state(), state), "the process's own generator was touched"


def test_a_name_is_the_same_alone_and_among_others() -> None:
    model = tiny_model(layers=2)
    among = drawn(model, PROMPTS[:1], (8,))[0]
    alone = drawn(model, PROMPTS[:1], (1,))[0]
    assert alone[0].tokens == among[0].tokens
    assert alone[0].logps == pytest.approx(among[0].logps, abs=1e-5)


def test_a_longer_prompt_beside_it_changes_nothing() -> None:
    model = tiny_model(layers=2)
    beside = drawn(model, [PROMPTS[1], [*TRUNK, *range(100, 130)]], (6, 6))[0]
    assert [one.tokens for one in beside] == [one.tokens for one in drawn(model, [PROMPTS[1]], (6,))[0]]


def test_first_tokens_come_as_often_as_they_should() -> None:
    model = tiny_model(layers=2, vocab_size=24, eos_token_id=2, pad_token_id=2)
    prompts = [[3, 4, 5, 6], [3, 4, 7]]
    count = 6000
    groups = sample(model, prompts, (count, count), ends=(2,), longest=2, temperature=1.0, seed=3)
    for prompt, group in zip(prompts, groups, strict=True):
        seen = torch.bincount(torch.tensor([one.tokens[0] for one in group]), minlength=24) / count
        true = torch.softmax(next_logits(model, prompt), -1)
        # The expected distance of 6,000 honest draws is below sqrt(24 / 6000) / 2 = 0.032.
        assert float((seen - true).abs().sum() / 2) < 0.032
        # And at the second token, after the commonest first one.
        first = int(seen.argmax())
        seconds = torch.tensor([one.tokens[1] for one in group if one.tokens[0] == first and first != 2])
        seen = torch.bincount(seconds, minlength=24) / len(seconds)
        true = torch.softmax(next_logits(model, [*prompt, first]), -1)
        assert float((seen - true).abs().sum() / 2) < (24 / len(seconds)) ** 0.5 / 2


def test_greedy_is_generates_greedy() -> None:
    model = tiny_model(layers=3)
    ours = drawn(model, temperature=0.0, groups=(1, 1, 1))
    for prompt, (one,) in zip(PROMPTS, ours, strict=True):
        ids = torch.tensor([prompt])
        theirs = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=LONGEST,
            eos_token_id=list(ENDS),
            pad_token_id=0,
        )
        assert one.tokens == tuple(theirs[0, len(prompt) :].tolist())


def test_equal_prompts_and_a_prompt_of_one_token_work() -> None:
    model = tiny_model(layers=2)
    asked = {"ends": ENDS, "longest": 4, "temperature": 1.0, "seed": 5}
    for prompts in ([PROMPTS[0], PROMPTS[0]], [[9]]):
        groups = (3,) * len(prompts)
        assert tokens_of(sample(model, prompts, groups, **asked)) == tokens_of(
            naive(model, prompts, groups, **asked)
        )


@pytest.mark.parametrize("uniform", [0.0, 0.5, 1 - 2**-24])
def test_a_token_without_a_chance_is_never_drawn(uniform: float) -> None:
    logits = torch.full((1, 600), float("-inf"))
    logits[0, [100, 300]] = torch.tensor([1.0, 2.0])
    tokens, logps = _draw(logits, torch.tensor([uniform]), 1.0)
    assert int(tokens) in (100, 300)
    assert float(logps) == pytest.approx(-1.3133 if int(tokens) == 100 else -0.3133, abs=1e-3)


def test_the_buffer_is_the_adapter_merged_and_never_drifts() -> None:
    model = tiny_model(layers=2)
    buffer = copy_linears(model)
    torch.manual_seed(0)
    peft = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=list(lora_targets(model))))
    pristine = {path: layer.weight.clone() for path, layer in lora_targets(buffer).items()}
    for _ in range(3):
        with torch.no_grad():
            for name, weight in peft.named_parameters():
                if "lora_B" in name:
                    weight.normal_(0, 0.05)
        merge_into(buffer, peft)
        ids = torch.tensor([PROMPTS[0]])
        with torch.no_grad():
            apart = peft(input_ids=ids).logits - buffer(input_ids=ids).logits
        assert apart.abs().max() < 1e-4
    with peft.disable_adapter():
        merge_into(buffer, peft)
    for path, layer in lora_targets(buffer).items():
        assert torch.equal(layer.weight, pristine[path])
    assert buffer.get_output_embeddings().weight is model.get_output_embeddings().weight


@torch.no_grad()
def test_many_painters_name_in_one_pass_what_each_would_alone(tiny_base, one_thread, tmp_path) -> None:
    model = tiny_base.primed
    layers = lora_targets(model)
    prompt = tiny_base.prompt("#d48475")
    generator = torch.Generator().manual_seed(3)

    def adapter() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        return {
            path: (
                torch.randn(4, layer.in_features, generator=generator) * 0.1,
                torch.randn(layer.out_features, 4, generator=generator) * 0.1,
            )
            for path, layer in layers.items()
        }

    adapters = [adapter(), {}, adapter()]
    rows = Painters(layers, adapters)
    asked = {"ends": tiny_base.ends, "longest": 8, "temperature": 1.0, "seed": 5}
    with rows.painting():
        together = Sampler(model, graphs=False, rows=rows).sample([prompt] * 3, [6] * 3, **asked)
    for said, pairs in zip(together, adapters, strict=True):
        merged = copy_linears(model)
        for path, layer in lora_targets(merged).items():
            if path in pairs:
                layer.weight.add_(pairs[path][1] @ pairs[path][0])
        [alone] = Sampler(merged, graphs=False).sample([prompt], [6], **asked)
        assert [reply.tokens for reply in said] == [reply.tokens for reply in alone]
        for one, other in zip(said, alone, strict=True):
            assert one.logps == pytest.approx(other.logps, abs=1e-4)
    assert together[0] != together[1] != together[2]
