"""Routes of billing."""

from django.urls import path

from tenant_apps.billing.views import liste, nachweis, rechnung

app_name = "billing"
urlpatterns: list = [
    path("", liste.list_rechnungen, name="list"),
    path("csv/", liste.export_rechnungen, name="list_csv"),
    path("monate/", liste.list_monate, name="months"),
    path("buchungen/<uuid:uuid>/<int:jahr>/<int:monat>/", nachweis.record, name="record"),
    path("nachweise/<uuid:uuid>/", nachweis.open_nachweis, name="nachweis"),
    path("nachweise/<uuid:uuid>/rechnung/", nachweis.preview, name="preview"),
    path("rechnungen/<uuid:uuid>/", rechnung.show, name="detail"),
    path("rechnungen/<uuid:uuid>/pruefen/", rechnung.check, name="check"),
    path("rechnungen/<uuid:uuid>/anordnen/", rechnung.approve, name="approve"),
    path("rechnungen/<uuid:uuid>/beanstanden/", rechnung.reject, name="reject"),
    path("rechnungen/<uuid:uuid>/bezahlen/", rechnung.settle, name="settle"),
]
