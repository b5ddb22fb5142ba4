"""GraphQL, JSON-RPC and JSON:API: what rules can speak of, and how it is written anew."""

from __future__ import annotations

import json
import time
from urllib.parse import quote, unquote

import pytest
from graphql import parse, print_ast

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from tests.core.codec.messages import TEXT, body, edited, read, request, seen

GRAPHQL = "application/graphql"
QUERY = '''# for anna@example.org
mutation Create($tags: [String!] = ["new", "vip"], $age: Int = 18) @live {
  a: createUser(input: {email: "anna@example.org", phone: 79161234567, country: RU, vip: true, note: null,
    bio: """
      Anna \\"""
        from Moscow
    """, tags: $tags, places: [[1.5e3, -2], []]}, dry: false) @include(if: $x) { id ...on User { name(lang: "ru") } }
}
fragment F on User { email }'''


def test_literals_stand_below_field_and_argument() -> None:
    assert seen(request(QUERY, GRAPHQL)) == {
        "body": " for anna@example.org",
        "body.Create.tags.0": "new",
        "body.Create.tags.1": "vip",
        "body.Create.age": "18",
        "body.createUser.input.email": "anna@example.org",
        "body.createUser.input.phone": "79161234567",
        "body.createUser.input.country": "RU",
        "body.createUser.input.vip": "true",
        "body.createUser.input.note": "null",
        "body.createUser.input.bio": 'Anna """\n  from Moscow',
        "body.createUser.input.places.0.0": "1.5e3",
        "body.createUser.input.places.0.1": "-2",
        "body.createUser.dry": "false",
        "body.name.lang": "ru",
    }


@pytest.mark.parametrize("new", ["tk", 'a"b\\c\n"""', "Анна 🙂", "", "123", "}{#"])
def test_every_leaf_is_written_anew_and_another_parser_reads_it(new: str) -> None:
    message = request(QUERY, GRAPHQL)
    document = read(message)
    for ordinal, leaf in enumerate(document.leaves):
        after = body(encode_request(rewrite(document, {ordinal: new}), message))
        assert after.startswith(QUERY[: leaf.raw.start])
        assert after.endswith(QUERY[leaf.raw.end :])
        parse(after)
        if leaf.path[-1] in {"email", "bio", "lang"}:
            assert json.loads(json.dumps(new)) in {other.text for other in read(request(after, GRAPHQL)).leaves}


def test_removed_values_are_null_and_removed_comments_empty() -> None:
    edits = dict.fromkeys(["body", "body.createUser.input.email", "body.createUser.input.phone"])
    after = body(edited(request(QUERY, GRAPHQL), edits))
    assert after.startswith("#\nmutation")
    assert "input: {email: null, phone: null, country: RU" in after
    parse(after)


def test_a_number_that_becomes_a_token_is_a_string() -> None:
    after = body(edited(request(QUERY, GRAPHQL), {"body.createUser.input.phone": "tk"}))
    assert 'phone: "tk"' in after
    parse(after)


@pytest.mark.parametrize("place", ["NAME: f(a: 1)", "f(NAME: 1)", "NAME(a: 1)", "f(a: $NAME, b: 1)", "f(a: 1) @NAME"])
def test_a_name_that_may_be_data_is_a_leaf(place: str) -> None:
    message = request(f"{{ {place} }}".replace("NAME", "ivan79161234567"), GRAPHQL)
    document = read(message)
    (ordinal,) = [at for at, leaf in enumerate(document.leaves) if leaf.is_key]
    assert document.leaves[ordinal].text == "ivan79161234567"
    assert body(encode_request(rewrite(document, {ordinal: "tk"}), message)) == f"{{ {place} }}".replace("NAME", "tk")


def test_a_removed_name_leaves_a_blank() -> None:
    message = request("{ f79161234567(a: 1) }", GRAPHQL)
    ordinal = next(at for at, leaf in enumerate(read(message).leaves) if leaf.is_key)
    assert body(encode_request(rewrite(read(message), {ordinal: None}), message)) == "{ _(a: 1) }"


def test_an_enum_value_stays_one_where_it_can() -> None:
    path = "body.createUser.input.country"
    assert "country: DE," in body(edited(request(QUERY, GRAPHQL), {path: "DE"}))
    assert 'country: "D E",' in body(edited(request(QUERY, GRAPHQL), {path: "D E"}))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (r'"a\u0040b"', "a@b"),
        (r'"\u{1F600}\ud83d\ude00"', "😀😀"),
        (r'"a\"\\\n"', 'a"\\\n'),
        ('""', ""),
        ('""""""', ""),
    ],
)
def test_strings_mean_what_they_escape(text: str, means: str) -> None:
    assert seen(request(f"{{ f(a: {text}) }}", GRAPHQL)) == {"body.f.a": means}


@pytest.mark.parametrize(
    "text",
    [
        "{ user { name } }",
        "# anna@example.org",
        "{ user # anna@example.org\n }",
        "{Ivan Petrov}",
        "query the database",
        '{ f(a: "x") ',
        '{ f(a: "x"] }',
        '{ f(a: "x) }',
        '{ f(a: """x) }',
        "{ f(a: 007) }",
        '} f(a: "x")',
        '{ f(a: "x") } ?',
    ],
)
def test_what_holds_no_literal_or_is_none_is_a_text(text: str) -> None:
    assert seen(request(text, GRAPHQL)) == seen(request(text, TEXT)) == {"body": text}


# ---------------------------------------------------------------------------------------- where operations come in


def posted(query: str) -> str:
    return json.dumps({"operationName": "A", "query": query, "variables": {"input": {"email": "x@y.example"}}})


def test_a_posted_query_and_its_variables_are_looked_into() -> None:
    message = request(posted('query A { user(email: "anna@example.org") { id } }'))
    assert seen(message) == {
        "body.operationName": "A",
        "body.query.user.email": "anna@example.org",
        "body.variables.input.email": "x@y.example",
    }
    after = json.loads(body(edited(message, {"body.query.user.email": 'tk"'})))
    assert after["query"] == 'query A { user(email: "tk\\"") { id } }'


def test_markup_in_a_literal_is_no_reason_to_take_the_query_for_html() -> None:
    found = seen(request(posted('mutation { post(text: "<p>Dear&#32;Anna</p>") { id } }')))
    assert found["body.query.post.text"] == "Dear Anna"


def test_a_batch_is_an_array() -> None:
    message = request(f"[{posted('{ a(b: 1) }')},{posted('{ c(d: 2) }')}]")
    found = seen(message)
    assert (found["body.0.query.a.b"], found["body.1.query.c.d"]) == ("1", "2")


def test_a_query_in_the_target_is_looked_into() -> None:
    target = "/graphql?query=" + quote('{user(email:"anna@example.org"){id}}')
    message = request(target=target, method="GET")
    assert seen(message, "query") == {"query.query.user.email": "anna@example.org"}
    after = edited(message, {"query.query.user.email": "tk"})
    assert unquote(after.target) == '/graphql?query={user(email:"tk"){id}}'


def test_variables_in_the_target_are_looked_into() -> None:
    target = (
        "/graphql?query="
        + quote("query($e:String!){user(email:$e){id}}")
        + "&variables="
        + quote('{"e":"a@b.example"}')
    )
    assert seen(request(target=target, method="GET"), "query")["query.variables.e"] == "a@b.example"


def test_a_persisted_query_has_variables_only() -> None:
    call = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab" * 32}}, "variables": {"email": "x"}}
    message = request(json.dumps(call))
    assert seen(message)["body.variables.email"] == "x"
    assert json.loads(body(edited(message, {"body.variables.email": "tk"}))) == {**call, "variables": {"email": "tk"}}


def test_json_rpc_calls_stand_at_params() -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "user.create", "params": {"email": "a@b.example"}}
    assert seen(request(json.dumps(call)))["body.params.email"] == "a@b.example"
    found = seen(request(json.dumps([call, {**call, "params": ["c@d.example", 2]}])))
    assert (found["body.0.params.email"], found["body.1.params.0"]) == ("a@b.example", "c@d.example")


def test_resources_of_json_api_stand_at_attributes() -> None:
    sent = {"data": {"type": "users", "id": "7", "attributes": {"email": "a@b.example"}}}
    message = request(json.dumps(sent), "application/vnd.api+json")
    assert seen(message) == {
        "body.data.type": "users",
        "body.data.id": "7",
        "body.data.attributes.email": "a@b.example",
    }


# -------------------------------------------------------------------------------------------------------- hostile


def test_depth_is_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("{a" * 100 + '(b: "c")' + "}" * 100, GRAPHQL))
    assert (refused.value.code, refused.value.status) == ("GW-P110", 413)


def test_leaves_are_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request("{f(a: [" + "1 " * 100 + "])}", GRAPHQL), Limits(max_leaves=50))
    assert refused.value.code == "GW-P109"


@pytest.mark.parametrize(
    "text",
    [
        '{f(a: "' + "x" * 800000,
        '{f(a: "' + "\\n" * 200000 + '")}',
        '{f(a: """' + '\\"""' * 100000,
        "{" + " " * 800000,
        "{" + "a:" * 100000,
        "#\n" * 100000,
        "{f" * 100000,
        '{f(a: """' + "\n " * 60000 + '""")}',
    ],
)
def test_hostile_sizes_take_linear_time(text: str) -> None:
    began = time.perf_counter()
    try:
        read(request(text, GRAPHQL))
    except PayloadError:
        pass
    assert time.perf_counter() - began < 5


def test_the_printed_form_of_another_library_is_read_as_well() -> None:
    assert seen(request(print_ast(parse(QUERY)), GRAPHQL))["body.createUser.input.bio"] == 'Anna """\n  from Moscow'
