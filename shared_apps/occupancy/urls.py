"""Routes of the board and of the bookings, among a provider's own things at the portal."""

from django.urls import path

from shared_apps.occupancy.views import plan, sperren, uebersicht

app_name = "occupancy"
urlpatterns = [
    path("plan/", plan.plan, name="plan"),
    path("plan/einrichtungen/<uuid:pk>/", plan.einrichtung, name="facility"),
    path("plan/plaetze/<uuid:pk>/", sperren.platz, name="place"),
    path("plan/sperren/<uuid:pk>/", sperren.sperre, name="block"),
    path("plan/angebote/<uuid:pk>/aufnahmestopp/", sperren.create_stopp, name="stop_offer"),
    path("plan/aufnahmestopps/<uuid:pk>/", sperren.stopp, name="stop"),
    path("buchungen/", uebersicht.list_buchungen, name="bookings"),
]
