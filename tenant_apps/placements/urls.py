"""Routes of search, reservation, booking. Two files, because two rooms: choosing and managing."""

from tenant_apps.placements.faelle.urls import urlpatterns as faelle
from tenant_apps.placements.search.urls import urlpatterns as search

app_name = "placements"
urlpatterns = [*search, *faelle]
