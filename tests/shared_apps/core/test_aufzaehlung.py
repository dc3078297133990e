"""A house is often called as its provider, an offer as its house: no name is written twice beside itself."""

from __future__ import annotations

from django.template import Context, Template

from shared_apps.core.aufzaehlung import list_verschiedene


def test_each_name_once__whatever_its_capitals() -> None:
    assert list_verschiedene(["Wolgast", "", None, "Haus am Ryck ", "WOLGAST"], ausser="haus am ryck") == ["Wolgast"]


def test_on_a_page__with_a_dot_and_escaped() -> None:
    page = Template("{% load sojus %}{% aufzaehlung a b a ausser=c %}")
    assert page.render(Context({"a": "Möwe & Co", "b": "Ryck", "c": "Ryck"})) == "Möwe &amp; Co"
    assert page.render(Context({"a": "Möwe", "b": "Ryck", "c": ""})) == "Möwe · Ryck"
