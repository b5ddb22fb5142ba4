"""How well personal data is found, as tables; with ``--baseline`` the figures that may not fall are written anew.

python -m tests.quality [--baseline]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.quality.report import figures, tables

BASELINE = Path(__file__).parent / "baseline.json"

if __name__ == "__main__":
    if "--baseline" in sys.argv[1:]:
        BASELINE.write_text(json.dumps(figures(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for line in tables():
        sys.stdout.write(line + "\n")
