"""Routes of comparison."""

app_name = "comparison"
urlpatterns: list = []
