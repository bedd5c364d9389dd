"""What must never be written down: tokens, keys, passwords, payloads."""

import sqlite3

MARKER = 4711.25


def test_no_log_event_or_history_holds_a_secret_or_a_payload(world):
    ada = world.ada
    live = ada.active()
    keys = ada.api.get(f"/deployments/{live['id']}/keys").json()
    row = {"sepal_length": MARKER, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}
    assert ada.api.post(f"/deployments/{live['id']}/score", json={"data": [row]}).status_code == 200
    written = "\n".join(log.read_text() for log in (world.state / "logs").glob("*.log"))
    with sqlite3.connect(world.state / "functions_host" / "hub.sqlite") as hub:
        written += "\n".join(str(event) for event in hub.execute("select event from history"))
    written += str(ada.detail(live["id"]))
    assert live["id"] in written
    secrets = {
        "token": ada.token.rsplit(".", 1)[-1],
        "secret key": world.facts["secret_key"],
        "primary key": keys["primary_key"],
        "secondary key": keys["secondary_key"],
        "password": world.facts["users"][0]["password"],
        "identity header": world.emulator["identity_header"],
        "payload": str(MARKER),
    }
    assert [name for name, value in secrets.items() if value in written] == []
    ada.delete(live["id"])
