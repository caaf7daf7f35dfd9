"""Pages about faults: what a client sent is quoted as text, and costs no more than its length."""

import time

import pytest

from gureum.kernel.http.dialect import Asked
from gureum.kernel.http.dialects import webob

SCRIPT = "<script>alert(1)</script>"


def asked(accept: str, method: str = "GET") -> Asked:
    return Asked(method, "/x", "http://x", accept, "req-1", "http://x")


def test_what_a_client_sent_is_no_markup() -> None:
    html = asked("text/html")
    pages = [
        webob.page(400, SCRIPT, SCRIPT, html),
        webob.bad_media_type(SCRIPT, SCRIPT, html),
        webob.method_not_allowed(asked("text/html", SCRIPT), ["GET"]),
    ]
    for page in pages:
        assert page.content_type.startswith("text/html")
        assert isinstance(page.body, bytes)
        assert b"<script>" not in page.body
        assert b"&lt;script&gt;" in page.body


def test_plain_text_is_left_without_its_tags() -> None:
    page = webob.page(400, "a < b", "c > d <i>e</i> <", asked("text/plain"))
    assert page.body == b"400 Bad Request\n\na < b\n\n c > d e <  "


@pytest.mark.parametrize(
    "text", ["<" * 500_000, "<br" * 200_000, "<br>" * 100_000, "<>" * 200_000, "<" * 200_000 + "<br>"]
)
@pytest.mark.parametrize("accept", ["text/plain", "text/html"])
def test_no_text_takes_long(text: str, accept: str) -> None:
    began = time.process_time()
    webob.page(400, text, text, asked(accept))
    assert time.process_time() - began < 1.0


def test_no_accept_header_takes_long() -> None:
    began = time.process_time()
    for accept in (
        ",".join(f"a/{number}" for number in range(10_000)),
        "*" * 60_000,
        "a/" + "*" * 60_000,
        ";" * 60_000,
    ):
        assert webob.page(404, "x", "", asked(accept)).status == 404
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/html"),
        ("application/*", "application/json"),
        ("application/json;q=0.1, text/html;q=0.2", "text/html"),
        ("text/*;q=0, */*", "application/json"),
        ("image/png", "text/plain"),
        ("*", "text/plain"),
        ("", "text/plain"),
    ],
)
def test_the_kind_that_the_client_likes_best(accept: str, kind: str) -> None:
    assert webob.page(404, "x", "", asked(accept)).content_type.partition(";")[0] == kind
