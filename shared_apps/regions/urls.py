"""Routes of regions."""

app_name = "regions"
urlpatterns: list = []
