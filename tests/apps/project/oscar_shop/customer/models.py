"""Oscar's models of customers as they are."""

from oscar.apps.customer.models import *  # type: ignore[import-not-found] # its own environment # noqa: F403
