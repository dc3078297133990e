"""Routes of controlling."""

app_name = "controlling"
urlpatterns: list = []
