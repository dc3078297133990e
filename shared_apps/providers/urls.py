"""Routes of the register, on every host; what a provider keeps itself is reached at the portal."""

from django.urls import path

from shared_apps.providers.views import files, own, register

app_name = "providers"
urlpatterns = [
    path("", register.register, name="list"),
    path("eigene/", own.own, name="own"),
    path("eigene/bestaetigen/", own.confirm, name="confirm"),
    path("eigene/einrichtungen/<uuid:pk>/", own.edit_einrichtung, name="edit_facility"),
    path("eigene/<uuid:pk>/", own.edit_anbieter, name="edit_provider"),
    path("einrichtungen/<uuid:pk>/", register.einrichtung_detail, name="facility"),
    path("dokumente/<slug:kind>/<uuid:pk>/", files.document, name="document"),
    path("fotos/<uuid:pk>/", files.photo, name="photo"),
    path("<uuid:pk>/", register.anbieter_detail, name="detail"),
]
