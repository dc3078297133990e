"""Routes of enquiries."""

from django.urls import path

from tenant_apps.anfragen.views import amt, haus

app_name = "anfragen"
urlpatterns = [
    path("", amt.list_anfragen, name="list"),
    path("neu/<uuid:suche>/", amt.create, name="create"),
    path("<uuid:uuid>/", amt.show, name="detail"),
    path("<uuid:uuid>/stand/", amt.show_stand, name="stand"),
    path("<uuid:uuid>/zurueckziehen/", amt.withdraw, name="withdraw"),
    path("haeuser/<uuid:uuid>/", haus.answer, name="answer"),
    path("haeuser/<uuid:uuid>/annehmen/", amt.accept, name="accept"),
]
