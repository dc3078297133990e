"""Routes of providers."""

app_name = "providers"
urlpatterns: list = []
