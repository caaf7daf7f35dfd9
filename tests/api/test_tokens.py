"""Logging in and what a token is good for."""

from tests.cloud import PASSWORD, Cloud


def test_a_wrong_password_is_answered_like_an_unknown_user(cloud: Cloud) -> None:
    answers = []
    for user, password in (("admin", "wrong"), ("nobody", PASSWORD)):
        auth = {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": user, "domain": {"id": "default"}, "password": password}},
            }
        }
        answers.append(cloud.anonymous().post("/v3/auth/tokens", {"auth": auth}))
    assert [answer.status for answer in answers] == [401, 401]
    assert answers[0].json == answers[1].json
    assert answers[0].headers["www-authenticate"].startswith("Keystone uri=")


def test_a_revoked_token_fails_at_the_next_request(cloud: Cloud) -> None:
    client = cloud.login("admin", PASSWORD, "admin")
    client.get("/v3/auth/catalog").ok(200)
    client.delete("/v3/auth/tokens", headers={"X-Subject-Token": client.token or ""}).ok(204)
    assert client.get("/v3/auth/catalog").status == 401


def test_a_garbage_token_is_401(cloud: Cloud) -> None:
    for token in ("x", "gAAAAABbogus", "ü" * 10, "A" * 5000):
        answer = cloud.anonymous().get("/v3/auth/catalog", headers={"x-auth-token": token})
        assert answer.status == 401, token
