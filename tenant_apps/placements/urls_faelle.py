"""Routes: faelle."""

urlpatterns: list = []
