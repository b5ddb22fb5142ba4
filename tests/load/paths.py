"""Where things stand."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RULES = Path(__file__).with_name("bench.yaml")
CRM_RULES = Path(__file__).with_name("crm.yaml")
