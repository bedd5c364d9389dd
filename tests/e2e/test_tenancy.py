"""Every route against every kind of wrong caller: never another user's data, never a 500."""

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ID = "7f9c2ba4-e88f-427d-81e0-ad2d67e0a7a1"
ROUTES = [
    ("POST", "/deployments/deploy"),
    ("GET", "/deployments/list"),
    ("GET", "/deployments/stats"),
    ("GET", f"/deployments/{ID}"),
    ("DELETE", f"/deployments/{ID}"),
    ("GET", f"/deployments/{ID}/keys"),
    ("POST", f"/deployments/{ID}/keys/rotate"),
    ("GET", f"/deployments/{ID}/logs"),
    ("POST", f"/deployments/{ID}/score"),
    ("POST", f"/deployments/{ID}/retry"),
    ("POST", "/deployments/batch"),
    ("GET", f"/batches/{ID}"),
    ("DELETE", f"/batches/{ID}"),
    ("GET", "/templates"),
    ("POST", "/templates"),
    ("GET", f"/templates/{ID}"),
    ("PUT", f"/templates/{ID}"),
    ("DELETE", f"/templates/{ID}"),
]


def encoded(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


class Forger:
    """Tokens that are almost right."""

    def __init__(self, world) -> None:
        self.url = world.facts["supabase_url"]
        self.genuine = world.ada.token
        self.header = jwt.get_unverified_header(self.genuine)
        self.claims = jwt.decode(self.genuine, options={"verify_signature": False})
        self.own_key = ec.generate_private_key(ec.SECP256R1())
        self.world = world
        self.keys = json.loads((world.state / "supabase_local" / "keys.json").read_text())

    def by_supabase(self, **claims) -> str:
        """Signed as Supabase itself signs; None leaves a claim out."""
        wanted = {**self.claims, **claims}
        return jwt.encode(
            {name: value for name, value in wanted.items() if value is not None},
            jwt.PyJWK(self.keys["key_ring"]["current"], "ES256"),
            algorithm="ES256",
            headers={"kid": self.header["kid"]},
        )

    def signed(self, header: dict | None = None, **claims) -> str:
        return jwt.encode(
            {**self.claims, **claims},
            self.own_key,
            algorithm="ES256",
            headers=self.header if header is None else header,
        )

    def public_key_pem(self) -> bytes:
        keys = httpx.get(f"{self.url}/auth/v1/.well-known/jwks.json").json()["keys"]
        published = next(key for key in keys if key["kid"] == self.header["kid"])
        return jwt.PyJWK(published).key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def hs256_with_public_key(self) -> str:
        head = encoded({"alg": "HS256", "typ": "JWT", "kid": self.header["kid"]})
        body = encoded(self.claims)
        key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        # PyJWT refuses a PEM as an HMAC secret when it signs as usual; an attacker would not.
        signature = key.sign(f"{head}.{body}".encode(), self.public_key_pem())
        return f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    def tampered(self) -> str:
        head, _, signature = self.genuine.split(".")
        return f"{head}.{encoded({**self.claims, 'sub': self.world.grace.id})}.{signature}"


PAST = datetime.now(UTC) - timedelta(hours=1)
WRONG_TOKENS = {
    "no token": lambda _: None,
    "one word": lambda _: "Bearer",
    "not a token": lambda _: "Bearer x.y.z",
    "basic": lambda _: "Basic YTpi",
    "expired": lambda forger: f"Bearer {forger.by_supabase(exp=PAST)}",
    "without expiry": lambda forger: f"Bearer {forger.by_supabase(exp=None)}",
    "without subject": lambda forger: f"Bearer {forger.by_supabase(sub=None)}",
    "subject no id": lambda forger: f"Bearer {forger.by_supabase(sub='ada')}",
    "role anon": lambda forger: f"Bearer {forger.by_supabase(role='anon')}",
    "role service_role": lambda forger: f"Bearer {forger.by_supabase(role='service_role')}",
    "legacy anon key": lambda forger: f"Bearer {forger.keys['legacy_anon']}",
    "legacy service_role key": lambda forger: f"Bearer {forger.keys['legacy_service_role']}",
    "wrong key": lambda forger: f"Bearer {forger.signed()}",
    "unknown kid": lambda forger: f"Bearer {forger.signed({'kid': 'nobody'})}",
    "wrong audience": lambda forger: f"Bearer {forger.by_supabase(aud='else')}",
    "wrong issuer": lambda forger: f"Bearer {forger.by_supabase(iss='https://else')}",
    "alg none": lambda forger: f"Bearer {encoded({'alg': 'none'})}.{encoded(forger.claims)}.",
    "HS256 signed with the public key": lambda forger: f"Bearer {forger.hs256_with_public_key()}",
    "another user's id pasted in": lambda forger: f"Bearer {forger.tampered()}",
    "publishable key": lambda forger: f"Bearer {forger.world.facts['publishable_key']}",
    "secret key": lambda forger: f"Bearer {forger.world.facts['secret_key']}",
}


@pytest.fixture(scope="module")
def forger(session_world):
    return Forger(session_world)


def test_a_token_as_supabase_signs_it_is_accepted_or_the_next_test_proves_nothing(world, forger):
    headers = {"Authorization": f"Bearer {forger.by_supabase()}"}
    reply = httpx.get(f"{world.facts['functions_url']}/deployments/stats", headers=headers)
    assert reply.status_code == 200


@pytest.mark.parametrize("kind", WRONG_TOKENS)
def test_no_route_answers_a_wrong_token(world, forger, kind):
    authorization = WRONG_TOKENS[kind](forger)
    headers = {"Authorization": authorization} if authorization else {}
    with httpx.Client(base_url=world.facts["functions_url"], headers=headers) as client:
        for method, path in ROUTES:
            reply = client.request(method, path, json={"model_id": world.ada.model()})
            assert reply.status_code == 401, (method, path, reply.text)
            assert reply.json()["error"]["code"] == "unauthenticated"
            assert reply.headers["www-authenticate"] == "Bearer"


@pytest.fixture(scope="module")
def adas(session_world):
    """A failed deployment of ada's: enough to try every route on."""
    ada = session_world.ada
    found = ada.settled(ada.deploy(ada.upload(b""))["deployment_id"])
    return found["id"]


@pytest.mark.parametrize(
    ("method", "path"), [route for route in ROUTES if f"deployments/{ID}" in route[1]]
)
def test_another_users_deployment_looks_like_one_that_does_not_exist(world, adas, method, path):
    def refused(deployment_id: str) -> str:
        reply = world.grace.api.request(method, path.replace(ID, deployment_id), json={"data": []})
        assert reply.status_code == 404
        said = reply.json()["error"]
        return str({**said, "request_id": ""}).replace(deployment_id, ID)

    assert refused(adas) == refused(str(uuid.uuid4()))
    assert world.ada.detail(adas)["status"] == "failed"


def test_another_users_rows_are_in_no_list_and_no_number(world, adas):
    world.ada.detail(adas)
    listed = world.grace.api.get("/deployments/list?limit=100").json()["deployments"]
    assert {row["user_id"] for row in listed} <= {world.grace.id}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_another_users_id_in_the_query_is_forbidden(world, method, path):
    reply = world.ada.api.request(method, f"{path}?user_id={world.grace.id}", json={})
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "forbidden"


def test_another_users_id_in_the_body_is_forbidden(world):
    body = {"model_id": world.ada.model(), "user_id": world.grace.id}
    assert world.ada.api.post("/deployments/deploy", json=body).status_code == 403


def test_ones_own_id_is_accepted_for_older_clients(world):
    assert world.ada.api.get(f"/deployments/list?user_id={world.ada.id}").status_code == 200


def test_health_and_documentation_need_no_token(world):
    with httpx.Client(base_url=world.facts["functions_url"]) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/openapi.json").json()["openapi"] == "3.1.0"
        assert "text/html" in client.get("/docs").headers["content-type"]
