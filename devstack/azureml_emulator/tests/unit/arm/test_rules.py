import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.azureml_emulator.arm.errors import ArmError
from devstack.azureml_emulator.arm.rules import (
    NAME,
    check_api_version,
    check_instances,
    check_mirror,
    check_name,
    check_traffic,
)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9]{2,8}(-[A-Za-z0-9]{1,5}){0,3}", fullmatch=True))
def test_letters_digits_and_single_dashes_make_a_name(name):
    check_name("endpoint", name)


@pytest.mark.parametrize("name", ["", "ab", "1ab", "-ab", "ab-", "a--b", "a_b", "a.b", "é" * 4])
def test_other_names_are_refused(name):
    with pytest.raises(ArmError, match="3 to 32"):
        check_name("endpoint", name)


def test_a_name_has_at_most_32_characters():
    assert NAME.fullmatch("a" * 32)
    assert not NAME.fullmatch("a" * 33)


@given(st.integers(0, 100))
def test_shares_that_sum_to_100_are_accepted(share):
    check_traffic({"Blue": share, "green": 100 - share}, ["blue", "green"])


@given(st.dictionaries(st.sampled_from(["blue", "green"]), st.integers(0, 100)))
def test_shares_are_refused_unless_they_sum_to_0_or_100(traffic):
    if sum(traffic.values()) in (0, 100):
        check_traffic(traffic, traffic)
    else:
        with pytest.raises(ArmError, match="sum to 0 or 100"):
            check_traffic(traffic, traffic)


def test_no_share_is_negative_or_above_100():
    with pytest.raises(ArmError, match="between 0 and 100"):
        check_traffic({"blue": 150, "green": -50}, ["blue", "green"])


@pytest.mark.parametrize("version", ["2022-02-01-preview", "2023-04-01", "2025-01-01-preview"])
def test_the_sdks_api_versions_are_known(version):
    check_api_version(version)


@pytest.mark.parametrize("version", [None, "", "latest", "2023-13-01", "1999-01-01", "2023-04-01x"])
def test_other_api_versions_are_refused(version):
    with pytest.raises(ArmError, match="api-version"):
        check_api_version(version)


@pytest.mark.parametrize(("count", "legal"), [(0, False), (1, True), (50, True), (51, False)])
def test_a_deployment_has_1_to_50_instances(count, legal):
    if legal:
        check_instances(count)
    else:
        with pytest.raises(ArmError, match="1 to 50"):
            check_instances(count)


def test_half_of_the_traffic_is_mirrored_at_most():
    check_mirror({"Green": 50}, {"blue": 100}, ["blue", "green"])
    check_mirror({}, {"blue": 100}, [])
    with pytest.raises(ArmError, match="0 to 50"):
        check_mirror({"green": 51}, {"blue": 100}, ["blue", "green"])


@pytest.mark.parametrize(
    ("mirror", "words"),
    [
        ({"green": 10, "red": 10}, "one deployment only"),
        ({"BLUE": 10}, "90 percent of the live traffic"),
    ],
)
def test_a_mirror_is_one_deployment_without_live_traffic(mirror, words):
    with pytest.raises(ArmError, match=words):
        check_mirror(mirror, {"blue": 90, "red": 10}, ["blue", "green", "red"])


def test_a_mirror_exists_and_is_ready():
    with pytest.raises(ArmError) as refused:
        check_mirror({"green": 10}, {"blue": 100}, ["blue"])
    assert "does not exist or is not ready: green" in str(refused.value.error["details"])
