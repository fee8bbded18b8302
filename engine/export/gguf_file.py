"""A transformers model as a GGUF file, which llama.cpp and what is built on it read.

What is written is what llama.cpp's own converter writes for these architectures; the names of the weights
come from the ``gguf`` package. Only byte-level BPE tokenizers of a known splitting rule are written, since
llama.cpp has such rules built in and a file can only name one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf.quants import quantize
from numpy.typing import NDArray

from engine.export.order import Quantization
from engine.models import BaseError

READING = "painter_studio.reading"
"""Our own key in a file: whether the prompt tells the colour in words too."""
_ARCHITECTURES = {
    "llama": gguf.MODEL_ARCH.LLAMA,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
}
_TYPES = {
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}
# How a splitting rule is told by its regular expression.
_QWEN = r"|\p{N}|"
_LLAMA3 = r"|\p{N}{1,3}|"

Floats = NDArray[np.float32]


def unsupported(config: Any, tokenizer: Any) -> str:
    """Return why a model cannot be written as a GGUF, in a sentence; empty if it can.

    Parameters
    ----------
    config, tokenizer
        Of transformers.
    """
    kind = str(config.model_type)
    if kind not in _ARCHITECTURES:
        return (
            f"A base of the kind “{kind}” cannot be written as a GGUF here, only Llama, Qwen2 and Qwen3: "
            "export it as merged and use llama.cpp's convert_hf_to_gguf.py."
        )
    rope = getattr(config, "rope_parameters", None) or {}
    if rope.get("rope_type", "default") != "default":
        return (
            f"This base stretches its positions ({rope['rope_type']}), which is not written as a GGUF here: "
            "export it as merged and use llama.cpp's convert_hf_to_gguf.py."
        )
    try:
        splitting(tokenizer)
    except BaseError as error:
        return str(error)
    return ""


def splitting(tokenizer: Any) -> str:
    """Return llama.cpp's name of the rule by which a tokenizer splits text before its merges.

    Raises
    ------
    BaseError
        If it is none of those known here.
    """
    refused = BaseError(
        "This base's tokenizer is not written as a GGUF here, only byte-level BPE as GPT-2, SmolLM, Qwen2 "
        "and Llama 3 have it: export it as merged and use llama.cpp's convert_hf_to_gguf.py."
    )
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise refused
    facts = json.loads(backend.to_str())
    rule = facts.get("pre_tokenizer") or {}
    steps = rule.get("pretokenizers", [rule])
    kinds = [step.get("type") for step in steps]
    if facts["model"].get("type") != "BPE" or kinds[-1:] != ["ByteLevel"] or steps[-1]["add_prefix_space"]:
        raise refused
    if kinds == ["ByteLevel"] and steps[0]["use_regex"]:
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and steps[0]["individual_digits"] and steps[1]["use_regex"]:
        return "smollm"
    if kinds == ["Split", "ByteLevel"] and not steps[1]["use_regex"]:
        pattern = str(steps[0]["pattern"].get("Regex", ""))
        for mark, name in ((_LLAMA3, "llama-bpe"), (_QWEN, "qwen2")):
            if mark in pattern:
                return name
    raise refused


def write_gguf(
    path: Path,
    model: Any,
    tokenizer: Any,
    quantization: Quantization,
    *,
    name: str,
    licence: str,
    with_reading: bool,
    tell: Callable[[float], None] = lambda done: None,
) -> None:
    """Write a model with its tokenizer.

    Parameters
    ----------
    model
        A transformers causal model whose weights are merged, in any floating type.
    quantization
        Of the matrices; what is one-dimensional stays float32.
    with_reading
        Kept in the file for whoever paints with it.
    tell
        Told the share that is written, in 0..1; what it raises ends the work.

    Raises
    ------
    BaseError
        If the model is none that can be written; see :func:`unsupported`.
    OSError
        If the disk does not take it.
    """
    why_not = unsupported(model.config, tokenizer)
    if why_not:
        raise BaseError(why_not)
    kind = str(model.config.model_type)
    writer = gguf.GGUFWriter(path, kind)
    writer.add_name(name)
    writer.add_license(licence.lower())
    writer.add_bool(READING, with_reading)
    _add_shape(writer, model.config)
    _add_vocabulary(writer, tokenizer, int(model.config.vocab_size))
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_file_type(_TYPES[quantization][1])
    facts = [(key, value, _stored(value, quantization)) for key, value in _named(model)]
    for key, value, kept in facts:
        shape, size = tuple(value.shape), 4 * value.numel()
        if kept != gguf.GGMLQuantizationType.F32:
            bytes_shape = gguf.quant_shape_to_byte_shape(shape, kept)
            size = int(np.prod(bytes_shape))
            writer.add_tensor_info(key, bytes_shape, np.dtype(np.uint8), size, raw_dtype=kept)
        else:
            writer.add_tensor_info(key, shape, np.dtype(np.float32), size)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for place, (key, value, kept) in enumerate(facts):
            tell(place / len(facts))
            weight = _turned(key, value.detach().float().cpu().numpy(), model.config)
            writer.write_tensor_data(
                quantize(weight, kept) if kept != gguf.GGMLQuantizationType.F32 else weight
            )
    finally:
        writer.close()


def _named(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield the weights by llama.cpp's names, and leave out a head that is the embedding again."""
    config = model.config
    names = gguf.get_tensor_name_map(_ARCHITECTURES[str(config.model_type)], config.num_hidden_layers)
    for key, value in model.state_dict().items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        ours = names.get_name(key, try_suffixes=(".weight", ".bias"))
        if ours is None:
            raise BaseError(
                f"This base has weights that no GGUF of its kind has ({key}), so none is written."
            )
        yield ours, value


def _stored(value: Any, quantization: Quantization) -> gguf.GGMLQuantizationType:
    if value.ndim < 2:
        return gguf.GGMLQuantizationType.F32
    kept = _TYPES[quantization][0]
    block = gguf.GGML_QUANT_SIZES[kept][0]
    # A row that is no whole number of blocks stays as fine as it was.
    return kept if value.shape[-1] % block == 0 else gguf.GGMLQuantizationType.F16


def _turned(key: str, weight: Floats, config: Any) -> Floats:
    """Return queries and keys of a Llama in llama.cpp's order: it rotates neighbours, transformers halves."""
    if config.model_type != "llama" or not any(part in key for part in (".attn_q.", ".attn_k.")):
        return weight
    heads = config.num_attention_heads if ".attn_q." in key else config.num_key_value_heads
    halves = weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(weight.shape))


def _add_shape(writer: gguf.GGUFWriter, config: Any) -> None:
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _add_vocabulary(writer: gguf.GGUFWriter, tokenizer: Any, size: int) -> None:
    words = {number: word for word, number in tokenizer.get_vocab().items()}
    added = tokenizer.added_tokens_decoder
    kinds = []
    for number in range(size):
        if number in added:
            kinds.append(gguf.TokenType.CONTROL if added[number].special else gguf.TokenType.USER_DEFINED)
        else:
            kinds.append(gguf.TokenType.NORMAL if number in words else gguf.TokenType.UNUSED)
    merges = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(splitting(tokenizer))
    writer.add_token_list([words.get(number, f"[PAD{number}]") for number in range(size)])
    writer.add_token_types(kinds)
    writer.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in merges])
    for number, add in (
        (tokenizer.bos_token_id, writer.add_bos_token_id),
        (tokenizer.eos_token_id, writer.add_eos_token_id),
        (tokenizer.pad_token_id, writer.add_pad_token_id),
        (tokenizer.unk_token_id, writer.add_unk_token_id),
    ):
        if number is not None:
            add(number)
    begun = tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id]
    writer.add_add_bos_token(begun)
    writer.add_add_space_prefix(False)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)
