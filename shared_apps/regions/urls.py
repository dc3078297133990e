"""Routes of regions."""

from django.urls import path

from shared_apps.regions import views

app_name = "regions"
urlpatterns = [
    path("", views.region_list, name="list"),
    path("<slug:kuerzel>/", views.region_detail, name="detail"),
]
