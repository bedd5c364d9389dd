"""Phases performed as the worker does: JSON in, JSON out, over fakes of their ports."""

from typing import Any
from unittest.mock import patch

import activities
from activities.support.phase import ACTIVITIES
from orchestrators.support.call_phase import phase_name
from shared.domain.deployment import DeploymentRow
from shared.domain.model import ModelVersion, ServingRecipe
from shared.wire.outcome import Failed, Outcome
from shared.wire.phases import PhaseInput
from tests.support.records import row, run_of
from tests.support.records_fake import RecordsFake
from tests.support.services import services_of
from tests.support.serving_target import ServingTargetFake

activities.blueprint()  # declares every phase

MODEL = ModelVersion(name="m", version="1")
RECIPE = ServingRecipe(
    sha256="0",
    version="1",
    algorithm="Ridge",
    columns=[],
    example={},
    requirements=["a==1"],
    environment_name="slipway-serving-0",
)


class Performed(Outcome):
    """What a phase returned, for those who know which of the two it is."""

    @property
    def done(self) -> dict[str, Any]:
        assert self.value is not None, self.failed
        return self.value

    @property
    def refusal(self) -> Failed:
        assert self.failed is not None, self.value
        return self.failed


class PhaseWorld:
    """One deploying row and an empty cloud."""

    def __init__(
        self,
        *rows: DeploymentRow,
        settle_after: int = 1,
        cores: int = 100,
        cloud: type[ServingTargetFake] = ServingTargetFake,
        **ports: Any,
    ) -> None:
        self.row = rows[0] if rows else row()
        self.records = RecordsFake(*(rows or (self.row,)))
        self.target = cloud(settle_after=settle_after, cores=cores)
        self.services = services_of(records=self.records, target=self.target, **ports)
        self.performed = 0
        """How often the phase of the last `until_done` was performed."""
        self.said: list[str] = []
        """Messages of the phases' values in their order; one that is repeated stands once."""

    def perform(
        self, input_type: type[PhaseInput], *, of: DeploymentRow | None = None, **inputs: Any
    ) -> Performed:
        """The activity that takes this input, once."""
        asked = input_type.model_validate({"run": run_of(of or self.row), **inputs})
        name = phase_name(input_type)
        activity = next(each for each in ACTIVITIES if each.__name__ == name)
        with patch("activities.support.phase.services", lambda: self.services):
            told = activity(asked.model_dump(mode="json", by_alias=True))
        message = (told.get("value") or {}).get("message")
        if message and self.said[-1:] != [message]:
            self.said.append(message)
        return Performed.model_validate(told)

    def until_done(self, input_type: type[PhaseInput], **inputs: Any) -> Performed:
        """Called again while it waits, as the orchestrator does."""
        for poll in range(30):
            self.performed = poll + 1
            outcome = self.perform(input_type, poll=poll, **inputs)
            if outcome.failed or not (outcome.value or {})["waiting"]:
                return outcome
        raise AssertionError("never ends")
