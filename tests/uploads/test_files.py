"""Files in requests: inspected, kept, passed or refused as the rules say, and nothing of them abroad before that."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from tests.uploads.stage import ANNA, PNG, a_stage

KEEP_IMAGES = '[{type: "image/*", do: keep}]'
INSPECT = '[{type: "*/*", do: inspect}]'
INSPECT_OR_KEEP = '[{type: "*/*", do: inspect, else: keep}]'
PASS = '[{type: "*/*", do: pass}]'


def a_document(*paragraphs: str) -> bytes:
    """A word-processor file as OOXML has it: a zip of XML."""
    made = io.BytesIO()
    text = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types/>')
        archive.writestr("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="urn:w">{text}</w:document>')
    return made.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def test_fields_of_a_form_go_abroad_as_tokens_and_the_rest_as_it_was(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        assert await stage.post(fields=[*ANNA, ("colour", "зелёный")]) == (201, "")
        body = stage.back_end.body
    assert b"anna@" not in body
    assert re.search(rb'name="email"\r\n\r\n[^\r\n]+@id\.example\r\n', body)
    assert 'name="colour"\r\n\r\nзелёный\r\n'.encode() in body


async def test_a_file_of_which_nothing_is_said_is_refused(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        assert await stage.post(("avatar", "me.png", PNG, "image/png")) == (422, "GW-P135")
        assert stage.back_end.requests == []


async def test_a_text_file_of_which_nothing_is_said_is_rewritten_in_place(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        assert await stage.post(("notes", "n.txt", b"mail anna@example.org today", "text/plain")) == (201, "")
        body = stage.back_end.body
    assert b"anna@" not in body
    assert re.search(rb"mail \S+@id\.example today", body)


async def test_a_kept_file_lies_sealed_at_home_and_a_token_goes_abroad(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP_IMAGES) as stage:
        assert await stage.post(("avatar", "me.png", PNG, "image/png")) == (201, "")
        (stored,) = stage.objects
        body = stage.back_end.body
        sealed = stored.read_bytes()
    assert PNG[:64] not in body
    assert b"file-" not in body
    assert re.search(rb'filename="me.png"\r\n\r\n[A-Za-z0-9]{20,40}\r\n', body)
    assert PNG[:64] not in sealed
    assert len(sealed) > len(PNG)


async def test_a_raw_upload_is_kept_too(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP_IMAGES) as stage:
        assert await stage.send("PUT", "/avatar", PNG, "image/png") == (201, "")
        assert len(stage.objects) == 1
        assert re.fullmatch(rb"[A-Za-z0-9]{20,40}", stage.back_end.body)


async def test_what_the_label_belies_is_what_its_bytes_are(tmp_path: Path) -> None:
    said = '[{type: "image/*", do: pass}, {type: application/pdf, do: refuse}]'
    async with a_stage(tmp_path, said) as stage:
        assert await stage.post(("avatar", "me.png", b"%PDF-1.7 ...", "image/png")) == (415, "GW-P133")
        assert await stage.post(("avatar", "me.png", b"anna@example.org", "image/png")) == (422, "GW-P135")
        assert await stage.post(("avatar", "me.png", PNG, "image/png")) == (201, "")
        assert PNG in stage.back_end.body


async def test_a_file_over_its_own_limit_is_refused(tmp_path: Path) -> None:
    async with a_stage(tmp_path, '[{type: "image/*", do: keep, max_bytes: 100}]') as stage:
        assert await stage.post(("avatar", "me.png", PNG, "image/png")) == (413, "GW-P134")
        assert (stage.back_end.requests, stage.objects) == ([], [])


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        (INSPECT, "Смета на ремонт", (201, "")),
        (INSPECT, "Связь: anna@example.org", (422, "GW-P135")),
        (INSPECT_OR_KEEP, "Связь: anna@example.org", (201, "")),
    ],
)
async def test_an_office_document_passes_if_nothing_personal_is_in_it(
    tmp_path: Path, said: str, text: str, expected: tuple[int, str]
) -> None:
    document = a_document("Договор", text)
    async with a_stage(tmp_path, said) as stage:
        assert await stage.post(("contract", "c.docx", document, DOCX)) == expected
        passed = any(document in body for _, _, body in stage.back_end.requests)
        kept = len(stage.objects)
    assert (passed, kept) == ("@" not in text, int(expected == (201, "") and "@" in text))


async def test_at_home_files_pass(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        assert await stage.post(("avatar", "me.png", PNG, "image/png"), path="/home") == (201, "")
        assert PNG in stage.back_end.body


async def test_nothing_goes_abroad_where_the_object_store_fails(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP_IMAGES) as stage:
        (tmp_path / "store").write_text("in the way")
        status, code = await stage.post(("avatar", "me.png", PNG, "image/png"))
        assert (status, code, stage.back_end.requests) == (503, "GW-F101", [])


@pytest.mark.parametrize("client", ["http11", "session"])
@pytest.mark.parametrize("said", [PASS, KEEP_IMAGES])
async def test_what_is_too_large_for_memory_streams(tmp_path: Path, said: str, client: str) -> None:
    large = PNG[:16] + bytes(3 * 2**20) + b"end"
    more: dict[str, object] = {"limits.max_body_bytes": 2**16, "upstream.client": client}
    async with a_stage(tmp_path, said, more=more) as stage:
        assert await stage.post(("avatar", "me.png", large, "image/png")) == (201, "")
        passed, kept = large in stage.back_end.body, len(stage.objects)
        assert b"anna@" not in stage.back_end.body
        assert await stage.send("PUT", "/avatar", large, "image/png") == (201, "")
        assert (passed, kept) == ((True, 0) if said == PASS else (False, 1))
        assert (stage.back_end.body == large) is (said == PASS)


async def test_what_is_to_be_inspected_is_refused_where_it_is_too_large(tmp_path: Path) -> None:
    async with a_stage(tmp_path, INSPECT, more={"limits.max_body_bytes": 2**16}) as stage:
        large = b"a" * 2**18
        assert await stage.post(("notes", "n.txt", large, "text/plain")) == (413, "GW-C004")
        assert await stage.post(fields=[("note", "a" * 2**18)]) == (413, "GW-C004")
        assert await stage.send("PUT", "/avatar", large, "application/json") == (413, "GW-C004")
        assert await stage.send("POST", "/said", large, "image/png") == (413, "GW-C004")
        assert stage.back_end.requests == []


async def test_an_upload_over_the_files_limit_is_refused(tmp_path: Path) -> None:
    more: dict[str, object] = {"limits.max_body_bytes": 2**16, "limits.max_file_bytes": 2**20}
    async with a_stage(tmp_path, KEEP_IMAGES, more=more) as stage:
        assert await stage.send("PUT", "/avatar", PNG + bytes(2**21), "image/png") == (413, "GW-P134")
        assert (stage.back_end.requests, stage.objects) == ([], [])
