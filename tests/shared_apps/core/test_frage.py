"""The page that asks before something happens: shown, done, refused, and nothing lost that was typed."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError, Verweigert
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import crumbs, posted

GRUND = "Die Familie zieht um."


class GrundForm(forms.Form):
    grund = forms.CharField()


class Story:
    """A question about something, asked by a browser that is not there."""

    def __init__(self, how: str, data: dict[str, str] | None = None) -> None:
        factory = RequestFactory()
        self.request = factory.get("/frage/") if how == "GET" else factory.post("/frage/", data or {})
        self.request._messages = CookieStorage(self.request)
        self.shown = 0

    def ask(self, work, *, form: bool = True, **what):
        frage = Frage(title="Wirklich?", action_label="Ja", back="/zurueck/", breadcrumb=crumbs("Wirklich?"))
        self.form = GrundForm(posted(self.request)) if form else None
        return ask(self.request, frage, form=self.form, work=work, shown=self._show, **({"done": "Getan."} | what))

    def _show(self) -> None:
        self.shown += 1

    @property
    def said(self) -> list[str]:
        return [str(message) for message in get_messages(self.request)]


def refuse(error: SojusError):
    def work(data: dict) -> None:
        raise error

    return work


def never(data: dict) -> None:
    raise AssertionError("nothing may happen")


def test_looking_does_nothing_and_is_noted():
    story = Story("GET")
    response = story.ask(never)
    assert response.status_code == 200 and story.shown == 1
    assert "<h1>Wirklich?</h1>" in response.text and 'href="/zurueck/"' in response.text


@pytest.mark.parametrize("form", [True, False])
def test_done_says_so_and_leads_back_or_on(form):
    story = Story("POST", {"grund": GRUND})
    seen = []
    response = story.ask(seen.append, form=form)
    assert (response.status_code, response["Location"], story.said, story.shown) == (302, "/zurueck/", ["Getan."], 0)
    assert seen == [{"grund": GRUND} if form else {}]
    story = Story("POST", {"grund": GRUND})
    response = story.ask(lambda _: 7, form=form, done=lambda n: f"Nummer {n}.", leads=lambda n: f"/weiter/{n}/")
    assert (response["Location"], story.said) == ("/weiter/7/", ["Nummer 7."])


def test_bad_input_never_reaches_the_deed():
    story = Story("POST")
    response = story.ask(never)
    assert response.status_code == 422 and story.form.errors["grund"] and story.shown == 1


@pytest.mark.parametrize(
    ("error", "status", "feld"),
    [
        (RegelVerletzt("So nicht.", feld="grund"), 422, "grund"),
        (RegelVerletzt("So nicht.", feld="anderswo"), 422, "__all__"),
        (Konflikt("Jemand war schneller."), 409, "__all__"),
        (Verweigert("Das dürfen Sie nicht."), 403, "__all__"),
    ],
)
def test_whatever_refuses_it__what_was_typed_stays(error, status, feld):
    story = Story("POST", {"grund": GRUND})
    response = story.ask(refuse(error))
    assert response.status_code == status and story.shown == 1
    assert story.form.errors[feld] == [error.message]
    assert GRUND in response.text and error.message in response.text and not story.said
    title = "Bitte prüfen Sie Ihre Angaben" if status == 422 else "Das ist nicht möglich"
    assert title in response.text, "who has typed nothing wrong is not told to check it"


@pytest.mark.parametrize("error", [RegelVerletzt("So nicht."), Konflikt("Jemand war schneller."), Verweigert("Nein.")])
def test_a_question_without_a_field_leads_back_and_says_why(error):
    story = Story("POST")
    response = story.ask(refuse(error), form=False)
    assert (response.status_code, response["Location"], story.said) == (302, "/zurueck/", [error.message])


def test_an_error_nobody_foresaw_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        Story("POST", {"grund": GRUND}).ask(lambda _: 1 / 0)


@pytest.mark.parametrize(
    ("stufen", "expected"),
    [
        ((), [("Start", None)]),
        (("Konto",), [("Start", "/"), ("Konto", None)]),
        ((("Konto", "/konto/"),), [("Start", "/"), ("Konto", None)]),
        ((("Konto", "/konto/"), "Neu"), [("Start", "/"), ("Konto", "/konto/"), ("Neu", None)]),
        ((("Konto", ""), "Neu"), [("Start", "/"), ("Konto", None), ("Neu", None)]),
    ],
)
def test_breadcrumb_leads_everywhere_but_to_the_page_itself(stufen, expected):
    assert [(stufe["label"], stufe.get("url")) for stufe in crumbs(*stufen)] == expected
