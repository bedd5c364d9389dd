"""Who gets in: the proxy's allow-list, the identity endpoint, bearer tokens and signatures."""

import time

import httpx
import jwt
import pytest
from azure.identity import ClientSecretCredential, ManagedIdentityCredential
from cryptography.hazmat.primitives.asymmetric import rsa

RESOURCE = "https://management.azure.com"


@pytest.mark.parametrize(
    "host", ["example.com", "packages.example.org", "management.azure.com.evil.test"]
)
def test_a_host_that_is_not_emulated_is_refused_and_counted(https, control, host):
    before = control.get("/refusals").json()["hosts"].get(host, 0)
    with pytest.raises(httpx.ProxyError, match="403"):
        https.get(f"https://{host}/")
    assert control.get("/refusals").json()["hosts"][host] == before + 1


def test_plain_http_is_not_proxied(emulator):
    with (
        httpx.Client(proxy=emulator.facts["proxy_url"], trust_env=False) as client,
        pytest.raises(httpx.HTTPError),
    ):
        client.get("http://management.azure.com/").raise_for_status()


def test_the_certificate_is_worthless_without_the_emulators_authority(emulator):
    proxy = emulator.facts["proxy_url"]
    with (
        httpx.Client(proxy=proxy, trust_env=False) as client,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get("https://management.azure.com/")


def test_the_identity_endpoint_checks_its_header(emulator):
    url, params = emulator.facts["identity_endpoint"], {"resource": RESOURCE}
    wrong = httpx.get(url, params=params, headers={"X-IDENTITY-HEADER": "guess"}, trust_env=False)
    missing = httpx.get(url, params=params, trust_env=False)
    assert (wrong.status_code, missing.status_code) == (401, 401)


def test_the_identity_endpoint_knows_one_client_id(emulator):
    answer = httpx.get(
        emulator.facts["identity_endpoint"],
        params={"resource": RESOURCE, "client_id": "someone-else"},
        headers={"X-IDENTITY-HEADER": emulator.facts["identity_header"]},
        trust_env=False,
    )
    assert answer.status_code == 400
    assert "No User Assigned" in answer.json()["message"]


def test_managed_identity_of_the_sdk_gets_a_token_that_expires(emulator):
    credential = ManagedIdentityCredential(client_id=emulator.facts["client_id"])
    token = credential.get_token(f"{RESOURCE}/.default")
    claims = jwt.decode(token.token, options={"verify_signature": False})
    assert token.expires_on == claims["exp"] > time.time() + 3600
    assert claims["appid"] == emulator.facts["client_id"]


def test_a_service_principal_gets_a_token_with_its_secret_only(emulator, arm):
    facts = emulator.facts
    good = ClientSecretCredential(facts["tenant_id"], facts["client_id"], facts["client_secret"])
    token = good.get_token(f"{RESOURCE}/.default").token
    assert arm.get("datastores", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    bad = ClientSecretCredential(facts["tenant_id"], facts["client_id"], "guess")
    with pytest.raises(Exception, match="AADSTS7000215"):
        bad.get_token(f"{RESOURCE}/.default")


def _forged(claims: dict) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode({**claims, "exp": time.time() + 60}, key, "RS256")


def test_arm_refuses_missing_foreign_and_forged_tokens(arm, emulator):
    claims = jwt.decode(emulator.token(), options={"verify_signature": False})
    del arm.headers["Authorization"]
    missing = arm.get("datastores")
    assert missing.status_code == 401
    assert missing.json()["error"]["code"] == "AuthenticationFailed"
    assert missing.headers["www-authenticate"].startswith("Bearer")
    for token in (emulator.token("https://storage.azure.com"), _forged(claims), "nonsense"):
        answer = arm.get("datastores", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"


def test_another_workspace_group_or_subscription_is_not_found(https, emulator):
    headers = {"Authorization": f"Bearer {emulator.token()}"}
    facts = emulator.facts
    for wrong, code in (
        (facts["workspace_name"], "ResourceNotFound"),
        (facts["resource_group"], "ResourceGroupNotFound"),
        (facts["subscription_id"], "SubscriptionNotFound"),
    ):
        for rest in ("", "/onlineEndpoints"):
            path = emulator.workspace_path.replace(wrong, "other") + rest
            answer = https.get(
                f"{RESOURCE}{path}", headers=headers, params={"api-version": "2024-10-01-preview"}
            )
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
