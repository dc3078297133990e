"""Routes of lists that are read into the register, on every host."""

from django.urls import path

from shared_apps.einlesen import views

app_name = "einlesen"
urlpatterns = [
    path("", views.einlesung_list, name="list"),
    path("neu/", views.create, name="create"),
    path("spalten/", views.columns, name="columns"),
    path("vorlage.csv", views.template_csv, name="template_csv"),
    path("vorlage.xlsx", views.template_xlsx, name="template_xlsx"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/spalten/", views.assign, name="assign"),
    path("<uuid:pk>/zeilen/", views.rows, name="rows"),
    path("<uuid:pk>/fehlerhafte.csv", views.faulty, name="faulty"),
    path("<uuid:pk>/ausgelassen/", views.kept, name="kept"),
    path("<uuid:pk>/vorlegen/", views.submit, name="submit"),
    path("<uuid:pk>/entscheiden/", views.decide_einlesung, name="decide"),
    path("<uuid:pk>/verwerfen/", views.discard, name="discard"),
    path("<uuid:pk>/zuruecknehmen/", views.revoke, name="revoke"),
]
