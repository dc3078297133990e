"""Room on the interpreter's stack for one whole request.

CPython keeps the frames of Python calls in pieces of 16 KiB. A call that does not fit fetches a new piece from the
system, and returning gives it back; a request whose depth is just at such an edge does so at hundreds of calls, which
took a sixth to a third of its time. A frame that asks for more than half of 128 KiB gets a piece of that size, and all
calls below it have the other half.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: In words of eight bytes: a little more than half of 128 KiB.
_WORDS = 8_500


def with_room(application: Callable[..., Any]) -> Callable[..., Any]:
    """The same WSGI application, entered through a frame that brings its own piece."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return application(environ, start_response)

    answer.__code__ = answer.__code__.replace(co_stacksize=_WORDS)
    return answer
