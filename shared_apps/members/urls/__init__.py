"""Ask for access, on every host."""

from django.urls import path

from shared_apps.members.views import zugang

urlpatterns = [
    path("zugang-beantragen/", zugang.beantragen, name="zugang_beantragen"),
    path("zugang-beantragen/gesendet/", zugang.gesendet, name="zugang_gesendet"),
    path("zugang-beantragen/bestaetigen/<str:token>/", zugang.bestaetigen, name="zugang_bestaetigen"),
]
