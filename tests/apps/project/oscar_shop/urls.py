"""Oscar's own addresses, from the root."""

from django.apps import apps  # type: ignore[import-not-found]
from django.urls import include, path  # type: ignore[import-not-found]

urlpatterns = [path("", include(apps.get_app_config("oscar").urls[0]))]
