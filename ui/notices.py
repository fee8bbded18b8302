"""What the app has to say, and what can be undone: told here by whoever knows, shown by ``widgets.toasts``.

A notice says what happened and what to do; what is longer folds out. Undo is kept per page: Ctrl-Z takes
back the last thing that was done on the page that is open.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

DEPTH = 50
"""How many steps back a page remembers."""


@dataclass(frozen=True, eq=False)
class Notice:
    """One thing to be said.

    Attributes
    ----------
    text
        What happened, in a sentence, and what to do.
    detail
        What folds out; empty for nothing.
    tone
        ``fault`` stays until it is put away and offers a report.
    action
        The word on its button (``Undo``, ``Open``); empty for none.
    call
        What the button does.
    """

    text: str
    detail: str = ""
    tone: Literal["plain", "fault"] = "plain"
    action: str = ""
    call: Callable[[], None] | None = None


@dataclass(frozen=True, eq=False)
class _Step:
    text: str
    call: Callable[[], None]
    notice: Notice | None = None


class Notices(QObject):
    """Takes what is to be said, and remembers how to take back what was done.

    Attributes
    ----------
    told
        Something is to be shown; carries the ``Notice``.
    withdrawn
        A notice is past: what it offered was done another way.
    """

    told = Signal(Notice)
    withdrawn = Signal(Notice)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = ""
        self._steps: defaultdict[str, deque[_Step]] = defaultdict(lambda: deque(maxlen=DEPTH))

    def turn_to(self, page: str) -> None:
        """Note which page is open: what is done from here on is done there."""
        self._page = page

    def say(
        self, text: str, detail: str = "", *, action: str = "", call: Callable[[], None] | None = None
    ) -> None:
        """Say what happened; it goes by itself."""
        self._tell(Notice(text, detail, "plain", action, call))

    def fault(
        self, text: str, detail: str = "", *, action: str = "", call: Callable[[], None] | None = None
    ) -> None:
        """Say what went wrong and what to do; it stays until it is put away."""
        self._tell(Notice(text, detail, "fault", action, call))

    def undo(self, text: str, call: Callable[[], None]) -> None:
        """Say what was done ("Deleted Weather") and offer to take it back, here and by Ctrl-Z."""
        page, steps = self._page, self._steps[self._page]

        def take_back() -> None:
            if step in steps:
                steps.remove(step)
                call()

        notice = Notice(text, action="Undo", call=take_back)
        step = _Step(text, call, notice)
        self._steps[page].append(step)
        self._tell(notice)

    def remember(self, text: str, call: Callable[[], None]) -> None:
        """Note how to take back something that needs no notice, such as a change of colour."""
        self._steps[self._page].append(_Step(text, call))

    @property
    def undoable(self) -> str:
        """What Ctrl-Z would take back on this page; empty for nothing."""
        steps = self._steps[self._page]
        return steps[-1].text if steps else ""

    def undo_last(self) -> bool:
        """Take back the last thing that was done on this page; False when there is none."""
        steps = self._steps[self._page]
        if not steps:
            return False
        step = steps.pop()
        if step.notice is not None:
            self.withdrawn.emit(step.notice)
        step.call()
        return True

    def _tell(self, notice: Notice) -> None:
        self.told.emit(notice)
