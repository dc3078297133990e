"""Routes: the night, from two questions to the held place, and what is entered the next day."""

from django.urls import path

from tenant_apps.placements.nacht.views import aufnahme, suche

urlpatterns: list = [
    path("heute-nacht/", suche.search, name="nacht"),
    path("heute-nacht/ab-hier/", suche.set_standort, name="nacht_ab_hier"),
    path("heute-nacht/reservieren/", suche.reserve, name="nacht_reservieren"),
    path("heute-nacht/nachzutragen/", aufnahme.list_nachzutragen, name="nachzutragen"),
    path("heute-nacht/pflichten/", aufnahme.list_pflichten_offen, name="nacht_pflichten"),
    path("heute-nacht/von-ihnen/", aufnahme.list_eigene, name="nacht_eigene"),
    path("heute-nacht/<uuid:uuid>/", aufnahme.show, name="nacht_gehalten"),
    path("heute-nacht/<uuid:uuid>/anderer-platz/", suche.replace, name="nacht_anderer_platz"),
    path("heute-nacht/<uuid:uuid>/zugesagt/", aufnahme.note, name="nacht_zugesagt"),
    path("heute-nacht/<uuid:uuid>/freigeben/", aufnahme.release, name="nacht_freigeben"),
    path("heute-nacht/<uuid:uuid>/pflicht/", aufnahme.tick, name="nacht_pflicht"),
]
