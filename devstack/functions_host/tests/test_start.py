"""Starting: settings, apps that cannot start, triggers, running functions by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack.functions_host.tests.support.host import FunctionsHost, eventually

NewHost = Callable[..., FunctionsHost]

TINY = """
import os
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="settings/{name}")
def setting(req: func.HttpRequest) -> str:
    return os.environ.get(req.route_params["name"], "")
"""


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., Path]:
    def make(function_app: str = TINY, host: str = '{"version": "2.0"}', **files: str) -> Path:
        app = tmp_path / "app"
        app.mkdir()
        (app / "function_app.py").write_text(function_app)
        (app / "host.json").write_text(host)
        for name, text in files.items():
            (app / name.replace("__", ".")).write_text(text)
        return app

    return make


def test_a_function_that_a_setting_disables_is_named_and_is_not_there(
    new_host: NewHost, make_app: Callable[..., Path]
) -> None:
    other = TINY.partition("@")[2].replace("setting", "other")
    settings = {"Values": {"AzureWebJobs.Setting.Disabled": "True"}}
    app = make_app(f"{TINY}\n\n@{other}", local__settings__json=json.dumps(settings))
    host = new_host(app=app).start()
    assert "setting does not run: AzureWebJobs.setting.Disabled is set" in host.log()
    assert host.http.get("/api/settings/FUNCTIONS_WORKER_RUNTIME").status_code == 404
    assert host.http.get("/api/others/FUNCTIONS_WORKER_RUNTIME").text == "python"


def test_the_route_prefix_is_api_unless_host_json_says_otherwise(
    new_host: NewHost, make_app: Callable[..., Path]
) -> None:
    host = new_host(app=make_app()).start()
    assert host.http.get("/api/settings/FUNCTIONS_WORKER_RUNTIME").text == "python"
    assert host.http.get("/settings/FUNCTIONS_WORKER_RUNTIME").status_code == 404


def test_local_settings_reach_the_app_and_the_environment_wins(
    new_host: NewHost, make_app: Callable[..., Path]
) -> None:
    settings = {"Values": {"ONE": "file", "TWO": "file"}, "Host": {"CORS": "http://page.test"}}
    app = make_app(local__settings__json=json.dumps(settings))
    host = new_host(app=app).start(TWO="process")
    assert host.http.get("/api/settings/ONE").text == "file"
    assert host.http.get("/api/settings/TWO").text == "process"
    allowed = host.http.get("/api/settings/ONE", headers={"Origin": "http://page.test"})
    assert allowed.headers["access-control-allow-origin"] == "http://page.test"


@pytest.mark.parametrize(
    ("function_app", "said", "with_traceback"),
    [
        ("raise SystemExit('SUPABASE_URL is not set')", "SUPABASE_URL is not set", False),
        (
            "import pydantic\nclass S(pydantic.BaseModel):\n  url: str\nS()",
            "Field required",
            False,
        ),
        ("import no_such_module", "No module named 'no_such_module'", True),
        ("x = 1", "must define exactly one app", False),
        (TINY.replace("settings/{name}", "x/{id:nonsense}"), "unknown constraint", False),
        (TINY.replace("settings/{name}", "x/{id"), "cannot read the segment", False),
        (
            TINY + "\n@app.timer_trigger(schedule='often', arg_name='t')\ndef t(t): ...\n",
            "not an NCRONTAB schedule",
            False,
        ),
        (
            TINY.replace("req: func.HttpRequest)", "req: func.HttpRequest, name: str)"),
            "cannot load the setting function: the following parameters are declared in Python but"
            " not in the function definition (function.json or function decorators): {'name'}",
            False,
        ),
    ],
)
def test_an_app_that_cannot_start_says_why_and_ends_with_1(
    new_host: NewHost,
    make_app: Callable[..., Path],
    function_app: str,
    said: str,
    with_traceback: bool,
) -> None:
    host = new_host(app=make_app(function_app))
    assert host.launch().wait(60) == 1
    assert said in host.log()
    assert ("Traceback" in host.log()) == with_traceback
    assert not (host.state.parent / "ready.json").exists()


def test_an_invalid_host_json_is_named(new_host: NewHost, make_app: Callable[..., Path]) -> None:
    host = new_host(app=make_app(host="{"))
    assert host.launch().wait(60) == 1
    assert "host.json is not valid JSON" in host.log()


def test_unsupported_triggers_are_named_and_the_rest_runs(host: FunctionsHost) -> None:
    assert "unsupported does not run: queueTrigger is not supported by this host" in host.log()
    assert "unsupported" not in {f["name"] for f in host.ready["functions"]}


def test_timers_run_by_their_schedule_and_at_the_start_if_asked(host: FunctionsHost) -> None:
    host.until_effect("yearly")
    eventually(lambda: host.effects().count("second") >= 2, "two ticks")
    assert host.effects().count("yearly") == 1


def test_a_timer_function_can_be_run_by_hand(new_host: NewHost) -> None:
    host = new_host().start()
    host.until_effect("yearly")
    assert host.http.post("/admin/functions/yearly", json={}).status_code == 202
    eventually(lambda: host.effects().count("yearly") == 2, "the second run")


def test_an_activity_can_be_run_by_hand_with_an_input(host: FunctionsHost) -> None:
    response = host.http.post("/admin/functions/say", json={"input": "by hand"})
    assert response.status_code == 202
    host.until_effect("say by hand")


def test_an_orchestrator_can_be_started_by_hand(host: FunctionsHost) -> None:
    started = host.http.post("/admin/functions/not_a_generator", json={"input": {"a": 1}})
    assert host.end_of(started.json()["id"])["output"] == {"input": {"a": 1}}


def test_only_functions_that_exist_and_need_no_route_run_by_hand(host: FunctionsHost) -> None:
    assert host.http.post("/admin/functions/nobody").status_code == 404
    assert host.http.post("/admin/functions/thing").status_code == 400


def test_each_execution_is_one_log_line_and_the_apps_own_log_passes(host: FunctionsHost) -> None:
    host.http.post("/admin/functions/logs", json={})
    eventually(lambda: "sample: a word from the app" in host.log(), "the app's own record")
    eventually(lambda: "functions_host: logs " in host.log(), "the host's line")
    (line,) = [x for x in host.log().splitlines() if "functions_host: logs " in x]
    assert line.endswith(" ms ok")


def test_an_orchestrator_that_never_comes_back_fails(
    new_host: NewHost, make_app: Callable[..., Path]
) -> None:
    stuck = (
        "import azure.durable_functions as df\n"
        "app = df.DFApp()\n"
        "@app.orchestration_trigger(context_name='context')\n"
        "def stuck(context):\n"
        "  import time; time.sleep(20)\n"
        "  yield\n"
    )
    app = make_app(stuck, '{"version": "2.0", "functionTimeout": "00:00:01"}')
    host = new_host(app=app).start()
    started = host.http.post("/admin/functions/stuck", json={}).json()["id"]
    end = host.end_of(started)
    assert end["runtimeStatus"] == "Failed"
    assert "Timeout value of 1 seconds was exceeded by function: stuck" in end["output"]


def test_a_function_that_exceeds_its_time_fails_by_name(
    new_host: NewHost, make_app: Callable[..., Path]
) -> None:
    slow = TINY + "\n@app.route('slow')\ndef slow(req):\n  import time; time.sleep(30)\n"
    app = make_app(slow, '{"version": "2.0", "functionTimeout": "00:00:01"}')
    host = new_host(app=app).start()
    assert host.http.get("/api/slow").status_code == 500
    assert "Timeout value of 1 seconds was exceeded by function: slow" in host.log()
    assert host.stop() == 0


@pytest.mark.parametrize(
    ("kind", "app"),
    [
        (
            "Asgi",
            "async def app_(scope, receive, send):\n"
            "  if scope['type'] == 'lifespan':\n"
            "    while True:\n"
            "      await send({'type': (await receive())['type'] + '.complete'})\n"
            "  await send({'type': 'http.response.start', 'status': 201, 'headers': []})\n"
            "  await send({'type': 'http.response.body', 'body': scope['path'].encode()})\n",
        ),
        (
            "Wsgi",
            "def app_(environ, start):\n"
            "  start('201 Created', [])\n"
            "  return [environ['PATH_INFO'].encode()]\n",
        ),
    ],
)
def test_apps_of_other_frameworks_run_too(
    new_host: NewHost, make_app: Callable[..., Path], kind: str, app: str
) -> None:
    code = (
        f"import azure.functions as func\n{app}\n"
        f"app = func.{kind}FunctionApp(app=app_, http_auth_level=func.AuthLevel.ANONYMOUS)\n"
    )
    host_json = '{"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}'
    host = new_host(app=make_app(code, host_json)).start()
    response = host.http.get("/any/path")
    assert (response.status_code, response.text) == (201, "/any/path")
