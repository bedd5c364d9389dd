import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from devstack.azureml_emulator.certificates import issue


def test_the_authority_is_kept_and_the_server_certificate_is_new(tmp_path):
    names = ["management.azure.com", "*.westeurope.inference.ml.azure.com"]
    first = issue(tmp_path, names)
    authority, server = first.authority.read_bytes(), first.server_chain.read_bytes()
    second = issue(tmp_path, names)
    assert second.authority.read_bytes() == authority
    assert second.server_chain.read_bytes() != server


def test_the_certificate_is_for_the_given_hosts_and_signed_by_the_authority(tmp_path):
    files = issue(tmp_path, ["management.azure.com"])
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    server = x509.load_pem_x509_certificate(files.server_chain.read_bytes())
    server.verify_directly_issued_by(authority)
    assert isinstance(authority.public_key(), ec.EllipticCurvePublicKey)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["management.azure.com"]
    assert server.not_valid_after_utc > dt.datetime.now(dt.UTC) + dt.timedelta(days=300)


def test_private_keys_are_for_their_owner_only(tmp_path):
    files = issue(tmp_path, ["management.azure.com"])
    for key in (files.server_key, tmp_path / "ca.key"):
        assert key.stat().st_mode & 0o077 == 0
