"""The shared prefix against plain forwards: log-probabilities, gradients, and where it is not exact."""

import copy

import pytest
import torch
from peft import LoraConfig, get_peft_model

from engine.lm.exact import inexact
from engine.lm.head import CHUNK, token_logps
from engine.lm.load import lora_targets
from engine.lm.scoring import score_names, trunk_keys
from engine.lm.tree import common_prefix
from tests.tiny import tiny_model

pytestmark = pytest.mark.usefixtures("one_thread")

TRUNK = [7, 11, 13, 17, 19, 23, 29]
BRANCHES = [[31, 37, 41], [43], [47, 53, 59, 61, 67]]
# Groups and names of unequal size, a name twice, a name of a single token, and one colour without names.
NAMES = [
    [[71, 73, 79, 2], [83, 2], [71, 73, 79, 2], [2]],
    [[89, 97, 101, 103, 107, 2]],
    [[109, 113, 2], [127, 2], [131, 137, 139, 2]],
]


def plain(model, temperature: float = 1.0, trunk=TRUNK, branches=BRANCHES, names=NAMES):
    """Return log-probabilities and entropies by one plain forward a name."""
    logps, entropies = [], []
    for branch, group in zip(branches, names, strict=True):
        for name in group:
            ids = torch.tensor([[*trunk, *branch, *name]])
            logits = model(input_ids=ids, use_cache=False).logits[0, -len(name) - 1 : -1].float()
            spread = torch.log_softmax(logits / temperature, -1)
            logps.append(spread.gather(1, torch.tensor(name)[:, None])[:, 0])
            entropies.append(-(spread.exp() * spread).sum(-1))
    return torch.cat(logps), torch.cat(entropies)


def with_lora(model):
    """Put a LoRA on a model, B not zero so that all its gradients tell something."""
    torch.manual_seed(3)
    peft = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=8, target_modules=list(lora_targets(model)), lora_dropout=0.0)
    )
    with torch.no_grad():
        for name, weight in peft.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.05)
    return peft.train()


def gradients(model, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the LoRA's gradients, fresh."""
    model.zero_grad(set_to_none=True)
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.requires_grad}


def alike(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> float:
    """Return the cosine of two sets of gradients."""
    a, b = (torch.cat([g[k].flatten().double() for k in theirs]) for g in (ours, theirs))
    return float(a @ b / (a.norm() * b.norm()))


def weights_for(count: int) -> torch.Tensor:
    """Return what each token weighs in a loss: as advantages do, some up, some down."""
    return torch.randn(count, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("shape", ["llama", "qwen2", "qwen3", "gemma3"])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_it_equals_a_plain_forward_in_fp32(shape: str, temperature: float) -> None:
    model = tiny_model(shape, layers=3)
    with torch.no_grad():
        ours = score_names(model, TRUNK, BRANCHES, NAMES, temperature=temperature, entropy=True)
        logps, entropies = plain(model, temperature)
    assert ours.lengths == tuple(len(name) for group in NAMES for name in group)
    assert (ours.logps - logps).abs().max() < 1e-4
    assert (ours.entropies - entropies).abs().max() < 1e-4


@pytest.mark.parametrize("shape", ["llama", "qwen2", "qwen3", "gemma3"])
def test_it_equals_a_plain_forward_in_bf16(shape: str) -> None:
    # Absolute, in nats. Weights as a real model's: much larger ones would measure bf16 and not the tree.
    model = tiny_model(shape, layers=3, initializer_range=0.04).to(torch.bfloat16)
    with torch.no_grad():
        ours = score_names(model, TRUNK, BRANCHES, NAMES, entropy=True)
        logps, entropies = plain(model)
    assert (ours.logps - logps).abs().max() < 2e-2
    assert (ours.entropies - entropies).abs().max() < 2e-2


@pytest.mark.parametrize(
    ("trunk", "branches", "names"),
    [
        (TRUNK, [[31], [37]], [[[5, 2], [6, 2]], [[7, 2], [8, 2]]]),
        (TRUNK, [[31], [37, 41]], [[[2]], [[2], [5]]]),
        (TRUNK, [[31, 33]], [[[5, 6, 7, 2]]]),
        ([], [[31, 33], [37]], [[[5, 6, 2]], [[7, 2], [2]]]),
        (TRUNK, [[31], [37], [41]], [[[5, 2]], [], [[6, 7, 2]]]),
    ],
    ids=["nothing to pad", "single tokens only", "one of each", "no trunk", "a colour without names"],
)
def test_odd_trees_are_right_too(trunk, branches, names) -> None:
    model = tiny_model(layers=2)
    with torch.no_grad():
        ours = score_names(model, trunk, branches, names)
        logps, _ = plain(model, 1.0, trunk, branches, names)
    assert (ours.logps - logps).abs().max() < 1e-4


def test_a_kept_trunk_gives_the_same() -> None:
    model = tiny_model(layers=3)
    with torch.no_grad():
        kept = trunk_keys(model, TRUNK)
        for branches, names in ((BRANCHES, NAMES), (BRANCHES[:1], NAMES[:1])):
            ours = score_names(model, TRUNK, branches, names, trunk_cache=kept)
            again = score_names(model, TRUNK, branches, names)
            assert (ours.logps - again.logps).abs().max() < 1e-5


def test_results_come_in_the_order_asked_and_as_sums_and_rows() -> None:
    model = tiny_model(layers=2)
    with torch.no_grad():
        ours = score_names(model, TRUNK, BRANCHES, NAMES)
    parts = ours.logps.split(list(ours.lengths))
    assert torch.equal(parts[0], parts[2])
    assert ours.sums() == pytest.approx([float(part.sum()) for part in parts])
    rows = ours.padded(ours.logps, 7)
    assert rows.shape == (8, 7)
    assert rows[3, 1:].eq(0).all()
    assert torch.equal(rows[4, :6], parts[4])


@pytest.mark.parametrize("shape", ["llama", "qwen2", "qwen3", "gemma3"])
def test_lora_gradients_equal_plain_pefts(shape: str) -> None:
    model = with_lora(tiny_model(shape, layers=3))
    ours = score_names(model, TRUNK, BRANCHES, NAMES, temperature=0.8).logps
    weigh = weights_for(len(ours))
    mine = gradients(model, (ours * weigh).sum())
    theirs = gradients(model, (plain(model, 0.8)[0] * weigh).sum())
    assert mine.keys() == theirs.keys()
    assert alike(mine, theirs) > 0.9999
    for name, grad in theirs.items():
        torch.testing.assert_close(mine[name], grad, rtol=1e-3, atol=1e-4, msg=name)


def test_lora_gradients_agree_in_bf16_with_the_adapter_in_fp32() -> None:
    model = with_lora(tiny_model(layers=3, initializer_range=0.04).to(torch.bfloat16))
    for weight in model.parameters():
        if weight.requires_grad:
            weight.data = weight.data.float()
    ours = score_names(model, TRUNK, BRANCHES, NAMES).logps
    weigh = weights_for(len(ours))
    mine = gradients(model, (ours * weigh).sum())
    theirs = gradients(model, (plain(model)[0] * weigh).sum())
    assert all(grad.dtype == torch.float32 for grad in mine.values())
    assert alike(mine, theirs) > 0.999


def test_an_adapter_that_is_off_is_off() -> None:
    model = with_lora(tiny_model(layers=2))
    bare = tiny_model(layers=2)
    with torch.no_grad():
        on = score_names(model, TRUNK, BRANCHES, NAMES).logps
        with model.disable_adapter():
            off = score_names(model, TRUNK, BRANCHES, NAMES).logps
        assert (off - score_names(bare, TRUNK, BRANCHES, NAMES).logps).abs().max() < 1e-6
    assert (on - off).abs().max() > 1e-3


@pytest.mark.parametrize("reentrant", [False, True])
def test_gradient_checkpointing_changes_no_gradient(reentrant: bool) -> None:
    model = with_lora(tiny_model(layers=3))
    ours = score_names(model, TRUNK, BRANCHES, NAMES).logps
    weigh = weights_for(len(ours))
    kept = gradients(model, (ours * weigh).sum())
    model.get_base_model().activation_checkpointing_enable(
        activation_checkpointing_kwargs={"use_reentrant": reentrant}
    )
    assert model.get_base_model().is_activation_checkpointing
    again = gradients(model, (score_names(model, TRUNK, BRANCHES, NAMES).logps * weigh).sum())
    for name, grad in kept.items():
        torch.testing.assert_close(again[name], grad, rtol=1e-5, atol=1e-7, msg=name)


def test_the_model_is_left_as_it_was() -> None:
    model = with_lora(tiny_model(layers=2))
    before = plain(model)[0].detach()
    score_names(model, TRUNK, BRANCHES, NAMES)
    assert not any("forward" in vars(module) for module in model.modules())
    assert torch.equal(plain(model)[0].detach(), before)


@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_token_logps_are_log_softmax_with_its_gradient(temperature: float) -> None:
    # More rows than a chunk, rows that predict several tokens, rows that predict none.
    count, width, vocabulary = CHUNK + 9, 8, 23
    draw = torch.Generator().manual_seed(1)
    hidden = torch.randn(count, width, generator=draw).requires_grad_()
    weight = torch.randn(vocabulary, width, generator=draw)
    rows = torch.randint(0, count, (2 * count,), generator=draw).sort().values
    tokens = torch.randint(0, vocabulary, (2 * count,), generator=draw)
    weigh = torch.randn(2 * count, generator=draw)

    logps, entropies = token_logps(hidden, weight, rows, tokens, temperature)
    (mine,) = torch.autograd.grad((logps * weigh).sum(), hidden)
    spread = torch.log_softmax(hidden @ weight.t() / temperature, -1)
    chosen = spread[rows, tokens]
    (theirs,) = torch.autograd.grad((chosen * weigh).sum(), hidden)
    torch.testing.assert_close(logps, chosen, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(entropies, -(spread.exp() * spread).sum(-1).detach(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_token_logps_gradient_is_the_slope() -> None:
    draw = torch.Generator().manual_seed(2)
    hidden = torch.randn(3, 5, generator=draw)
    weight = torch.randn(11, 5, generator=draw)
    rows, tokens = torch.tensor([0, 0, 2]), torch.tensor([4, 9, 1])

    def total(at: torch.Tensor) -> torch.Tensor:
        return token_logps(at, weight, rows, tokens, 0.9)[0].sum()

    leaf = hidden.clone().requires_grad_()
    (slope,) = torch.autograd.grad(total(leaf), leaf)
    step = 1e-2
    for i in range(3):
        for j in range(5):
            up, down = hidden.clone(), hidden.clone()
            up[i, j] += step
            down[i, j] -= step
            measured = float(total(up) - total(down)) / (2 * step)
            assert measured == pytest.approx(float(slope[i, j]), abs=2e-3)


def test_entropies_carry_no_gradient() -> None:
    hidden = torch.randn(2, 4, requires_grad=True)
    _, entropies = token_logps(hidden, torch.randn(5, 4), torch.tensor([0, 1]), torch.tensor([1, 2]))
    assert not entropies.requires_grad


PROMPTS = [[*TRUNK * 3, 31, 37], [*TRUNK * 3, 41], [*TRUNK * 3, 43, 47, 53]]


@pytest.mark.parametrize("shape", ["llama", "qwen2", "qwen3", "gemma3"])
def test_a_plain_model_is_found_exact(shape: str) -> None:
    model = tiny_model(shape, layers=2)
    assert inexact(model, PROMPTS, [5, 6, 7, 2]) == ""
    assert inexact(model.to(torch.bfloat16), PROMPTS, [5, 6, 7, 2]) == ""


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("shape", "more"),
    [
        ("gemma3", {"sliding_window": 8}),
        ("gemma2", {"attn_logit_softcapping": None}),
        ("gemma2", {"final_logit_softcapping": None}),
    ],
    ids=["a window shorter than the prompt", "capped logits", "capped attention"],
)
def test_a_model_that_does_more_is_noticed(shape: str, more: dict, dtype: torch.dtype) -> None:
    model = tiny_model(shape, layers=2, **more).to(dtype)
    assert "nats" in inexact(model, PROMPTS, [5, 6, 7, 2])


def test_a_head_with_a_bias_is_noticed() -> None:
    model = tiny_model(layers=2)
    head = model.get_output_embeddings()
    biased = torch.nn.Linear(head.in_features, head.out_features)
    biased.weight = head.weight
    with torch.no_grad():
        biased.bias.normal_()
    model.set_output_embeddings(biased)
    assert "nats" in inexact(model, PROMPTS, [5, 6, 7, 2])


def test_a_model_that_cannot_be_run_so_is_noticed_with_the_reason() -> None:
    model = copy.deepcopy(tiny_model(layers=1))
    model.get_decoder = lambda: object()
    assert "do not take a packed batch" in inexact(model, PROMPTS, [5, 2])


def test_the_common_prefix_leaves_each_prompt_something() -> None:
    assert common_prefix([[1, 2, 3], [1, 2, 4]]) == 2
    assert common_prefix([[1, 2, 3], [1, 2]]) == 1
    assert common_prefix([[1, 2, 3]]) == 2
    assert common_prefix([[5], [6, 7]]) == 0
