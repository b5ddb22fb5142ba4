"""Oscar's customers, with a registration form of the shop's own."""

from oscar.apps.customer import apps  # type: ignore[import-not-found] # its own environment


class CustomerConfig(apps.CustomerConfig):  # type: ignore[misc] # Oscar has no types
    name = "oscar_shop.customer"
