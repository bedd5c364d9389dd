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


def test_entities_survive_a_kill(new_host: Callable[..., FunctionsHost]) -> None:
    host = new_host().start()
    host.run("counts", "kept")
    host.kill()
    host.start()
    assert _state(host, "kept") == {"exists": True, "state": 6}
