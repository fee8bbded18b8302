"""Tiny random models with a real tokenizer, made in a second: what tests train, sample and judge with."""

import functools
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma3TextConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)

from engine.lexicon import Lexicon
from engine.lm.load import encode_chat
from engine.task import color_task

VOCABULARY = 600
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
COMMON = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 512,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
SHAPES = {
    "llama": functools.partial(LlamaConfig, tie_word_embeddings=True),
    "qwen2": Qwen2Config,
    "qwen3": Qwen3Config,
    # Both of its kinds of layer, the window longer than any prompt here.
    "gemma3": functools.partial(
        Gemma3TextConfig,
        sliding_window=256,
        layer_types=["sliding_attention", "full_attention"] * 2,
        query_pre_attn_scalar=16,
    ),
    "gemma2": functools.partial(
        Gemma2Config,
        sliding_window=256,
        layer_types=["full_attention"] * 4,
        query_pre_attn_scalar=16,
        attn_logit_softcapping=0.1,
        final_logit_softcapping=2.0,
    ),
}


def tiny_model(shape: str = "llama", layers: int = 4, seed: int = 0, **more):
    """Make a random decoder in fp32, its weights large enough for its predictions to differ."""
    facts = COMMON | {"num_hidden_layers": layers, "initializer_range": 0.15} | more
    if "layer_types" in getattr(SHAPES[shape], "keywords", {}):
        facts.setdefault("layer_types", SHAPES[shape].keywords["layer_types"][:layers])
    torch.manual_seed(seed)
    return AutoModelForCausalLM.from_config(SHAPES[shape](**facts)).eval()


@functools.cache
def tiny_tokenizer():
    """Train a byte-level BPE tokenizer on known names, with the marks of a ChatML conversation."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    names = Lexicon.load().names[::64]
    texts = [*names, *[f" {name}" for name in names], *["Name this paint color: It is a light, muted"] * 20]
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        padding_side="left",
    )
    fast.chat_template = TEMPLATE
    return fast


def teach(model, steps: int = 30) -> None:
    """Teach a tiny model to answer with something like a name and to end it, whatever the colour."""
    tokenizer, random = tiny_tokenizer(), np.random.default_rng(0)
    names = [name for name in Lexicon.load().names[:4000] if name.isascii() and len(name) < 14]
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-3, weight_decay=0.0)
    for _ in range(steps):
        prompt = encode_chat(tokenizer, color_task().messages(f"#{random.integers(1 << 24):06x}", True))
        replies = [tokenizer.encode(names[i]) for i in random.choice(len(names), 8)]
        width = len(prompt) + max(map(len, replies)) + 1
        labels = torch.full((len(replies), width), -100)
        ids = torch.full_like(labels, tokenizer.eos_token_id)
        for row, reply in enumerate(replies):
            ids[row, : len(prompt) + len(reply)] = torch.tensor([*prompt, *reply])
            end = len(prompt) + len(reply) + 1
            labels[row, len(prompt) : end] = ids[row, len(prompt) : end]
        loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def write_tiny(folder: Path, shape: str = "llama", layers: int = 4, seed: int = 0, **more) -> Path:
    """Write a tiny base that names (nonsense): a folder that a recipe can name."""
    model = tiny_model(shape, layers, seed, **more)
    teach(model)
    model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny Llama's folder."""
    return write_tiny(tmp_path_factory.mktemp("bases") / "tiny-llama")


@pytest.fixture(scope="session")
def tiny_base(tiny_folder: Path):
    """Return the tiny Llama loaded as the engine does, for tests that do not change it."""
    from engine.lm.load import load_base
    from engine.models import find_base

    return load_base(find_base(str(tiny_folder)), torch.device("cpu"), torch.float32)
