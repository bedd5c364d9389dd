"""The product's converter with warm processes in place of sandboxes: seconds become tenths."""

import hashlib
import json
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter

from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.sandbox.process import ENVIRONMENT
from shared.adapters.conversion.sandbox.report import Confinement, Converted, Failure, Report
from shared.adapters.conversion.scan.reading import read
from shared.domain.model import ConversionPlan, Verdict
from tests.intake.benign import inside

ROOT = Path(__file__).parents[3]
UNCONFINED = Confinement(other_user=False, files_hidden=False, calls_filtered=False)
_OUTCOME: TypeAdapter[Converted | Failure] = TypeAdapter(Converted | Failure)


class Warm:
    """One environment's process. A context manager."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._process = subprocess.Popen(
            [
                str(interpreter.python),
                *("-I", "-B", "-c"),
                "import runpy, sys; sys.path += sys.argv[3:]; sys.argv[:] = sys.argv[1:3];"
                " runpy.run_path(sys.argv[0], run_name='__main__')",
                inside.__file__,
                str(ROOT),
                *interpreter.packages,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, job: dict[str, Any]) -> Any:
        """The reply to one job. RuntimeError where the process has ended."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            print(json.dumps(job), file=self._process.stdin, flush=True)
            reply = self._process.stdout.readline()
        except BrokenPipeError:
            reply = ""
        if not reply:
            raise RuntimeError(f"the environment's process ended with {self._process.wait()}")
        return json.loads(reply)


@dataclass(frozen=True)
class WarmConverter(SandboxedConverter):
    """Scans, plans, checks and completes as the product does; loads files without walls.

    For files that we made. A context manager: it holds one warm process for each set of versions.
    """

    walls: bool = False
    """Scan and convert in confined processes all the same, one for each file."""
    _stack: ExitStack = field(default_factory=ExitStack, compare=False)
    _warm: dict[PinnedSet, Warm] = field(default_factory=dict, compare=False)
    last: list[PinnedSet] = field(default_factory=list, compare=False)
    """The set that the last conversion was tried with."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def scan(self, file: Path) -> Verdict:
        """As the confined child judges it, but here."""
        if self.walls:
            return super().scan(file)
        with file.open("rb") as opened:
            found = read(opened, "upload")
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        return Verdict.model_validate({**found, "sha256": sha256})

    def process(self, pinned: PinnedSet) -> Warm:
        """The warm process of a set of versions, started when it is first needed."""
        if pinned not in self._warm:
            interpreter = self._stack.enter_context(self._interpreters.lease(pinned))
            self._warm[pinned] = self._stack.enter_context(Warm(interpreter))
        return self._warm[pinned]

    def answers(self, folder: Path, bodies: list[str]) -> Any:
        """What an endpoint with the versions of the last conversion answers."""
        return self.process(self.last[-1]).ask(
            {"answer": {"folder": str(folder), "bodies": bodies}}
        )

    def _run_with(self, file: Path, model: Path, pinned: PinnedSet, plan: ConversionPlan) -> Report:
        self.last[:] = [pinned]
        if self.walls:
            return super()._run_with(file, model, pinned, plan)
        reply = self.process(pinned).ask(
            {
                "convert": {
                    "file": str(file),
                    "artifact": str(model),
                    "feature_names": plan.feature_names,
                }
            }
        )
        outcome = (
            Failure(code="model_conversion_failed", message=reply["crash"][:1000])
            if "crash" in reply
            else _OUTCOME.validate_python(reply)
        )
        return Report(confinement=UNCONFINED, outcome=outcome)
