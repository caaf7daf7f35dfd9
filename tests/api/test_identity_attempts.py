"""Guessing passwords."""

import time

from gureum.identity.service.attempts import Attempts
from tests.cloud import PASSWORD, Cloud


def test_the_penalty_grows_ends_and_is_bounded() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    key = ("user", "peer")
    for _ in range(7):
        attempts.wrong(key)
        assert not attempts.refused(key)
    waits = []
    for _ in range(12):
        attempts.wrong(key)
        start = now[0]
        while attempts.refused(key):
            now[0] += 0.5
        waits.append(now[0] - start)
    assert waits[:3] == [1, 2, 4]
    assert max(waits) == waits[-1] == 30
    assert not attempts.refused(("user", "elsewhere"))
    attempts.wrong(key)
    assert attempts.refused(key)
    attempts.right(key)
    assert not attempts.refused(key)


def test_it_remembers_only_so_many_and_so_long() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(9):
        attempts.wrong(("user", "peer"))
    now[0] += 1000
    attempts.wrong(("user", "peer"))
    assert not attempts.refused(("user", "peer"))
    for number in range(10_001):
        attempts.wrong((str(number), "peer"))
    assert len(attempts._wrong) == 10_000


def test_a_guesser_is_refused_unread_and_learns_nothing_from_it(cloud: Cloud) -> None:
    body = {"user": {"name": "target", "password": PASSWORD, "domain_id": "default"}}
    user = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]

    def guess(named: dict[str, object], password: str) -> tuple[int, bytes, float]:
        identity = {"methods": ["password"], "password": {"user": named | {"password": password}}}
        start = time.perf_counter()
        answer = cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}})
        return answer.status, answer.body, time.perf_counter() - start

    for named in ({"id": user}, {"name": "nobody", "domain": {"id": "default"}}):
        answers = [guess(named, f"wrong-{number}") for number in range(12)]
        assert guess(named, PASSWORD)[:2] == answers[0][:2], "the right one is refused like the wrong ones"
        assert {answer[:2] for answer in answers} == {answers[0][:2]}
        assert answers[0][0] == 401
        assert answers[-1][2] < min(answer[2] for answer in answers[:8])
