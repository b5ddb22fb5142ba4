"""The descriptor files that routes name, read into schemas; what they say counts for the digest of the rules."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from gateway.core.codec.budget import MalformedError
from gateway.core.codec.descriptor import schema_of
from gateway.model.names import Digest
from gateway.model.protobuf import ProtobufSpec, Schema
from gateway.model.rules import Route, Ruleset
from gateway.ruleset.draft import Draft
from gateway.ruleset.problems import BadRulesError, Mark, Problem
from gateway.ruleset.sources import ReadFile


def with_schemas(ruleset: Ruleset, draft: Draft, read_file: ReadFile) -> Ruleset:
    """The rules with each route's schema. Raises BadRulesError (GW-R430) for a file or a message that is not there."""
    specs = {route.protobuf.file for route in ruleset.routes if route.protobuf}
    if not specs:
        return ruleset
    mark = draft.mark(("routes",))
    files = {file: _bytes(file, mark, read_file) for file in sorted(specs)}
    schemas = {file: _schema(file, raw, mark) for file, raw in files.items()}
    routes = tuple(_with_schema(route, schemas, mark) for route in ruleset.routes)
    told = hashlib.sha256(
        "".join([ruleset.digest, *(hashlib.sha256(raw).hexdigest() for raw in files.values())]).encode()
    )
    return replace(ruleset, routes=routes, digest=Digest(told.hexdigest()))


def _with_schema(route: Route, schemas: dict[str, Schema], mark: Mark) -> Route:
    spec = route.protobuf
    if spec is None:
        return route
    schema = schemas[spec.file]
    for name in filter(None, (spec.request, spec.reply)):
        if name not in schema.messages:
            raise _wrong(f"{spec.file} has no message '{name}'.", "name it in full, as package.Message.", mark)
    return replace(route, protobuf=ProtobufSpec(spec.file, spec.request, spec.reply, schema))


def _bytes(file: str, mark: Mark, read_file: ReadFile) -> bytes:
    try:
        return read_file(file)
    except OSError as error:
        raise _wrong(
            f"{file} cannot be read: {error.strerror}.", "check the path; it is beside the rules.", mark
        ) from None


def _schema(file: str, raw: bytes, mark: Mark) -> Schema:
    try:
        return schema_of(raw)
    except MalformedError:
        mend = "make one with protoc --include_imports --descriptor_set_out."
        raise _wrong(f"{file} is no set of descriptors with a message in it.", mend, mark) from None


def _wrong(what: str, mend: str, mark: Mark) -> BadRulesError:
    return BadRulesError([Problem("GW-R430", what, mend, mark)])
