import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func

bp = df.Blueprint()
_once = threading.Lock()


def record(line: str) -> None:
    with _once, Path(os.environ["EFFECTS"]).open("a") as effects:
        effects.write(line + "\n")


def lines() -> list[str]:
    path = Path(os.environ["EFFECTS"])
    return path.read_text().splitlines() if path.exists() else []


def hold(name: str) -> None:
    """Until the test says so: it may take any time that it needs meanwhile."""
    while f"release:{name}" not in lines():
        time.sleep(0.01)


class Point:
    """Travels through the SDK's own encoding of custom classes."""

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    @staticmethod
    def to_json(point: "Point") -> dict[str, int]:
        return {"x": point.x, "y": point.y}

    @staticmethod
    def from_json(data: dict[str, int]) -> "Point":
        return Point(data["x"], data["y"])


@bp.activity_trigger(input_name="word")
def say(word: str) -> str:
    record(f"say {word}")
    return f"hello {word}"


@bp.activity_trigger(input_name="value")
async def echo(value: object) -> object:
    return value


@bp.activity_trigger(input_name="point")
def mirror(point: Point) -> Point:
    return Point(point.y, point.x)


@bp.activity_trigger(input_name="request")
def wait_then(request: dict) -> str:
    """Sleep or be held, then answer or fail."""
    record(f"begin {request['name']}")
    time.sleep(request.get("seconds", 0))
    if request.get("held"):
        hold(request["name"])
    if request.get("fails"):
        raise ValueError(f"{request['name']} failed on purpose")
    record(f"end {request['name']}")
    return request["name"]


@bp.activity_trigger(input_name="request")
def flaky(request: dict) -> str:
    """Fails until it has been called `request['failures']` times."""
    record(f"try {request['key']}")
    if lines().count(f"try {request['key']}") <= request["failures"]:
        raise ConnectionError("not yet")
    return "at last"


@bp.activity_trigger(input_name="name")
def kill_host(name: str) -> None:
    record(f"kill {name}")
    os._exit(9)


@bp.activity_trigger(input_name="nothing")
def unserializable(nothing: None) -> object:
    return object()


@bp.activity_trigger(input_name="nothing")
def trace(nothing: None, context: func.Context) -> dict:
    return {
        "traceparent": context.trace_context.trace_parent,
        "function": context.function_name,
        "invocation": context.invocation_id,
    }


@bp.activity_trigger(input_name="nothing")
def logs(nothing: None) -> None:
    logging.getLogger("sample").info("a word from the app")


@bp.activity_trigger(input_name="seconds")
def oversleep(seconds: float) -> None:
    time.sleep(seconds)


@bp.activity_trigger(input_name="nothing")
def spawns(nothing: None) -> None:
    child = subprocess.Popen(["sleep", "60"])
    record(f"spawned {child.pid}")
    child.wait()


@bp.activity_trigger(input_name="nothing")
def exits(nothing: None) -> None:
    sys.exit(3)


@bp.activity_trigger(input_name="nothing")
async def exits_async(nothing: None) -> None:
    sys.exit(3)
