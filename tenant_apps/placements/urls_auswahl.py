"""Routes: auswahl."""

urlpatterns: list = []
