"""Filling a form in again, and what is never kept."""

from __future__ import annotations

from shared_apps.core.gelesen import FELD
from tenant_apps.drafts.rules import GELESEN, LAENGE_MAX, bewahre_felder, fuelle_formular

SEITE = """<p>vorher</p><form method="post" action="/anders/"><input name="text" value="bleibt"></form>
<form method="post" class="x">
<input type="hidden" name="csrfmiddlewaretoken" value="frisch"><input type="text" name="text" value="" required>
<input type="password" name="passwort"><input type="file" name="datei">
<input type="checkbox" name="wahl" value="a" checked><input type="checkbox" name="wahl" value="b">
<textarea name="grund" rows="3">
alt</textarea>
<select name="art"><option value="">Bitte</option>
<option value="H1" selected>eins</option><option value="H2">zwei</option></select>
<button>Senden</button></form><p>nachher</p>"""


def test_form_is_filled_in_and_nothing_else_changes():
    felder = {
        "text": ['Ä "so" <b>'], "grund": ["</textarea><script>alert(1)</script>"], "wahl": ["b"], "art": ["H2"],
        "passwort": ["geheim"], "csrfmiddlewaretoken": ["alt"],
    }  # fmt: skip
    html = fuelle_formular(SEITE, seite="/hier/", pfad="/hier/", felder=felder)
    assert 'value="bleibt"' in html
    assert 'value="frisch"' in html
    assert 'name="text" required value="Ä &quot;so&quot; &lt;b&gt;"' in html
    assert "&lt;/textarea&gt;&lt;script&gt;" in html and "<script>" not in html
    assert '<input type="checkbox" name="wahl" value="a">' in html
    assert '<input type="checkbox" name="wahl" value="b" checked>' in html
    assert '<option value="H2" selected>' in html and '<option value="H1">' in html
    assert "geheim" not in html
    assert html.startswith("<p>vorher</p>") and html.endswith("<p>nachher</p>")


def test_form_of_another_target_stays_empty():
    assert fuelle_formular(SEITE, seite="/hier/", pfad="/dort/", felder={"text": ["x"]}) == SEITE


def test_passwords_and_tokens_are_never_kept():
    felder = {"passwort_neu": ["x"], "csrfmiddlewaretoken": ["x"], "_pfad": ["x"], "otp": ["1"], "grund": ["bleibt"]}
    assert bewahre_felder(felder) == {"grund": ["bleibt"]}


def test_too_much_is_not_kept():
    assert bewahre_felder({"grund": ["x" * (LAENGE_MAX + 1)]}) == {}


def test_what_the_form_had_shown_comes_back_with_what_was_typed_over_it():
    """With the marks of the new page an old value would be saved over what somebody has changed since."""
    assert GELESEN == FELD
    seite = SEITE.replace("<button>", '<input type="hidden" name="gelesen" value="ort:neu"><button>')
    old = fuelle_formular(seite, seite="/hier/", pfad="/hier/", felder={"text": ["x"], "gelesen": ["ort:alt"]})
    assert '<input type="hidden" name="gelesen" value="ort:alt">' in old and 'value="frisch"' in old
    unknown = fuelle_formular(seite, seite="/hier/", pfad="/hier/", felder={"text": ["x"]})
    assert '<input type="hidden" name="gelesen" value="">' in unknown, "kept before there were marks: it asks"
