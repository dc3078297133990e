"""Routes of search, reservation, booking. Two files, because two rooms: choosing and managing."""

from tenant_apps.placements.urls_auswahl import urlpatterns as auswahl
from tenant_apps.placements.urls_faelle import urlpatterns as faelle

app_name = "placements"
urlpatterns = [*auswahl, *faelle]
