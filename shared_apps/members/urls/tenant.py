"""Administration of an office's people, at its host."""

from django.urls import path

from shared_apps.members.views import antraege, mitglieder, rufbereitschaft, zugang, zulassungen

app_name = "members"
urlpatterns = [
    path("mitglieder/", mitglieder.mitglieder, name="list"),
    path("mitglieder/einladen/", mitglieder.einladen, name="invite"),
    path("mitglieder/rufbereitschaft/", rufbereitschaft.berufen, name="on_call"),
    path("mitglieder/<uuid:pk>/", mitglieder.mitglied, name="detail"),
    path("mitglieder/<uuid:pk>/rolle/", mitglieder.rolle_geben, name="grant"),
    path("mitglieder/<uuid:pk>/einladung/", mitglieder.erneut_einladen, name="reinvite"),
    path("mitgliedschaften/<uuid:pk>/beenden/", mitglieder.beenden, name="end"),
    path("mitgliedschaften/<uuid:pk>/vertretung/", mitglieder.vertretung, name="deputy"),
    path("zulassungen/", zulassungen.zulassungen, name="zulassungen"),
    path("rollenantraege/", antraege.antraege, name="antraege"),
    path("rollenantraege/<uuid:pk>/", antraege.antrag, name="antrag"),
    path("zugangsantraege/", zugang.zugaenge, name="zugaenge"),
    path("zugangsantraege/<uuid:pk>/", zugang.zugang, name="zugang"),
]
