"""API routes of billing."""

from django.urls import path

from tenant_apps.billing.api.nachweise import LeistungsnachweisViewSet
from tenant_apps.billing.api.rechnungen import RechnungViewSet

_RECHNUNG = "rechnungen/<uuid:uuid>/"

urlpatterns: list = [
    path(
        "buchungen/<uuid:uuid>/leistungsnachweise/<int:jahr>/<int:monat>/",
        LeistungsnachweisViewSet.as_view({"get": "retrieve", "post": "record"}),
        name="api-leistungsnachweis",
    ),
    path("rechnungen/", RechnungViewSet.as_view({"get": "list"}), name="api-rechnungen"),
    path(_RECHNUNG, RechnungViewSet.as_view({"get": "retrieve"}), name="api-rechnung"),
    path(f"{_RECHNUNG}pruefen/", RechnungViewSet.as_view({"post": "check"}), name="api-rechnung-pruefen"),
    path(f"{_RECHNUNG}anordnen/", RechnungViewSet.as_view({"post": "approve"}), name="api-rechnung-anordnen"),
    path(f"{_RECHNUNG}beanstanden/", RechnungViewSet.as_view({"post": "object"}), name="api-rechnung-beanstanden"),
    path(f"{_RECHNUNG}bezahlen/", RechnungViewSet.as_view({"post": "settle"}), name="api-rechnung-bezahlen"),
]
