"""Live deployments: one inference server per deployment, kept alive, its output in a log file."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from devstack.azureml_emulator.serving.children import die_with_parent
from devstack.loopback import HOST, listen, port_of

log = logging.getLogger(__name__)

READY_SECONDS = 310
"""As long as Azure's probes give a new container: 10 seconds, then 30 tries, 10 seconds apart."""
STOP_SECONDS = 3
DRAIN_SECONDS = 3
"""For the requests that a container has when it is to be stopped."""
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30
LOG_BYTES_KEPT = 5 << 20
SETTINGS = Path(__file__).with_name("gunicorn_settings.py")
SERVER = "azureml_inference_server_http.server.entry:app"


class ContainerCrashed(Exception):
    """The server ended before it was healthy, or did not become healthy in time."""


@dataclass(frozen=True)
class ContainerSpec:
    interpreter: Path
    app_root: Path
    entry_script: str
    model_dir: Path | None
    variables: Mapping[str, str]
    log_file: Path
    processes: int


class Container:
    """One deployment's server. `start` returns when it is healthy; after that it is kept alive."""

    def __init__(self, name: str, spec: ContainerSpec) -> None:
        self.name = name
        self._spec = spec
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.port = 0
        self.restarts = 0
        self.in_flight = 0
        self._quiet = asyncio.Event()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Raises ContainerCrashed; then nothing is left running."""
        _shorten(self._spec.log_file)
        try:
            await self._launch()
        except BaseException:
            await self._end_process()
            raise
        self._keeper = asyncio.create_task(self._keep_alive(), name=f"keep {self.name}")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._drain()
        await self._end_process()

    @contextlib.contextmanager
    def asked(self) -> Iterator[None]:
        """A request is in flight meanwhile."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._quiet.set()

    async def _drain(self) -> None:
        """Let the requests in flight end: a server that ends drops those that wait for a worker."""
        self._quiet.clear()
        if self.in_flight and self.pid is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._quiet.wait()

    async def _launch(self) -> None:
        spec = self._spec
        listener = listen(0, "an inference server")
        self.port = port_of(listener)
        with listener, spec.log_file.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(str(spec.interpreter), "-m", "gunicorn", "-c", str(SETTINGS)),
                *("-b", f"fd://{listener.fileno()}", "-w", str(spec.processes)),
                *("--timeout", "300", "--access-logfile", "-", "--error-logfile", "-", SERVER),
                cwd=spec.app_root,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(listener.fileno(),),
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        await self._until_healthy(self._process)

    def _environment(self) -> dict[str, str]:
        """What Azure sets, and what the deployment asks for; nothing of the emulator's own."""
        spec = self._spec
        own = {
            "PATH": f"{spec.interpreter.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(spec.app_root),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "AML_APP_ROOT": str(spec.app_root),
            "AZUREML_ENTRY_SCRIPT": spec.entry_script,
            "SERVER_PORT": str(self.port),
        }
        if spec.model_dir is not None:
            own["AZUREML_MODEL_DIR"] = str(spec.model_dir)
        return {**own, **spec.variables}

    async def _until_healthy(self, process: asyncio.subprocess.Process) -> None:
        """The socket listens before the server does, so one request waits for the first worker."""
        ended = asyncio.create_task(process.wait())
        probe = asyncio.create_task(_probe(self.port))
        try:
            await asyncio.wait(
                {ended, probe}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if probe.done() and probe.exception() is None:
                return
            if probe.done():
                async with asyncio.timeout(STOP_SECONDS):
                    await asyncio.wait({ended})
        except TimeoutError:
            raise ContainerCrashed(f"the probe failed: {probe.exception()}") from None
        finally:
            probe.cancel()
            ended.cancel()
            await asyncio.gather(probe, ended, return_exceptions=True)
        if process.returncode is None:
            raise ContainerCrashed(f"not healthy within {READY_SECONDS} seconds")
        raise ContainerCrashed(f"exited with code {process.returncode}")

    async def _keep_alive(self) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while True:
            process = self._process
            code = await process.wait() if process is not None else None
            self.restarts += 1
            self._note(f"container exited with code {code}; restarting in {backoff} s")
            log.warning("%s exited with code %s; restarting in %s s", self.name, code, backoff)
            await asyncio.sleep(backoff)
            try:
                await self._launch()
                backoff = FIRST_BACKOFF_SECONDS
            except (ContainerCrashed, OSError) as crash:
                self._note(f"restart failed: {crash}")
                backoff = min(backoff * 2, LONGEST_BACKOFF_SECONDS)
                await self._end_process()

    def _note(self, line: str) -> None:
        with self._spec.log_file.open("a") as stream:
            stream.write(f"{line}\n")

    async def _end_process(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _probe(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=READY_SECONDS) as client:
        (await client.get(f"http://{HOST}:{port}/")).raise_for_status()


def _shorten(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > LOG_BYTES_KEPT:
        log_file.write_bytes(log_file.read_bytes()[-LOG_BYTES_KEPT // 2 :])
