"""Rewinding: a failed instance goes on from before its failure; what ended well is kept."""

from typing import Any

import pytest

from devstack.functions_host.tests.support.host import API, FunctionsHost


def failed(host: FunctionsHost, name: str, **request: object) -> str:
    instance_id = host.begin(name, request)
    assert host.end_of(instance_id)["runtimeStatus"] == "Failed"
    return instance_id


def rewound(host: FunctionsHost, instance_id: str) -> Any:
    path = f"{API}/instances/{instance_id}/rewind"
    assert host.http.post(path, params={"reason": "mended"}).status_code == 202
    end = host.end_of(instance_id)
    assert end["runtimeStatus"] == "Completed", end
    return end["output"]


def test_what_ended_well_is_kept_and_what_failed_runs_again(host: FunctionsHost) -> None:
    instance_id = failed(host, "mended_chain", key="chain", failures=1)
    assert rewound(host, instance_id) == ["hello before chain", "at last", "hello after chain"]
    assert host.effects().count("say before chain") == 1
    assert host.effects().count("try chain") == 2


def test_the_siblings_of_what_failed_are_not_run_again(host: FunctionsHost) -> None:
    instance_id = failed(host, "mended_fan_out", key="fan", failures=1)
    answers = rewound(host, instance_id)
    assert answers == ["hello fan 0", "at last", "hello fan 1", "hello fan 2"]
    assert [host.effects().count(f"say fan {n}") for n in range(3)] == [1, 1, 1]


def test_a_failed_child_is_rewound_itself(host: FunctionsHost) -> None:
    instance_id = failed(host, "mended_parent", key="child", failures=1)
    output = rewound(host, instance_id)
    assert output == [*("hello parent child", "hello before child", "at last", "hello after child")]
    assert host.effects().count("say before child") == 1


def test_retries_begin_anew_and_an_event_that_nobody_read_is_not_lost(host: FunctionsHost) -> None:
    instance_id = host.begin("mended_retry", {"key": "retry", "failures": 2})
    host.end_of(instance_id)
    path = f"{API}/instances/{instance_id}"
    assert host.http.post(f"{path}/rewind").status_code == 202
    host.client("raise_event", instance_id, name="go", data="on")
    assert host.end_of(instance_id)["output"] == ["at last", '"on"']


def test_an_instance_can_fail_and_be_rewound_again(host: FunctionsHost) -> None:
    instance_id = failed(host, "mended_chain", key="twice", failures=2)
    path = f"{API}/instances/{instance_id}/rewind"
    assert host.http.post(path).status_code == 202
    assert host.end_of(instance_id)["runtimeStatus"] == "Failed"
    assert rewound(host, instance_id)[1] == "at last"


@pytest.mark.parametrize("name", ["naps", "not_a_generator"])
def test_only_what_failed_is_rewound(host: FunctionsHost, name: str) -> None:
    instance_id = host.begin(name, 3600)
    host.until(instance_id, "Running", "Completed")
    refused = host.http.post(f"{API}/instances/{instance_id}/rewind")
    assert refused.status_code == 412
    assert 'only orchestrations in the "Failed" state can be rewound' in refused.json()
    assert host.http.post(f"{API}/instances/nobody/rewind").status_code == 404
