"""The disk is full, or may not be written: refused, nothing half kept, and on again without a restart."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.adapters.vault_sqlite import SqliteVault
from gateway.model.kept import Fetch
from gateway.model.names import Token
from tests.contracts.people import RU, HandClock, ref_of
from tests.faults.processes import worker


async def unresolved(folder: Path, lines: list[str]) -> list[str]:
    """Names that were acknowledged and that the vault does not know."""
    vault = SqliteVault(folder / "ru.db", RU, clock=HandClock(), ref_of=ref_of)
    await vault.start()
    names = [Token(line.split()[2]) for line in lines if line.startswith("kept ")]
    fetched = await vault.fetch(Fetch(tokens=tuple(names)))
    await vault.close()
    return [name for name in names if name not in fetched.holdings]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A folder with little room, and the largest size of a file (0: any): a disk of 1 MiB, where one can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    yield (folder, 0) if mounted.returncode == 0 else (folder, 400_000)
    if mounted.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_refuses_and_room_makes_it_work_again(small_disk: tuple[Path, int]) -> None:
    folder, most = small_disk
    ballast = folder / "ballast"
    ballast.write_bytes(b"\0" * 400_000)
    with worker("full", folder, str(most)) as other:
        said = other.until("refused")
        ballast.unlink()
        other.go_on()
        said += other.end()
    assert "refused GW-V104 503" in said
    assert said[-1].startswith("kept ")
    assert len(said) > 30
    assert await unresolved(folder, said) == []


async def test_a_limit_on_file_sizes_refuses_and_its_end_makes_it_work_again(tmp_path: Path) -> None:
    with worker("full", tmp_path, "300000") as other:
        said = other.until("refused")
        other.go_on()
        said += other.end()
    assert "refused GW-V104 503" in said
    assert said[-1].startswith("kept ")
    assert await unresolved(tmp_path, said) == []


async def test_a_vault_that_may_only_be_read_refuses(tmp_path: Path) -> None:
    vault = SqliteVault(tmp_path / "ru.db", RU, clock=HandClock(), ref_of=ref_of)
    await vault.start()
    await vault.close()
    readable = Path(tempfile.mkdtemp())
    shutil.copy(vault.path, readable)
    (readable / "ru.db").chmod(0o444)
    readable.chmod(0o777)
    with worker("read-only", readable) as other:
        assert other.end() == ["refused GW-V105 503"]
    shutil.rmtree(readable)
