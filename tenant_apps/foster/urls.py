"""Routes of own foster places."""

from django.urls import path

from tenant_apps.foster import views

app_name = "foster"
urlpatterns = [
    path("", views.list_pflegestellen, name="list"),
    path("suchen/", views.search_pflegestellen, name="list_search"),
    path("neu/", views.create, name="create"),
    path("pflegegeld/", views.list_pflegegeld, name="rates"),
    path("pflegegeld/neu/", views.create_satz, name="create_rate"),
    path("pflegegeld/<uuid:uuid>/aendern/", views.edit_satz, name="edit_rate"),
    path("<uuid:uuid>/", views.show, name="detail"),
    path("<uuid:uuid>/aendern/", views.edit, name="edit"),
    path("<uuid:uuid>/beenden/", views.end, name="end"),
]
