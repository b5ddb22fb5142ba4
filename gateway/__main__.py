"""``python -m gateway`` is ``pii-gateway``."""

from gateway.cli import main

main(prog_name="pii-gateway")
