"""API routes of placements."""

from django.urls import path

from tenant_apps.placements.api import reservierungen, suchen

urlpatterns: list = [
    path("suchen/", suchen.SuchenView.as_view(), name="api-suchen"),
    path("suchen/<uuid:uuid>/", suchen.SucheView.as_view(), name="api-suche"),
    path("reservierungen/", reservierungen.ReservierungenView.as_view(), name="api-reservierungen"),
    path("reservierungen/<uuid:uuid>/", reservierungen.ReservierungView.as_view(), name="api-reservierung"),
    path("reservierungen/<uuid:uuid>/zurueckziehen/", reservierungen.ZurueckziehenView.as_view()),
    path("reservierungen/<uuid:uuid>/verlaengern/", reservierungen.VerlaengernView.as_view()),
]
