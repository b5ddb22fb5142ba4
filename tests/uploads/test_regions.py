"""Where there are several regions a kept file lies in the store of its person's, and in no other for a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.service.filed import sweep
from gateway.settings import load as load_settings
from gateway.wiring import at_home
from tests.uploads.stage import PNG, TWO_REGIONS, Stage, a_stage
from tests.uploads.test_coming_back import KEEP, asked, kept, reference

LARGE = PNG + bytes(3 * 2**20)


def lying_in(stage: Stage, store: str) -> list[Path]:
    return [path for path in (stage.folder / store).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("citizenship", "home", "elsewhere"), [("KZ", "store-kz", "store"), ("RU", "store", "store-kz")]
)
async def test_a_file_lies_in_the_region_of_its_person(
    tmp_path: Path, citizenship: str, home: str, elsewhere: str
) -> None:
    async with a_stage(tmp_path, KEEP, also=TWO_REGIONS) as stage:
        fields = (("citizenship", citizenship), ("email", "anna@example.org"))
        assert await stage.post(("avatar", "me.png", LARGE, "image/png"), fields=fields) == (201, "")
        assert b"@id.example" in stage.back_end.body
        assert len(reference(stage)) < 64
        assert (len(lying_in(stage, home)), lying_in(stage, elsewhere)) == (1, [])
        assert not any(PNG[:64] in path.read_bytes() for path in stage.folder.rglob("*") if path.is_file())


async def test_it_comes_back_from_there(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=TWO_REGIONS) as stage:
        token = await kept(stage, LARGE)
        body, _ = await asked(stage, token)
    assert body == LARGE


async def test_the_sweep_leaves_what_another_regions_record_names(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=TWO_REGIONS) as stage:
        for citizenship in ("KZ", "RU"):
            fields = (("citizenship", citizenship), ("email", f"{citizenship}@example.org"))
            assert await stage.post(("avatar", "me.png", PNG, "image/png"), fields=fields) == (201, "")
        (stage.folder / "store-kz" / "ab").mkdir(exist_ok=True)
        (stage.folder / "store-kz" / "ab" / ("ab" * 16)).write_bytes(b"nobody's")
    paths = [tmp_path / "rules.yaml", tmp_path / "also.yaml"]
    settings = load_settings(None, {}, {"state_dir": str(tmp_path)})
    async with at_home(load_rules(paths), settings, MemorySink()) as home:
        named, gone = await sweep(home.vaults, home.world, -1)
    assert (named, gone) == (2, ["ab" * 16])
    assert len(lying_in(stage, "store")) == len(lying_in(stage, "store-kz")) == 1


async def test_what_is_refused_lies_nowhere(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=TWO_REGIONS) as stage:
        assert (await stage.post(("note", "a.bin", b"\0\1", "application/x-unknown")))[0] >= 400
        assert lying_in(stage, "store") + lying_in(stage, "store-kz") == []
