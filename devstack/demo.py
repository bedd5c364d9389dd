"""The main job as a user does it: train, store, deploy over HTTP, follow, score."""

import io
import json
import shlex
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from devstack.following import display, follow, seconds
from devstack.seed import iris_classifier, sign_in, upload_model

ROWS = {
    "records": {
        "data": [
            {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2},
            {"sepal_length": 6.7, "sepal_width": 3.0, "petal_length": 5.2, "petal_width": 2.3},
        ]
    },
    "columns": {
        "input_data": {
            "columns": ["sepal_length", "sepal_width", "petal_length", "petal_width"],
            "index": [0, 1],
            "data": [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]],
        }
    },
}
DEADLINE_SECONDS = 15 * 60
REMOVAL_SECONDS = 60


class DemoFailedError(Exception):
    """The deployment did not become active; the message says why."""


@dataclass
class Demo:
    """`world`: the ready file's content. `started`: when the stack was asked for (monotonic)."""

    world: dict[str, Any]
    console: Console
    started: float
    timings: dict[str, float] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """The result that `--json` writes. Raises DemoFailedError."""
        self.timings["setup"] = round(time.monotonic() - self.started, 2)
        user = self.world["users"][0]
        token = self._sign_in()
        content = self._train(user)
        model = upload_model(self._database(), token, user["id"], "iris-demo", content)
        with httpx.Client(
            base_url=self.world["functions_url"],
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        ) as api:
            detail = self._deploy(api, model["id"])
            prediction = self._score(api, detail)
        self.timings["total"] = round(time.monotonic() - self.started, 2)
        return {
            "deployment_id": detail["id"],
            "status": detail["status"],
            "scoring_uri": detail["scoring_uri"],
            "prediction": prediction,
            "seconds": self.timings,
        }

    def clean_up(self, deployment_id: str) -> None:
        """Delete the deployment, and wait until nothing of it is left in Azure ML."""
        self._say("Deleting the deployment again …")
        url, token = self.world["functions_url"], self._sign_in()
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as api:
            removal = api.delete(f"/deployments/{deployment_id}").raise_for_status()
            until = time.monotonic() + REMOVAL_SECONDS
            while self._is_running(api, removal.headers.get("Location")):
                if time.monotonic() > until:
                    raise TimeoutError(
                        f"{deployment_id} is not removed yet; the next start goes on."
                    )
                time.sleep(0.2)
        self._say("Deleted; nothing of it is left in Azure ML.")

    def _is_running(self, api: httpx.Client, operation: str | None) -> bool:
        """A deletion in flight has no operation of its own: there is nothing to wait for."""
        if operation is None:
            return False
        told = api.get(operation).raise_for_status().json()
        return bool(told["status"] == "running")

    def _sign_in(self) -> str:
        return sign_in(self._database(), self.world["users"][0])

    def _database(self) -> dict[str, Any]:
        return {
            "url": self.world["supabase_url"],
            "publishable_key": self.world["publishable_key"],
        }

    def _train(self, user: dict[str, str]) -> bytes:
        import joblib

        self._say(f"Training a RandomForest on iris as {user['email']} …")
        stream = io.BytesIO()
        joblib.dump(iris_classifier(), stream, compress=3)
        return stream.getvalue()

    def _deploy(self, api: httpx.Client, model_id: str) -> dict[str, Any]:
        begun = time.monotonic()
        reply = api.post("/deployments/deploy", json={"model_id": model_id})
        if reply.is_error:
            raise DemoFailedError(_problem(reply))
        accepted = reply.json()
        self._say(f"POST /deployments/deploy → {reply.status_code}: {accepted['message']}")
        with display(self.console) as shown:
            detail = follow(api, accepted["deployment_id"], shown, DEADLINE_SECONDS)
        self.timings["pipeline"] = round(time.monotonic() - begun, 2)
        self.timings |= {found["phase"]: round(seconds(found), 2) for found in detail["phases"]}
        if detail["status"] != "active":
            raise DemoFailedError(detail["error_message"])
        self._say(f"Active after {self.timings['pipeline']} s: {detail['scoring_uri']}")
        return detail

    def _score(self, api: httpx.Client, detail: dict[str, Any]) -> Any:
        """Both payload forms against the live endpoint, as any client with a key would."""
        reply = api.get(f"/deployments/{detail['id']}/keys")
        reply.raise_for_status()
        key = reply.json()["primary_key"]
        with httpx.Client(
            proxy=self.world["proxy_url"], verify=_trust(self.world["ca_bundle"]), timeout=60
        ) as client:
            for payload in ROWS.values():
                answer = client.post(
                    detail["scoring_uri"], json=payload, headers={"Authorization": f"Bearer {key}"}
                )
                answer.raise_for_status()
                self._say(f"{json.dumps(payload)}\n  → {answer.text}")
        self._say("The same with curl:\n" + self._curl(detail, key))
        return answer.json()

    def _curl(self, detail: dict[str, Any], key: str) -> str:
        words = [
            *("curl", "--proxy", self.world["proxy_url"], "--cacert", self.world["ca_bundle"]),
            *("-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json"),
            *("-d", json.dumps(ROWS["records"]), detail["scoring_uri"]),
        ]
        return shlex.join(words)

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _trust(ca_bundle: str) -> Any:
    import ssl

    return ssl.create_default_context(cafile=ca_bundle)


def _problem(reply: httpx.Response) -> str:
    error = reply.json()["error"]
    return f"{error['code']}: {error['message']} {error['fix']}"


def write_result(result: dict[str, Any], file: Path | None) -> None:
    if file:
        file.write_text(json.dumps(result, indent=2) + "\n")
