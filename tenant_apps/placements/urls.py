"""Routes of search, reservation, booking. One file for each room: choosing, managing, the night."""

from tenant_apps.placements.faelle.urls import urlpatterns as faelle
from tenant_apps.placements.nacht.urls import urlpatterns as nacht
from tenant_apps.placements.search.urls import urlpatterns as search

app_name = "placements"
urlpatterns = [*search, *faelle, *nacht]
