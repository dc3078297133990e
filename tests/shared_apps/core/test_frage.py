"""The page that asks before something happens: shown, done, refused, and nothing lost that was typed."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory

from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError, Verweigert
from shared_apps.core.frage import UNGESPEICHERT, WAEHLEN, Frage, Weg, answered, ask, decide
from shared_apps.core.seite import crumbs, posted

GRUND = "Die Familie zieht um."


class GrundForm(forms.Form):
    grund = forms.CharField()


class AuftragForm(forms.Form):
    auftrag = forms.CharField()


class Story:
    """A question about something, asked by a browser that is not there."""

    def __init__(self, how: str, data: dict[str, str] | None = None, *, draft: bool = False) -> None:
        factory, sent = RequestFactory(), data or {}
        opened = {"entwurf": "01890000-0000-7000-8000-000000000001"} if draft else {}
        self.request = factory.get("/frage/", opened) if how == "GET" else factory.post("/frage/", sent)
        self.request._messages = CookieStorage(self.request)
        self.shown = 0

    def ask(self, work, *, form: bool = True, **what):
        frage = Frage(
            title="Wirklich?", action_label="Ja", back="/zurueck/", breadcrumb=crumbs("Wirklich?"),
            unmoeglich=what.pop("unmoeglich", ""),
        )  # fmt: skip
        self.form = GrundForm(posted(self.request)) if form else None
        return ask(self.request, frage, form=self.form, work=work, shown=self._show, **({"done": "Getan."} | what))

    def decide(self, *, shared: bool = False, offered: bool = True, **what):
        """Approve with the date of an order, decline with a reason; `shared`: one remark for both."""
        frage = Frage(
            title="Antrag", back="/zurueck/", breadcrumb=crumbs("Antrag"), unmoeglich=what.pop("unmoeglich", "")
        )
        self.grund = GrundForm(answered(self.request, "nein", *(["ja"] if shared else [])))
        self.auftrag = self.grund if shared else AuftragForm(answered(self.request, "ja"))
        if what.pop("bare", False):
            self.auftrag = None
        ja = {"label": "Bewilligen", "form": self.auftrag, "done": "Bewilligt.", "work": never} | what
        nein = {"label": "Ablehnen", "form": self.grund, "done": "Abgelehnt.", "work": never} | what
        wege = {"ja": Weg(offered=offered, **ja), "nein": Weg(level="danger", offered=offered, **nein)}
        return decide(self.request, frage, wege, shown=self._show)

    def _show(self) -> None:
        self.shown += 1

    @property
    def said(self) -> list[str]:
        return [str(message) for message in get_messages(self.request)]


def refuse(error: SojusError):
    def work(data: dict) -> None:
        raise error

    return work


def page(response: HttpResponse) -> str:
    """Without the frame."""
    return response.text.partition("<main")[2].partition("</main>")[0]


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


@pytest.mark.parametrize(("error", "status"), [(Konflikt("Jemand war schneller."), 409), (Verweigert("Nein."), 403)])
def test_a_question_whose_page_says_why_not__stays_there(error, status):
    story = Story("POST")
    response = story.ask(refuse(error), form=False, unmoeglich="Es ist die letzte.")
    assert response.status_code == status and story.shown == 1 and not story.said
    assert error.message in response.text and "Es ist die letzte." in response.text and "<button " not in page(response)


def test_an_error_nobody_foresaw_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        Story("POST", {"grund": GRUND}).ask(lambda _: 1 / 0)


def test_decide__shows_a_form_for_each_answer_and_one_for_those_that_share_it():
    story = Story("GET")
    apart = page(story.decide())
    assert story.shown == 1 and apart.count("<form ") == 2 and 'name="auftrag"' in apart and 'name="grund"' in apart
    assert '<button name="entscheidung" value="ja"' in apart and '<button name="entscheidung" value="nein"' in apart
    together = page(Story("GET").decide(shared=True))
    assert together.count("<form ") == 1 and together.count('name="grund"') == 1 and together.count("<button ") == 2
    assert "<form " not in page(Story("GET").decide(offered=False))


@pytest.mark.parametrize(
    ("answer", "typed", "said"), [("ja", {"auftrag": "51-7"}, "Bewilligt."), ("nein", {"grund": GRUND}, "Abgelehnt.")]
)
def test_decide__the_button_says_what_is_done(answer, typed, said):
    seen = []
    story = Story("POST", {"entscheidung": answer} | typed)
    response = story.decide(work=seen.append)
    assert (response.status_code, response["Location"], story.said, story.shown) == (302, "/zurueck/", [said], 0)
    assert seen == [typed]
    once = Story("POST", {"entscheidung": answer} | typed).decide(work=lambda _: 7, shows=HttpResponse)
    assert (once.status_code, once.text) == (200, "7")


@pytest.mark.parametrize("offered", [True, False])
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RegelVerletzt("So nicht.", feld="grund"), 422),
        (Konflikt("Schon entschieden."), 409),
        (Verweigert("Nein."), 403),
    ],
)
def test_decide__whatever_refuses_it__what_was_typed_stays(error, status, shared, offered):
    story = Story("POST", {"entscheidung": "nein", "grund": GRUND})
    response = story.decide(work=refuse(error), shared=shared, offered=offered)
    assert response.status_code == status and story.shown == 1 and not story.said
    assert GRUND in response.text and error.message in response.text
    assert ("<button " in page(response)) is offered, "what is over has no button, and the text to copy"
    assert (UNGESPEICHERT in response.text) is not offered
    assert ("<form " in page(response)) is offered, "no field where nothing can be sent"


def test_decide__opened_with_a_draft__what_is_over_is_shown_for_the_text_to_be_filled_in():
    """The draft is filled into the page's own form: without one it would be lost."""
    story = Story("GET", draft=True)
    shown = page(story.decide(offered=False, unmoeglich="Es muss jemand anderes sein."))
    assert 'name="grund"' in shown and 'name="auftrag"' in shown and shown.count(UNGESPEICHERT) == 2
    assert "Es muss jemand anderes sein." in shown, "why there is no button"
    assert set(re.findall("<button [^>]*>", shown)) == {"<button disabled hidden>"}, "nor does the Enter key send it"
    assert "<form " not in page(Story("GET").decide(offered=False))
    bare = page(Story("GET", draft=True).decide(offered=False, bare=True))
    assert 'name="grund"' in bare and 'value="ja"' not in bare, "nothing was typed for an answer without a field"


def test_decide__what_is_over_and_had_no_text_leaves_nothing():
    story = Story("POST", {"entscheidung": "nein", "grund": ""})
    assert UNGESPEICHERT not in story.decide(offered=False).text


@pytest.mark.parametrize(("error", "status"), [(Konflikt("Schon entschieden."), 409), (Verweigert("Nein."), 403)])
def test_decide__an_answer_without_a_field_is_refused_on_the_same_page(error, status):
    response = Story("POST", {"entscheidung": "ja"}).decide(work=refuse(error), bare=True)
    assert (
        response.status_code == status and error.message in response.text and "Das ist nicht möglich" in response.text
    )


def test_decide__a_heading_that_only_repeats_its_button_is_not_shown():
    shown = page(Story("GET").decide(title="Ablehnen"))
    assert shown.count("Ablehnen") == 2, "on its button, and above the other answer's"
    assert "<h2>Ablehnen</h2>" in shown.split("Bewilligen")[0] and "<h2>" not in shown.split("Bewilligen")[1]


@pytest.mark.parametrize("sent", [{}, {"entscheidung": "vielleicht"}])
def test_decide__no_answer_is_none(sent):
    response = Story("POST", {"grund": GRUND} | sent).decide()
    assert response.status_code == 422 and WAEHLEN in response.text


def test_decide__bad_input_never_reaches_the_deed():
    story = Story("POST", {"entscheidung": "nein", "grund": ""})
    assert story.decide().status_code == 422 and story.grund.errors["grund"] and not story.auftrag.errors


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
