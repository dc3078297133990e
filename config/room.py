"""Room on the interpreter's stack for one whole request, command or test.

CPython keeps the frames of Python calls in pieces of 16 KiB. A call that does not fit fetches a new piece from the
system, and returning gives it back; a request whose depth is just at such an edge does so at hundreds of calls, which
took a sixth to a third of its time. A frame that asks for more than half of 128 KiB gets a piece of that size, and all
calls below it have the other half.

Whoever calls from far above (a test, from within its framework) asks for several times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
#: In words of eight bytes: a little more than half of 128 KiB.
_WORDS = 8_500


def with_room(call: Callable[P, R], *, times: int = 1) -> Callable[P, R]:
    """The same, a WSGI application for one, entered through a frame that brings its own piece; `times` 128 KiB."""

    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=times * _WORDS)
    return roomy
