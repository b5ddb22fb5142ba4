"""What a new shop begins with: its name, two countries to send to, one thing to sell."""

import os
import sys

import django  # type: ignore[import-not-found] # its own environment
from django.core.management import call_command  # type: ignore[import-not-found] # its own environment

django.setup()
call_command("migrate", verbosity=0)

from django.contrib.sites.models import Site  # type: ignore[import-not-found] # its own environment # noqa: E402 - after setup only
from oscar.core.loading import get_model  # type: ignore[import-not-found] # its own environment # noqa: E402 - after setup only
from oscar.test.factories import create_product  # type: ignore[import-not-found] # its own environment # noqa: E402 - after setup only

Site.objects.update_or_create(id=1, defaults={"domain": os.environ["SHOP_HOST"], "name": "Лавка"})
Country = get_model("address", "Country")
for code, name in (("RU", "Россия"), ("DE", "Германия")):
    Country.objects.create(
        iso_3166_1_a2=code, printable_name=name, name=name, display_order=1, is_shipping_country=True
    )
create_product(title="Роман «Роман»", num_in_stock=10)
sys.exit(0)
