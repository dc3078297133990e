"""Routes of the data protection functions, below /datenschutzrechte/."""

from django.urls import path

from tenant_apps.privacy.views import loeschlauf, person, start

app_name = "privacy"
urlpatterns = [
    path("", start.home, name="home"),
    path("aufbewahrung/", start.list_aufbewahrung, name="retention"),
    path("personen/<uuid:uuid>/", person.detail, name="person"),
    path("personen/<uuid:uuid>/auskunft/<slug:art>/", person.export_auskunft, name="export"),
    path("personen/<uuid:uuid>/auskunft-versagen/", person.reject, name="reject"),
    path("personen/<uuid:uuid>/einschraenken/", person.restrict, name="restrict"),
    path("personen/<uuid:uuid>/einschraenkung-aufheben/", person.release, name="release"),
    path("personen/<uuid:uuid>/bestreiten/", person.dispute, name="dispute"),
    path("personen/<uuid:uuid>/berichtigen/", person.correct, name="correct"),
    path("vermerke/<uuid:uuid>/aufheben/", person.settle, name="settle"),
    path("loeschlaeufe/", loeschlauf.list_laeufe, name="runs"),
    path("loeschlaeufe/vorbereiten/", loeschlauf.prepare, name="run_prepare"),
    path("loeschlaeufe/<uuid:uuid>/", loeschlauf.detail, name="run"),
    path("loeschlaeufe/<uuid:uuid>/verwerfen/", loeschlauf.discard, name="run_discard"),
]
