"""Oscar's own addresses, from the root."""

from django.apps import apps  # type: ignore[import-not-found] # its own environment
from django.urls import include, path  # type: ignore[import-not-found] # its own environment

urlpatterns = [path("", include(apps.get_app_config("oscar").urls[0]))]
