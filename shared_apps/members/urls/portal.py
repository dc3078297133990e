"""Administration of a provider's people, at the portal.

The same app namespace as at an office's host, so `members:list` leads to the list of the host one is at.
"""

from django.urls import path

from shared_apps.members.views import journal, mitglieder, zugang

app_name = "members"
urlpatterns = [
    path("", mitglieder.mitglieder, name="list"),
    path("journal/", journal.journal, name="journal"),
    path("einladen/", mitglieder.einladen, name="invite"),
    path("<uuid:pk>/", mitglieder.mitglied, name="detail"),
    path("<uuid:pk>/rolle/", mitglieder.rolle_geben, name="grant"),
    path("<uuid:pk>/einladung/", mitglieder.erneut_einladen, name="reinvite"),
    path("rollen/<uuid:pk>/beenden/", mitglieder.beenden, name="end"),
    path("zugangsantraege/", zugang.zugaenge, name="zugaenge"),
    path("zugangsantraege/<uuid:pk>/", zugang.zugang, name="zugang"),
]
