"""What Ollama needs beside a GGUF: a Modelfile, whose TEMPLATE makes the very prompt of the app.

The template is got from the base's own: a conversation of two marks is put through it, and the marks become
Ollama's variables. A painter is asked one thing in one turn, so no more of a template is needed.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from engine.models import BaseError
from engine.task import color_task

_SYSTEM, _PROMPT = "@@system@@", "@@prompt@@"
LONGEST = 16


def template(render: Callable[[list[dict[str, str]]], str], start: str) -> str:
    """Return the prompt as a template of Go with ``.System``, ``.Prompt`` and ``.Response``.

    Parameters
    ----------
    render
        Puts a conversation into the base's chat template, up to where the reply begins.
    start
        What llama.cpp puts before every text by itself; left out.

    Raises
    ------
    BaseError
        If the template does something else with a conversation than put text around it.
    """
    text = render([{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _PROMPT}])
    text = text.removeprefix(start) if start else text
    sound = text.count(_SYSTEM) == 1 and text.count(_PROMPT) == 1 and text.find(_SYSTEM) < text.find(_PROMPT)
    if not sound or "{{" in text or '"""' in text:
        raise BaseError(
            "This base's chat template cannot be written for Ollama: export it as gguf, which brings the "
            "template itself."
        )
    return text.replace(_SYSTEM, "{{ .System }}").replace(_PROMPT, "{{ .Prompt }}") + "{{ .Response }}"


def modelfile(model: str, prompt: str, stops: list[str]) -> str:
    """Return a Modelfile.

    Parameters
    ----------
    model
        The GGUF beside it.
    prompt
        As :func:`template` returns it.
    stops
        What ends a reply, as text.
    """
    lines = [
        f"FROM ./{model}",
        f'TEMPLATE """{prompt}"""',
        f'SYSTEM """{color_task().system}"""',
        "PARAMETER temperature 0",
        f"PARAMETER num_predict {LONGEST}",
        *(f"PARAMETER stop {json.dumps(stop, ensure_ascii=False)}" for stop in stops),
    ]
    return "\n".join(lines) + "\n"
