"""Routes of the board, below a provider's own facilities at the portal."""

from django.urls import path

from shared_apps.occupancy.views import plan, sperren

app_name = "occupancy"
urlpatterns = [
    path("", plan.plan, name="plan"),
    path("einrichtungen/<uuid:pk>/", plan.einrichtung, name="facility"),
    path("plaetze/<uuid:pk>/", sperren.platz, name="place"),
    path("sperren/<uuid:pk>/", sperren.sperre, name="block"),
    path("angebote/<uuid:pk>/aufnahmestopp/", sperren.create_stopp, name="stop_offer"),
    path("aufnahmestopps/<uuid:pk>/", sperren.stopp, name="stop"),
]
"""Routes of occupancy, at the portal."""

from django.urls import path

from shared_apps.occupancy.views import uebersicht

app_name = "occupancy"
urlpatterns = [path("buchungen/", uebersicht.list_buchungen, name="bookings")]
