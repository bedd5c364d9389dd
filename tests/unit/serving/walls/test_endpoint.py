"""The endpoint's worker still serves, and a model in it can only compute."""

from pathlib import Path
from typing import Any

import pytest

from serving.walls import landlock
from serving.walls.environment import is_secret

SECRETS = {
    "IDENTITY_HEADER": "hush",
    "IDENTITY_ENDPOINT": "http://127.0.0.1:1/identity",
    "MSI_SECRET": "hush",
    "MSI_ENDPOINT": "http://127.0.0.1:1/msi",
    "AZURE_CLIENT_SECRET": "hush",
    "AZURE_FEDERATED_TOKEN_FILE": "/var/run/hush",
    "AZURE_STORAGE_CONNECTION_STRING": "hush",
    "APPSETTING_ANYTHING": "hush",
    "AZUREML_RUN_TOKEN": "hush",
    "AML_APP_INSIGHTS_KEY": "hush",
    "SQLCONNSTR_MAIN": "hush",
    "storage_sas": "hush",
    "DB_PASSWORD": "hush",
    "DB_PWD": "hush",
    "PIP_INDEX_URL": "https://user:hush@example.org/simple",
    "MODEL_URL": "https://example.org/model?sv=1&sig=hush",
}
NEEDED = {
    "AML_APP_ROOT": "/var/azureml-app",
    "AZUREML_MODEL_DIR": "/var/azureml-app/azureml-models/m/1",
    "AZUREML_ENTRY_SCRIPT": "score.py",
    "SERVER_PORT": "5001",
    "WORKER_TIMEOUT": "300",
    "PATH": "/usr/bin",
    "PWD": "/",
    "OMP_NUM_THREADS": "1",
    "HOME": "/home/dockeruser",
}
SERVER = """
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
heartbeat = os.open(MODELS + "/heartbeat", os.O_CREAT | os.O_RDWR)
model, secret = MODELS + "/model.pkl", OUTSIDE
told = {"line": give_up(Path(MODELS), lambda: None)}
"""


@pytest.fixture
def served(child: Any, tmp_path: Path) -> Any:
    """Run a child that gave up what a worker does: what `code` found, and the line for the log."""
    models = tmp_path / "models"
    models.mkdir()
    (models / "model.pkl").write_text("a model")
    (tmp_path / "outside").write_text("a secret")
    names = f"MODELS = {str(models)!r}; OUTSIDE = {str(tmp_path / 'outside')!r}"

    def run(code: str, before: str = "") -> dict[str, Any]:
        return child(f"{names}\n{before}\n{SERVER}\n{code}\nsay(told)", env=SECRETS | NEEDED)

    return run


@pytest.mark.parametrize("name", SECRETS)
def test_what_proves_an_identity_is_a_secret(name: str) -> None:
    assert is_secret(name, SECRETS[name])


@pytest.mark.parametrize("name", NEEDED)
def test_what_the_server_needs_is_none(name: str) -> None:
    assert not is_secret(name, NEEDED[name])


def test_secrets_leave_the_environment_and_the_memory_that_it_began_in(child: Any) -> None:
    told = child(
        """
from serving.walls.environment import forget_secrets
os.environ["SET_LATER_TOKEN"] = "hush"
libc = ctypes.CDLL(None)
libc.getenv.restype = ctypes.c_void_p
later = libc.getenv(b"SET_LATER_TOKEN")
told = [forget_secrets(), sorted(os.environ), libc.getenv(b"MSI_SECRET"),
        ctypes.string_at(later).decode(), open("/proc/self/environ").read()]
say(told)
""",
        env=SECRETS | NEEDED,
    )
    count, names, pointer, later, began = told
    assert count == len(SECRETS) + 1
    assert set(names) - {"LC_CTYPE"} == set(NEEDED)
    assert (pointer, later) == (None, "")
    assert "hush" not in began
    assert "AML_APP_ROOT=/var/azureml-app" in began


def test_the_worker_still_serves(served: Any) -> None:
    told = served("""
connection, _ = listener.accept()
client.sendall(b"request")
told["request"] = connection.recv(100).decode()
connection.sendall(b"answer")
told["answer"] = client.recv(100).decode()
os.utime(heartbeat, (1, 1))
told["heartbeat"] = os.fstat(heartbeat).st_mtime
told["thread"] = tried(threading.Thread(target=os.getpid).start)
told["model"] = open(model).read()
told["log"] = tried(os.write, 2, b"a line")
told["dumpable"] = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
""")
    assert told.pop("line").startswith("Walls around the model: ")
    assert told == {
        "request": "request",
        "answer": "answer",
        "heartbeat": 1,
        "thread": None,
        "model": "a model",
        "log": None,
        "dumpable": 0,
    }


def test_the_model_reaches_nothing(served: Any) -> None:
    told = served("""
address = ctypes.create_string_buffer(16)
attempts = {
    "a socket": socket.socket,
    "a connection": lambda: client.connect(listener.getsockname()),
    "another port": lambda: client.bind(("127.0.0.1", 0)),
    "listening": lambda: client.listen(),
    "a connection by sending": lambda: listener.send(b"x", 0x20000000),
    "a message": lambda: client.sendmsg([b"x"]),
    "a program": lambda: os.execv("/bin/true", ["true"]),
    "a process": os.fork,
    "its master's end": lambda: os.kill(OTHER, 0),
    "a file": lambda: open(MODELS + "/new", "w"),
    "the model's file": lambda: open(model, "r+"),
    "its rights": lambda: os.chmod(model, 0o777),
    "its dates": lambda: os.utime(model),
    "memory for others": lambda: os.memfd_create("x"),
    "memory of System V": lambda: call(calls.REFUSED["shmget"], 0, 4096, 0o1600),
}
told["answers"] = {name: tried(attempt) for name, attempt in attempts.items()}
""")
    answers = told["answers"]
    assert {name: answer for name, answer in answers.items() if answer != "EPERM"} == {}


@pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")
def test_the_model_reads_nothing_else(served: Any) -> None:
    told = served("""
paths = [secret, f"/proc/{OTHER}/environ", "/proc/1/environ", "/proc/self/environ", "/etc/passwd"]
told["answers"] = [tried(open, path) for path in paths]
""")
    assert set(told["answers"]) == {"EACCES"}
    assert "hidden (Landlock" in told["line"]


def test_the_line_says_what_a_kernel_without_landlock_leaves_open(served: Any) -> None:
    without = "landlock.system_call = lambda *_: kernel.system_call(9999)"
    told = served("told['secret'] = tried(open, secret)", without)
    assert told["secret"] is None
    assert "files stay readable, for this kernel has no Landlock" in told["line"]
    assert "no programs, connections or new files (seccomp)" in told["line"]


@pytest.mark.skipif(
    not landlock.abi() or landlock.binds_all_threads(),
    reason="only a kernel with Landlock, older than Linux 7.0, leaves older threads unbound",
)
def test_the_line_counts_threads_that_came_too_early(served: Any) -> None:
    told = served(
        "stay.set(); thread.join()",
        "stay = threading.Event(); thread = threading.Thread(target=stay.wait); thread.start()",
    )
    assert "except from 1 threads that ran before" in told["line"]


def test_whatever_fails_is_told_and_raises_nothing(served: Any) -> None:
    told = served(
        "",
        "from serving.walls import endpoint\n"
        "def broken(**_): raise OSError('no such thing')\n"
        "endpoint.landlock.restrict = endpoint.seccomp.forbid_escapes = broken",
    )
    assert told["line"].count("a measure failed (no such thing)") == 2
