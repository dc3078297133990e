"""Routes of operations on the portal."""

app_name = "operations"
urlpatterns: list = []
