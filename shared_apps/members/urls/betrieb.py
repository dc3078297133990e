"""The operator's share of giving access, at the portal."""

from django.urls import path

from shared_apps.members.views import betrieb

app_name = "operators"
urlpatterns = [
    path("", betrieb.home, name="home"),
    path("rollenantraege/<uuid:pk>/", betrieb.antrag, name="antrag"),
    path("zugangsantraege/<uuid:pk>/", betrieb.zugangsantrag, name="zugang"),
    path("anbieter/<uuid:pk>/", betrieb.anbieter_verwaltung, name="anbieter"),
    path("einladungen/<uuid:pk>/", betrieb.einladung, name="einladung"),
    path("jugendaemter/<int:pk>/", betrieb.amt_verwaltung, name="tenant_admin"),
    path("land/", betrieb.land_rolle, name="land"),
]
