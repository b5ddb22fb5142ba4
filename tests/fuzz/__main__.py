"""``make fuzz``: every target in turn for its share of the seconds, from the kept corpus and what earlier runs found.

``python -m tests.fuzz SECONDS [TARGET …]``. Prints executions and findings; ends with 1 if there is one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS

SEEDS = Path(__file__).parent / "corpus"
STATE = Path(".fuzz")
_HANG_S = 25
_MEMORY_MB = 3072
_MOST_BYTES = 4096


def main(seconds: int, names: list[str]) -> int:
    share, findings, total = max(1, seconds // len(names)), list[Path](), 0
    for name in names:
        executions, found = fuzz(name, share)
        total += executions
        findings += found
        print(f"{name:10} {executions:>9} executions in {share} s, {len(found)} findings", flush=True)
        for one in found:
            print(f"  {one}\n{_told(one)}", flush=True)
    print(f"{total} executions, {len(findings)} findings")
    return 1 if findings else 0


def fuzz(name: str, seconds: int) -> tuple[int, list[Path]]:
    """How often it ran, and the inputs that broke a law."""
    grown, found = STATE / "corpus" / name, STATE / "findings" / name
    for folder in (grown, found):
        folder.mkdir(parents=True, exist_ok=True)
    for old in found.iterdir():
        old.unlink()
    options = [f"-max_total_time={seconds}", f"-timeout={_HANG_S}", f"-rss_limit_mb={_MEMORY_MB}",
               f"-max_len={_MOST_BYTES}", f"-artifact_prefix={found}/", "-print_final_stats=1",
               "-use_value_profile=1"]  # fmt: skip
    command = [sys.executable, "-m", "tests.fuzz.worker", name, str(found), *options, str(grown), str(SEEDS / name)]
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    stat = re.search(r"stat::number_of_executed_units:\s*(\d+)", ran.stderr)
    if stat is None or ran.returncode:
        (found / "log.txt").write_text(ran.stdout + ran.stderr, encoding="utf-8")
        if not any(one.suffix != ".txt" for one in found.iterdir()):
            (found / "ended").write_bytes(b"")
    return int(stat[1]) if stat else 0, sorted(one for one in found.iterdir() if one.suffix != ".txt")


def _told(found: Path) -> str:
    """The last lines of what is known of a finding."""
    note = found.with_suffix(".txt") if found.with_suffix(".txt").exists() else found.parent / "log.txt"
    return (
        "\n".join(f"    {line}" for line in note.read_text(encoding="utf-8").splitlines()[-4:]) if note.exists() else ""
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:] or list(TARGETS)))
