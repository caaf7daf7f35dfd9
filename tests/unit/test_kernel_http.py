"""The edge's parts that need no cloud."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from gureum.kernel.faults import Invalid, Malformed, NotAcceptable
from gureum.kernel.http.api import Versions
from gureum.kernel.http.history import Change, History
from gureum.kernel.http.negotiate import choose_version
from gureum.kernel.http.route import Route
from gureum.kernel.http.schema import Query, Shapes, convert, parse_json
from gureum.kernel.http.trie import Trie


def route(method: str, path: str, action: str | None = None) -> Route:
    return Route(method, path, print, "", action=action)


def test_a_literal_wins_over_a_parameter() -> None:
    trie = Trie([route("GET", "/v2.1/servers/{id}"), route("GET", "/v2.1/servers/detail")])
    found = trie.find("/v2.1/servers/detail")
    assert found is not None and found[1] == {}
    found = trie.find("/v2.1/servers/7/")
    assert found is not None and found[1] == {"id": "7"}


def test_a_path_with_a_dead_end_is_found_by_the_other_way() -> None:
    trie = Trie([route("GET", "/{project}/volumes/{id}"), route("GET", "/volumes/{id}/metadata")])
    found = trie.find("/volumes/volumes/x")
    assert found is not None and found[1] == {"project": "volumes", "id": "x"}


def test_what_is_not_there_is_not_found() -> None:
    trie = Trie([route("GET", "/v3/projects/{id}")])
    assert trie.find("/v3/projects") is None
    assert trie.find("/v3/projects/x/y") is None


def test_a_tail_takes_all_that_is_left() -> None:
    found = Trie([route("GET", "/o/{account}/{name*}")]).find("/o/a/b/c/d")
    assert found is not None and found[1] == {"account": "a", "name": "b/c/d"}


def test_two_names_for_one_parameter_are_refused() -> None:
    with pytest.raises(ValueError, match="named"):
        Trie([route("GET", "/a/{x}"), route("PUT", "/a/{y}")])


VERSIONS = Versions((2, 1), (2, 90), "compute", "X-OpenStack-Nova-API-Version")


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({}, (2, 1)),
        ({"openstack-api-version": "compute 2.47"}, (2, 47)),
        ({"openstack-api-version": "volume 3.5, compute 2.47"}, (2, 47)),
        ({"openstack-api-version": "volume 3.5"}, (2, 1)),
        ({"x-openstack-nova-api-version": "2.3"}, (2, 3)),
        ({"openstack-api-version": "compute latest"}, (2, 90)),
    ],
)
def test_the_version_a_client_asks_for(headers: dict[str, str], version: tuple[int, int]) -> None:
    assert choose_version(VERSIONS, headers) == version


def test_versions_that_are_none_or_out_of_range() -> None:
    with pytest.raises(Invalid, match="invalid format"):
        choose_version(VERSIONS, {"openstack-api-version": "compute two"})
    with pytest.raises(NotAcceptable, match=r"Minimum is 2.1 and maximum is 2.90"):
        choose_version(VERSIONS, {"openstack-api-version": "compute 2.91"})


class Call:
    """As much of a call as a History looks at."""

    def __init__(self, version: tuple[int, int]) -> None:
        self.version = version


HISTORY = History(
    "server",
    "servers",
    [
        Change((2, 19), "description", adds=frozenset({"description"})),
        Change(
            (2, 37),
            "networks must be said",
            up=lambda body, call: body.setdefault("networks", "if-any"),  # type: ignore[arg-type]
            status={202: 200},
        ),
        Change((2, 47), "flavor embedded", down=lambda body, call: body.update(flavor={"id": 1})),
    ],
)


def test_an_older_client_may_not_send_what_came_later() -> None:
    with pytest.raises(Invalid, match=r"Additional properties are not allowed \('description' was unexpected\)"):
        HISTORY.upgrade({"server": {"description": "x"}}, Call((2, 18)))  # type: ignore[arg-type]
    HISTORY.upgrade({"server": {"description": "x"}}, Call((2, 19)))  # type: ignore[arg-type]


def test_requests_are_brought_up_and_answers_down() -> None:
    body = {"server": {"name": "x"}}
    HISTORY.upgrade(body, Call((2, 36)))  # type: ignore[arg-type]
    assert body["server"] == {"name": "x", "networks": "if-any"}
    answer = {"servers": [{"description": None, "flavor": {"vcpus": 1}}]}
    HISTORY.downgrade(answer, Call((2, 1)))  # type: ignore[arg-type]
    assert answer == {"servers": [{"flavor": {"id": 1}}]}
    assert HISTORY.status(202, (2, 36)) == 200
    assert HISTORY.status(202, (2, 37)) == 202


class Named(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1)]
    size: int | None = None


class Request(Struct):
    thing: Named


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "'thing' is a required property"),
        ({"thing": {}}, "Invalid input for field/attribute thing. Value: {}. 'name' is a required property"),
        (
            {"thing": {"name": 5}},
            "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string'",
        ),
        (
            {"thing": {"name": "x", "size": "big"}},
            "Invalid input for field/attribute size. Value: big. 'big' is not of type 'integer', 'null'",
        ),
        (
            {"thing": {"name": "x", "more": 1}},
            "Invalid input for field/attribute thing. Value: {'name': 'x', 'more': 1}. "
            "Additional properties are not allowed ('more' was unexpected)",
        ),
    ],
)
def test_a_wrong_body_gets_the_services_sentence(body: object, sentence: str) -> None:
    with pytest.raises(Invalid) as caught:
        convert(body, Request)
    assert caught.value.message == sentence


def test_numbers_may_come_as_text_where_the_service_is_lax() -> None:
    assert convert({"thing": {"name": "x", "size": "7"}}, Request).thing.size == 7
    with pytest.raises(Invalid):
        convert({"thing": {"name": "x", "size": "7"}}, Request, lax=False)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 5000])
def test_what_is_no_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(raw)


def test_what_a_version_removed_is_for_older_ones_only() -> None:
    history = History("thing", "things", [Change((2, 5), "gone", removes=frozenset({"old"}))])
    for version, left in (((2, 4), {"old", "new"}), ((2, 5), {"new"}), ((2, 90), {"new"})):
        body = {"things": [{"old": 1, "new": 2}]}
        history.downgrade(body, Call(version))  # type: ignore[arg-type]
        assert body["things"][0].keys() == left
    with pytest.raises(Invalid, match="'old' was unexpected"):
        history.upgrade({"thing": {"old": 1}}, Call((2, 5)))  # type: ignore[arg-type]


def test_bounds_hold_for_numbers_in_text_and_the_first_complaint_is_told() -> None:
    number = {"type": ["integer", "string"], "pattern": "^-?[0-9]+$", "minimum": 1, "maximum": 5}
    shapes = Shapes(lambda _: {"type": "object", "properties": {"a": number}, "required": ["b"]})
    assert shapes.check({"a": "3", "b": 1}, (2, 1)) == {"a": "3", "b": 1}
    for value, complaint in (("0", "0 is less than the minimum of 1"), (6, "6 is greater than the maximum of 5")):
        with pytest.raises(Invalid, match=complaint):
            shapes.check({"a": value}, (2, 1))


def test_a_number_in_text_that_is_too_long_to_be_read_is_out_of_bounds() -> None:
    schema = {"type": "object", "properties": {"n": {"type": ["integer", "string"], "minimum": 1, "maximum": 10}}}
    shapes = Shapes(lambda version: schema)
    for text, word in (("9" * 5_000, "greater"), ("-" + "9" * 5_000, "less")):
        with pytest.raises(Invalid, match=word):
            shapes.check({"n": text}, (2, 1))


def test_a_query_is_checked_parameter_by_parameter() -> None:
    limit = {"type": "array", "maxItems": 1, "items": {"type": "string", "pattern": "^[0-9]*$"}}
    query = Query(lambda version: {"properties": {"limit": limit}, "additionalProperties": version < (2, 75)})
    query.check({"limit": ["1"], "x": ["y"]}, (2, 1))
    for asked, complaint in (
        ({"limit": ["a"]}, "Invalid input for query parameters limit. Value: a. 'a' does not match"),
        ({"limit": ["1", "2"]}, r"Value: \['1', '2'\]"),
        ({"x": ["y"]}, r"Additional properties are not allowed \('x' was unexpected\)"),
    ):
        with pytest.raises(Invalid, match=complaint):
            query.check(asked, (2, 75))
