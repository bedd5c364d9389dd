"""Access tokens against published keys: fetched once, rotated, forged, and not to be had."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.domain.deadline import Deadline
from shared.errors.requests import Unauthenticated
from shared.errors.waiting import Unavailable
from shared.identity import signing_keys
from shared.identity.tokens import TokenVerifier
from tests.support.data import Person, Project, settings_for
from tests.support.world import until


class Issuer:
    """A project's Auth as far as its published keys go; counts how often they are fetched."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[Any, str]] = {}
        self.fetches = 0
        self.reply: tuple[int, bytes] | None = None
        self.delay = 0.0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                time.sleep(issuer.delay)
                status, body = issuer.reply or (200, issuer.published())
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def new_key(self, kid: str, algorithm: str = "ES256") -> None:
        private = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else rsa.generate_private_key(65537, 2048)
        )
        self.keys[kid] = (private, algorithm)

    def published(self) -> bytes:
        keys = []
        for kid, (private, algorithm) in self.keys.items():
            jwk = jwt.get_algorithm_by_name(algorithm).to_jwk(private.public_key(), as_dict=True)
            keys.append({**jwk, "kid": kid, "alg": algorithm, "use": "sig"})
        return json.dumps({"keys": keys}).encode()

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        known = {
            "sub": str(uuid.uuid4()), "aud": "authenticated", "role": "authenticated",
            "iss": f"{self.url}/auth/v1", "exp": now + 3600, "iat": now,
        }  # fmt: skip
        return {name: value for name, value in {**known, **changed}.items() if value is not None}

    def token(self, kid: str = "one", **changed: Any) -> str:
        private, algorithm = self.keys[kid]
        return jwt.encode(self.claims(**changed), private, algorithm, {"kid": kid})


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    issuer.new_key("one")
    issuer.new_key("two", "RS256")
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture
def verifier(issuer: Issuer) -> TokenVerifier:
    facts = {"url": issuer.url, "publishable_key": "p", "secret_key": "s"}
    return TokenVerifier(settings_for(facts))


def is_refused(verifier: TokenVerifier, token: str) -> bool:
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(f"Bearer {token}")
    assert token not in refused.value.message + refused.value.fix
    assert refused.value.fix
    return True


def test_a_signed_in_user_is_who_the_token_says(project: Project, ada: Person) -> None:
    principal = TokenVerifier(project.settings).verify(f"bearer  {ada.token} ")
    assert principal.user_id == ada.id
    assert principal.token.get_secret_value() == ada.token
    assert ada.token not in repr(principal)


@pytest.mark.parametrize("kid", ["one", "two"])
def test_both_kinds_of_published_keys_count(
    issuer: Issuer, verifier: TokenVerifier, kid: str
) -> None:
    user_id = str(uuid.uuid4())
    assert verifier.verify(f"Bearer {issuer.token(kid, sub=user_id)}").user_id == user_id


def test_many_requests_at_once_fetch_the_keys_once(issuer: Issuer, verifier: TokenVerifier) -> None:
    issuer.delay = 0.2
    tokens = [issuer.token() for _ in range(32)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda token: verifier.verify(f"Bearer {token}"), tokens))
    assert issuer.fetches == 1


def made_up(issuer: Issuer, kid: str) -> str:
    return jwt.encode(
        issuer.claims(), ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": kid}
    )


def test_unknown_keys_cause_no_storm_of_fetches_and_hold_few_threads(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    known = f"Bearer {issuer.token()}"
    verifier.verify(known)
    began = time.monotonic()

    def answer(number: int) -> str:
        try:
            verifier.verify(f"Bearer {made_up(issuer, f'made-up-{number}')}")
        except Unavailable as unavailable:
            return f"later: {unavailable.retry_after}"
        except Unauthenticated:
            return "refused"
        return "let in"

    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(answer, range(40))
        verifier.verify(known)
        assert time.monotonic() - began < signing_keys.COOLDOWN_SECONDS, "the known wait for nobody"
        told = list(answers)
    assert set(told) <= {"later: 1", "later: 2", "refused"}
    assert told.count("refused") >= signing_keys.MAX_WAITING
    waited = (time.monotonic() - began) / signing_keys.COOLDOWN_SECONDS
    assert issuer.fetches <= 2 + waited


def test_a_token_of_a_key_published_just_now_is_good_at_the_first_try(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    verifier.verify(f"Bearer {issuer.token()}")
    issuer.new_key("three")
    assert verifier.verify(f"Bearer {issuer.token('three')}")
    assert issuer.fetches == 2


def test_a_made_up_key_is_refused_at_once_when_the_keys_were_fetched_since_its_first_sight(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    verifier.verify(f"Bearer {issuer.token()}")
    token = made_up(issuer, "nobody")
    is_refused(verifier, token)
    began = time.monotonic()
    for _ in range(10):
        is_refused(verifier, token)
    assert time.monotonic() - began < signing_keys.COOLDOWN_SECONDS / 2
    assert issuer.fetches == 2


def test_a_token_that_cannot_be_looked_up_before_the_deadline_is_not_called_bad(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    verifier.verify(f"Bearer {issuer.token()}")
    issuer.new_key("three")
    token = issuer.token("three")
    began = time.monotonic()
    with pytest.raises(Unavailable):
        verifier.verify(f"Bearer {token}", Deadline.after(0.2))
    assert time.monotonic() - began < signing_keys.COOLDOWN_SECONDS / 2


def test_a_slow_fetch_keeps_the_deadline_of_all_who_wait_for_it(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    issuer.delay = 3
    token = issuer.token()

    def seconds(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            verifier.verify(f"Bearer {token}", Deadline.after(1))
        return time.monotonic() - began

    with ThreadPoolExecutor(16) as pool:
        assert max(pool.map(seconds, range(16))) < 1.5


def test_the_local_projects_keys_rotate_without_a_restart(project: Project, ada: Person) -> None:
    verifier = TokenVerifier(project.settings)
    verifier.verify(f"Bearer {ada.token}")
    httpx.post(
        f"{project.url}/auth/v1/admin/jwks/rotate",
        headers={"apikey": project.facts["secret_key"]},
    ).raise_for_status()
    newcomer = project.new_person()
    kids = {jwt.get_unverified_header(person.token)["kid"] for person in (ada, newcomer)}
    assert len(kids) == 2
    assert verifier.verify(f"Bearer {ada.token}").user_id == ada.id
    assert verifier.verify(f"Bearer {newcomer.token}").user_id == newcomer.id


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1}, {"exp": None}, {"exp": "soon"}, {"iat": 99999999999}, {"nbf": 99999999999},
        {"aud": None}, {"aud": "anon"}, {"aud": ["other"]}, {"iss": None},
        {"iss": "https://elsewhere.supabase.co/auth/v1"}, {"sub": None}, {"sub": ""},
        {"sub": "ada"}, {"sub": 7}, {"role": None}, {"role": "anon"}, {"role": "service_role"},
        {"role": "Authenticated"}, {"role": ["authenticated"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_claims_something_else_is_refused(
    issuer: Issuer, verifier: TokenVerifier, changed: dict[str, Any]
) -> None:
    """Whatever the claim is; PyJWT itself would not even sign some of them."""
    private, algorithm = issuer.keys["one"]
    payload = json.dumps(issuer.claims(**changed)).encode()
    token = jwt.PyJWS().encode(payload, private, algorithm, {"kid": "one"})
    assert is_refused(verifier, token)


def test_forged_tokens_are_refused(issuer: Issuer, verifier: TokenVerifier) -> None:
    public = issuer.keys["two"][0].public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head, body, signature = issuer.token().split(".")
    _, other_body, _ = issuer.token().split(".")
    unsigned = jwt.encode(issuer.claims(), "", "none", {"kid": "one"})
    stranger = ec.generate_private_key(ec.SECP256R1())
    confused = jwt.PyJWS()
    confused._algorithms["HS256"] = _Careless()  # signs with a public key, as a forger would
    swapped_kid = jwt.encode(issuer.claims(), issuer.keys["two"][0], "RS256", {"kid": "one"})
    deep = jwt.utils.base64url_encode(b"[" * 4000).decode()
    for token in (
        f"{head}.{other_body}.{signature}",
        f"{head}.{body}.",
        unsigned,
        jwt.encode(issuer.claims(), stranger, "ES256", {"kid": "one"}),
        jwt.encode(issuer.claims(), stranger, "ES256"),
        confused.encode(json.dumps(issuer.claims()).encode(), pem, "HS256", {"kid": "two"}),
        swapped_kid,
        f"{deep}.{body}.{signature}",
        f"{head}.{body}.{signature}" + "x" * 9000,
    ):
        assert is_refused(verifier, token)


class _Careless(jwt.algorithms.HMACAlgorithm):
    def __init__(self) -> None:
        super().__init__(jwt.algorithms.HMACAlgorithm.SHA256)

    def prepare_key(self, key: str | bytes) -> bytes:
        return key if isinstance(key, bytes) else key.encode()


def test_api_keys_are_no_users(project: Project) -> None:
    verifier = TokenVerifier(project.settings)
    for key in ("publishable_key", "secret_key"):
        assert is_refused(verifier, project.facts[key])


@pytest.mark.parametrize(
    "reply", [(500, b""), (404, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"keys": []}')]
)
def test_without_keys_nobody_is_called_a_liar(
    issuer: Issuer, verifier: TokenVerifier, reply: tuple[int, bytes]
) -> None:
    issuer.reply = reply
    token = issuer.token()
    for _ in range(5):
        with pytest.raises(Unavailable) as unavailable:
            verifier.verify(f"Bearer {token}")
        assert unavailable.value.code == "supabase_unavailable"
    assert issuer.fetches == 1, "those who come right after are told at once"


def test_users_are_let_in_again_soon_after_the_keys_are_back(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    issuer.reply = (500, b"")
    token = issuer.token()
    with pytest.raises(Unavailable):
        verifier.verify(f"Bearer {token}")
    issuer.reply = None

    def works() -> bool:
        try:
            return bool(verifier.verify(f"Bearer {token}").user_id)
        except Unavailable:
            return False

    until(works, "keys again", 60)


def test_known_users_are_let_in_while_the_keys_cannot_be_fetched(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    token = issuer.token()
    verifier.verify(f"Bearer {token}")
    issuer.reply = (500, b"")
    check: Callable[[], object] = lambda: verifier.verify(f"Bearer {token}")  # noqa: E731
    assert check() == check()
