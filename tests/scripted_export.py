"""An export's child process that writes at once, for tests: ``python scripted_export.py HOW``.

``HOW`` is done, poor, fails, dies or waits (until stdin ends).
"""

import sys
from pathlib import Path

from engine.export.order import COLORS, Exported, Row, decode_order, encode
from engine.palette import held_out_colors
from engine.service.protocol import Failed, Progress


def result(order, poor=False):
    """Return what is told of an export of which one colour, or many, are named otherwise."""
    rows = [Row(color, f"Name {i}", f"Name {i}") for i, color in enumerate(held_out_colors(COLORS))]
    for place in range(5 if poor else 1):
        rows[3 + place] = Row(rows[3 + place].color, "Sunset Dust", "Sandy Beige")
    return Exported(
        kind=order.kind,
        quantization="",
        files={"README.md": 5, "adapter_model.safetensors": 7_400_000},
        rows=tuple(rows),
        by="peft",
        seconds=1.0,
    )


def main(how: str) -> None:
    def send(message):
        sys.stdout.buffer.write(encode(message))
        sys.stdout.buffer.flush()

    order = decode_order(sys.stdin.buffer.readline())
    print("a library prints", flush=True)
    send(Progress(note="Merging the weights", done=0.5))
    Path(order.part).mkdir()
    (Path(order.part) / "card.toml").write_text("version = 1\n")
    (Path(order.part) / "README.md").write_text("hello")
    match how:
        case "fails":
            send(Failed(reason="This base cannot be written as a GGUF here."))
        case "dies":
            sys.exit("out of luck")
        case "waits":
            sys.stdin.buffer.read()
            send(Failed(reason="The export was stopped.", cancelled=True))
        case _:
            send(result(order, poor=how == "poor"))


if __name__ == "__main__":
    main(sys.argv[1])
