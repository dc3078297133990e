"""Routes of lists that are read into the register, on every host."""

from django.urls import path

from shared_apps.einlesen.views import liste, weg, zeilen

app_name = "einlesen"
urlpatterns = [
    path("", liste.einlesung_list, name="list"),
    path("neu/", liste.create, name="create"),
    path("spalten/", liste.columns, name="columns"),
    path("<uuid:pk>/", weg.detail, name="detail"),
    path("<uuid:pk>/spalten/", zeilen.assign, name="assign"),
    path("<uuid:pk>/zeilen/", zeilen.rows, name="rows"),
    path("<uuid:pk>/ausgelassen/", zeilen.kept, name="kept"),
    path("<uuid:pk>/vorlegen/", weg.submit, name="submit"),
    path("<uuid:pk>/entscheiden/", weg.decide_einlesung, name="decide"),
    path("<uuid:pk>/verwerfen/", weg.discard, name="discard"),
    path("<uuid:pk>/zuruecknehmen/", weg.revoke, name="revoke"),
    path("<uuid:pk>/stehengeblieben/", weg.decide_stalled, name="stalled"),
]
