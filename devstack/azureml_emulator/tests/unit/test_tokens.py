import jwt
import pytest

from devstack.azureml_emulator.tokens import ARM_AUDIENCES, InvalidToken, Tokens
from devstack.azureml_emulator.workspace import Workspace


@pytest.fixture(scope="module")
def tokens(tmp_path_factory) -> Tokens:
    return Tokens(tmp_path_factory.mktemp("tokens") / "key", Workspace())


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_token_is_accepted_with_and_without_a_trailing_slash(tokens, slash):
    token, _ = tokens.issue(f"{ARM_AUDIENCES[0]}{slash}")
    tokens.check(f"Bearer {token}", ARM_AUDIENCES)


def test_an_expired_token_is_refused(tokens):
    token, _ = tokens.issue(ARM_AUDIENCES[0], lifetime_seconds=-1)
    with pytest.raises(InvalidToken, match="expired"):
        tokens.check(f"Bearer {token}", ARM_AUDIENCES)


def test_another_audience_is_refused(tokens):
    token, _ = tokens.issue("https://storage.azure.com")
    with pytest.raises(InvalidToken, match="wrong audience"):
        tokens.check(f"Bearer {token}", ARM_AUDIENCES)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "Bearer not.a.token"])
def test_what_is_no_token_is_refused(tokens, header):
    with pytest.raises(InvalidToken):
        tokens.check(header, ARM_AUDIENCES)


def test_the_published_keys_verify_its_tokens(tokens):
    token, _ = tokens.issue(ARM_AUDIENCES[0])
    key = jwt.PyJWKSet.from_dict(tokens.published_keys()).keys[0]
    claims = jwt.decode(token, key.key, algorithms=["RS256"], audience=ARM_AUDIENCES[0])
    assert claims["iss"] == tokens.issuer


def test_the_signing_key_outlives_the_process(tmp_path):
    workspace = Workspace()
    token, _ = Tokens(tmp_path / "key", workspace).issue(ARM_AUDIENCES[0])
    Tokens(tmp_path / "key", workspace).check(f"Bearer {token}", ARM_AUDIENCES)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
