"""What an app asks those above it, which it may not import: they register in `AppConfig.ready`; it asks who did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """A question to everybody who registered, each once, in the order in which they did."""

    def __init__(self) -> None:
        self._registered: list[Callable[P, R]] = []

    def register(self, function: Callable[P, R]) -> Callable[P, R]:
        """Ask `function`, too, from now on."""
        if function not in self._registered:
            self._registered.append(function)
        return function

    def ask(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        """The answers, each asked for only when it is taken: a first one that will do ends the question."""
        return (function(*args, **kwargs) for function in self._registered)

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everybody; no answer is expected."""
        for _ in self.ask(*args, **kwargs):
            pass


class HookOfOne(Generic[P, R]):
    """A question that one app answers: the last that registered."""

    def __init__(self) -> None:
        self._registered: Callable[P, R] | None = None

    def register(self, function: Callable[P, R]) -> Callable[P, R]:
        """Let `function` answer from now on."""
        self._registered = function
        return function

    def ask(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """The answer; None while nobody has registered."""
        return self._registered(*args, **kwargs) if self._registered else None
