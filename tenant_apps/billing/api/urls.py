"""API routes of billing."""

from django.urls import path

from tenant_apps.billing.api import nachweise, rechnungen

urlpatterns: list = [
    path(
        "buchungen/<uuid:uuid>/leistungsnachweise/<int:jahr>/<int:monat>/",
        nachweise.LeistungsnachweisView.as_view(),
        name="api-leistungsnachweis",
    ),
    path("rechnungen/", rechnungen.RechnungListView.as_view(), name="api-rechnungen"),
    path("rechnungen/<uuid:uuid>/", rechnungen.RechnungDetailView.as_view(), name="api-rechnung"),
    path("rechnungen/<uuid:uuid>/pruefen/", rechnungen.PruefenView.as_view(), name="api-rechnung-pruefen"),
    path("rechnungen/<uuid:uuid>/anordnen/", rechnungen.AnordnenView.as_view(), name="api-rechnung-anordnen"),
    path("rechnungen/<uuid:uuid>/beanstanden/", rechnungen.BeanstandenView.as_view(), name="api-rechnung-beanstanden"),
    path("rechnungen/<uuid:uuid>/bezahlen/", rechnungen.BezahlenView.as_view(), name="api-rechnung-bezahlen"),
]
