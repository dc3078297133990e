"""Routes of the trail at a youth office's host."""

from django.urls import path

from tenant_apps.audit.views import protokoll, support

app_name = "audit"
urlpatterns = [
    path("protokoll/", protokoll.home, name="home"),
    path("protokoll/antrag/", protokoll.request_reading, name="request"),
    path("protokoll/antraege/<uuid:pk>/", protokoll.decide_reading, name="decide"),
    path("protokoll/lesen/", protokoll.read, name="read"),
    path("protokoll/lesen/csv/", protokoll.export, name="csv"),
    path("konto/zugriffe/", protokoll.own, name="own"),
    path("supportzugriffe/", support.support_list, name="support"),
    path("supportzugriffe/<uuid:pk>/", support.decide_support, name="support_decide"),
]
