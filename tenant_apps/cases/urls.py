"""Routes: cases of the office."""

from django.urls import path

from tenant_apps.cases.views import aktionen, anvertraut, detail, liste

app_name = "cases"
urlpatterns: list = [
    path("", liste.list_hilfefaelle, name="list"),
    path("csv/", liste.export_hilfefaelle, name="list_csv"),
    path("suchen/", liste.search, name="list_search"),
    path("neu/", detail.create, name="create"),
    path("ohne-fachkraft/", liste.list_orphaned, name="orphaned"),
    path("aus-der-nacht/", liste.list_of_the_night, name="of_the_night"),
    path("uebergeben/", liste.list_workers, name="workers"),
    path("uebergeben/<uuid:uuid>/", aktionen.hand_over_several, name="hand_over_several"),
    path("einsicht/", liste.look, name="look"),
    path("anvertraut/", anvertraut.list_anvertraute, name="entrusted"),
    path("anvertraut/<uuid:uuid>/", anvertraut.show, name="entrusted_note"),
    path("anvertraut/<uuid:uuid>/weitergeben/", anvertraut.share, name="entrusted_share"),
    path("freigaben/<uuid:uuid>/beenden/", aktionen.end_grant, name="grant_end"),
    path("<uuid:uuid>/", detail.show, name="detail"),
    path("<uuid:uuid>/bearbeiten/", detail.edit, name="edit"),
    path("<uuid:uuid>/weiterer-fall/", detail.create_another, name="another"),
    path("<uuid:uuid>/notiz/", detail.write_note, name="note"),
    path("<uuid:uuid>/anvertraut/", anvertraut.create, name="entrust"),
    path("<uuid:uuid>/uebergeben/", aktionen.hand_over, name="hand_over"),
    path("<uuid:uuid>/benennen/", aktionen.name_for_abandoned, name="name_for_abandoned"),
    path("<uuid:uuid>/freigeben/", aktionen.grant, name="grant"),
    path("<uuid:uuid>/sperren/", aktionen.seal, name="seal"),
    path("<uuid:uuid>/entsperren/", aktionen.unseal, name="unseal"),
    path("<uuid:uuid>/verknuepfen/", aktionen.link, name="link"),
    path("<uuid:uuid>/abschliessen/", aktionen.close, name="close"),
    path("<uuid:uuid>/wieder-oeffnen/", aktionen.reopen, name="reopen"),
]
