"""Routes of the catalogue, at the portal."""

from django.urls import path

from shared_apps.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.show_rubrik, {"art": "hilfearten"}, name="hilfearten"),
    path("spezialisierungen/", views.show_rubrik, {"art": "spezialisierungen"}, name="spezialisierungen"),
    path("sprachen/", views.show_rubrik, {"art": "sprachen"}, name="sprachen"),
    path("gruende/", views.show_rubrik, {"art": "gruende"}, name="gruende"),
    path("module/", views.show_rubrik, {"art": "module"}, name="module"),
    path("verlauf/", views.show_verlauf, name="history"),
    path("<slug:art>/neu/", views.create, name="create"),
    path("<slug:art>/<uuid:pk>/", views.edit, name="edit"),
    path("<slug:art>/<uuid:pk>/beenden/", views.end, name="end"),
]
