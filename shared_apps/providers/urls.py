"""Routes of the register, on every host; what a provider keeps itself is reached at the portal."""

from django.urls import path

from shared_apps.providers.views import angebote, dateien, ende, entgelte, erlaubnis, files, own, register, vakanz
from shared_apps.providers.views import angebote, ausgabe, ende, entgelte, files, own, register

app_name = "providers"
urlpatterns = [
    path("", register.register, name="list"),
    path("eigene/", own.own, name="own"),
    path("eigene/mitnehmen/", ausgabe.export_own, name="export_own"),
    path("eigene/bestaetigen/", own.confirm, name="confirm"),
    path("eigene/einrichtungen/neu/", angebote.create_einrichtung, name="create_facility"),
    path("eigene/einrichtungen/<uuid:pk>/angebote/neu/", angebote.create_angebot, name="create_offer"),
    path("eigene/angebote/<uuid:pk>/", angebote.edit_angebot, name="edit_offer"),
    path("eigene/angebote/<uuid:pk>/plaetze/", angebote.change_plaetze, name="change_places"),
    path("bestaetigen/<str:token>/", vakanz.confirm_by_link, name="confirm_link"),
    path("angebote/<uuid:pk>/war-nicht-frei/", vakanz.report, name="report"),
    path("meldungen/", vakanz.list_meldungen, name="reports"),
    path("meldungen/<uuid:pk>/", vakanz.decide_meldung, name="report_detail"),
    path("unbestaetigt/", vakanz.list_unbestaetigte, name="unconfirmed"),
    path("eigene/einrichtungen/<uuid:pk>/erlaubnis/", erlaubnis.create_erlaubnis, name="create_licence"),
    path("eigene/erlaubnisse/<uuid:pk>/", erlaubnis.edit_erlaubnis, name="edit_licence"),
    path("eigene/einrichtungen/<uuid:pk>/ausnahme/", erlaubnis.create_ausnahme, name="create_exception"),
    path("eigene/ausnahmen/<uuid:pk>/", erlaubnis.edit_ausnahme, name="edit_exception"),
    path("eigene/angebote/<uuid:pk>/platznamen/", angebote.name_plaetze, name="name_places"),
    path("entgelte/", entgelte.list_vorschlaege, name="rates"),
    path("entgelte/angebote/<uuid:pk>/", entgelte.propose, name="propose_rate"),
    path("entgelte/<uuid:pk>/", entgelte.decide_vorschlag, name="rate"),
    path("eigene/einrichtungen/<uuid:pk>/", own.edit_einrichtung, name="edit_facility"),
    path("eigene/einrichtungen/<uuid:pk>/beenden/", ende.end_einrichtung, name="end_facility"),
    path("eigene/einrichtungen/<uuid:pk>/ende-zuruecknehmen/", ende.reopen_einrichtung, name="reopen_facility"),
    path("eigene/angebote/<uuid:pk>/beenden/", ende.end_angebot, name="end_offer"),
    path("eigene/angebote/<uuid:pk>/ende-zuruecknehmen/", ende.reopen_angebot, name="reopen_offer"),
    path("eigene/<uuid:pk>/", own.edit_anbieter, name="edit_provider"),
    path("eigene/<uuid:pk>/beenden/", ende.end_anbieter, name="end_provider"),
    path("eigene/<uuid:pk>/ende-zuruecknehmen/", ende.reopen_anbieter, name="reopen_provider"),
    path("eigene/einrichtungen/<uuid:pk>/bilder/", dateien.list_fotos, name="photos"),
    path("eigene/bilder/<uuid:pk>/", dateien.edit_foto, name="edit_photo"),
    path("eigene/bilder/<uuid:pk>/verschieben/", dateien.move_foto, name="move_photo"),
    path("eigene/bilder/<uuid:pk>/entfernen/", dateien.end_foto, name="end_photo"),
    path("eigene/einrichtungen/<uuid:pk>/dokumente/", dateien.list_dokumente, name="papers"),
    path("eigene/einrichtungen/<uuid:pk>/dokumente/<slug:kind>/", dateien.create_dokument, name="create_paper"),
    path("eigene/dokumente/<slug:kind>/<uuid:pk>/datei/", dateien.replace_datei, name="replace_paper"),
    path("eigene/dokumente/<slug:kind>/<uuid:pk>/beenden/", dateien.end_dokument, name="end_paper"),
    path("einrichtungen/<uuid:pk>/", register.einrichtung_detail, name="facility"),
    path("dokumente/<slug:kind>/<uuid:pk>/", files.document, name="document"),
    path("fotos/<uuid:pk>/", files.photo, name="photo"),
    path("<uuid:pk>/", register.anbieter_detail, name="detail"),
]
