"""Everybody who registered is asked, each once and in order; of a hook of one the last."""

from __future__ import annotations

from shared_apps.core.hook import Hook, HookOfOne


def test_everybody_is_asked_once_and_in_order__and_nobody_more_than_needed():
    hook, asked = Hook[[int], int | None](), []

    @hook.register
    def nothing(n: int) -> None:
        asked.append(("nothing", n))

    @hook.register
    def twice(n: int) -> int:
        asked.append(("twice", n))
        return 2 * n

    hook.register(nothing)
    assert list(hook.ask(3)) == [None, 6]
    assert next(answer for answer in hook.ask(1) if answer is None) is None
    assert asked == [("nothing", 3), ("twice", 3), ("nothing", 1)]
    hook.tell(4)
    assert asked[3:] == [("nothing", 4), ("twice", 4)]
    assert list(Hook[[], int]().ask()) == []


def test_of_one__the_last_answers__and_none_while_there_is_nobody():
    hook = HookOfOne[[str], str]()
    assert hook.ask("a") is None
    hook.register(str.upper)
    hook.register(str.title)
    assert hook.ask("ab") == "Ab"
