"""API routes of comparison."""

from django.urls import path

from shared_apps.comparison.api.views import KennzahlListe, KennzahlVergleich

urlpatterns = [
    path("kennzahlen/", KennzahlListe.as_view(), name="api-kennzahlen"),
    path("kennzahlen/<slug:kennzahl>/", KennzahlVergleich.as_view(), name="api-kennzahl"),
]
