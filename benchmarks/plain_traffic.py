"""The baseline of a rollback: all traffic to one deployment with the SDK alone.

Run in a process of its own by benchmarks.changes, with the emulator's environment. `.result()` asks
every 100 ms, since the emulator says so. Prints the seconds of each move as JSON.
"""

import json
import sys
import time
from typing import Any

from azure.ai.ml import MLClient
from azure.identity import ManagedIdentityCredential


def main(plan: dict[str, Any]) -> None:
    client = MLClient(
        ManagedIdentityCredential(client_id=plan["client_id"]),
        plan["subscription_id"],
        plan["resource_group"],
        plan["workspace"],
    )
    endpoint = client.online_endpoints.get(plan["endpoint"])
    seconds = []
    for name in plan["to"]:
        endpoint.traffic = dict.fromkeys(endpoint.traffic, 0) | {name: 100}
        begun = time.perf_counter()
        client.online_endpoints.begin_create_or_update(endpoint).result()
        seconds.append(round(time.perf_counter() - begun, 3))
    print()  # the SDK has left its dots on this line
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
