"""Durable entities: called and signalled by orchestrations, signalled and read by clients."""

from collections.abc import Callable

from devstack.functions_host.tests.support.host import API, FunctionsHost, eventually


def _state(host: FunctionsHost, key: str) -> object:
    return host.http.get(f"/counter/{key}").json()


def test_an_orchestration_calls_signals_and_reads_an_entity(host: FunctionsHost) -> None:
    output = host.run("counts", "one")
    assert output == [3, 6, 6, 6, "a counter cannot fly"]
    assert _state(host, "one") == {"exists": True, "state": 6}


def test_a_client_signals_an_entity_and_reads_its_state(host: FunctionsHost) -> None:
    assert _state(host, "two") == {"exists": False, "state": None}
    for _ in range(20):
        host.http.post("/counter/two", json=2)
    eventually(lambda: _state(host, "two") == {"exists": True, "state": 40}, "a total of 40")
    host.http.delete("/counter/two")
    eventually(lambda: _state(host, "two") == {"exists": False, "state": None}, "its end")


def test_an_entity_that_the_app_does_not_have_is_named(host: FunctionsHost) -> None:
    end = host.end_of(host.begin("calls_an_unknown_entity"))
    assert end["runtimeStatus"] == "Failed"
    assert "'ghost' doesn't exist" in end["output"]
    assert host.http.post(f"{API}/entities/ghost/x?op=boo").status_code == 404


def test_entities_are_listed_by_name_and_time_with_their_state_if_asked(
    host: FunctionsHost,
) -> None:
    for key in ("list-a", "list-b"):
        host.run("counts", key)
    listed = host.http.get(f"{API}/entities/counter", params={"fetchState": "true"})
    shown = {one["entityId"]["key"]: one for one in listed.json()}
    assert shown["list-a"]["entityId"] == {"name": "counter", "key": "list-a"}
    assert (shown["list-b"]["state"], listed.headers["x-ms-continuation-token"]) == (6, "")
    bare = host.http.get(f"{API}/entities/").json()
    assert {one["state"] for one in bare} == {None}
    future = {"lastOperationTimeFrom": "2999-01-01T00:00:00Z"}
    assert host.http.get(f"{API}/entities/counter", params=future).json() == []
    assert host.http.get(f"{API}/entities/nothing").json() == []
    page = host.http.get(f"{API}/entities/counter", params={"top": 1})
    token = {"x-ms-continuation-token": page.headers["x-ms-continuation-token"]}
    rest = host.http.get(f"{API}/entities/counter", headers=token).json()
    assert len(page.json()) == 1
    assert page.json()[0]["entityId"] not in [one["entityId"] for one in rest]
    assert len(rest) == len(shown) - 1


def test_an_entity_is_purged_by_its_instance_id(host: FunctionsHost) -> None:
    host.run("counts", "gone")
    purged = host.http.delete(f"{API}/instances/@counter@gone")
    assert purged.json() == {"instancesDeleted": 1}
    assert host.http.get(f"{API}/entities/counter/gone").status_code == 404
    again = host.http.delete(f"{API}/instances/@counter@gone")
    assert again.json() == {"instancesDeleted": 0}


def test_entities_survive_a_kill(new_host: Callable[..., FunctionsHost]) -> None:
    host = new_host().start()
    host.run("counts", "kept")
    host.kill()
    host.start()
    assert _state(host, "kept") == {"exists": True, "state": 6}
