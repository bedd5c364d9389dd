"""The endpoint's half of a deploy: create it, under another generated name where one is taken."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.errors.requests import EndpointNameTaken
from shared.wire.outcome import OpenedEndpoint
from shared.wire.phases import (
    CreateEndpoint,
    PhaseResult,
    RenamedEndpoint,
    RenameEndpoint,
)
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase

MAX_NAMES = 3
"""Generated names that are tried, the first one included."""


def open_endpoint(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a DeployRun. Output: an OpenedEndpoint."""
    run = DeployRun.model_validate(context.get_input())
    names_left = MAX_NAMES if run.endpoint_generated else 1
    while True:
        due = run.deadlines.endpoint
        try:
            yield from call_phase(context, CreateEndpoint(run=run), PhaseResult, deadline=due)
            return OpenedEndpoint(endpoint_name=run.endpoint_name).as_json()
        except PhaseFailed as failure:
            names_left -= 1
            if failure.failed.code != EndpointNameTaken.code or not names_left:
                return _not_opened(run, failure)
        try:
            renamed = yield from call_phase(context, RenameEndpoint(run=run), RenamedEndpoint)
        except PhaseFailed as failure:
            return _not_opened(run, failure)
        run = run.model_copy(update={"endpoint_name": renamed.endpoint_name})


def _not_opened(run: DeployRun, failure: PhaseFailed) -> dict[str, Any]:
    """The output after a failure."""
    return OpenedEndpoint(
        endpoint_name=run.endpoint_name, failed=failure.failed, phase=failure.phase
    ).as_json()
