"""Read from the row what the container was made of before it went to sleep."""

from activities.support.phase import phase
from shared.domain.model import ModelVersion, ServingRecipe
from shared.errors.waiting import Cancelled
from shared.services import Services
from shared.wire.phases import RecalledRecipe, RecallRecipe


@phase("Recalling how its container was made.")
def recall_recipe(input: RecallRecipe, services: Services) -> RecalledRecipe:
    """Without model and recipe where they were not kept. Raises Cancelled where the row is gone."""
    row = services.records.deployment(input.run.deployment_id)
    if row is None:
        raise Cancelled
    if row.recipe is None or not row.azure_model_name or not row.azure_model_version:
        return RecalledRecipe(message="It was not kept then: the model is prepared again.")
    model = ModelVersion(name=row.azure_model_name, version=row.azure_model_version)
    return RecalledRecipe(
        model=model,
        recipe=ServingRecipe.model_validate(row.recipe),
        message=f"{model.name}:{model.version}; nothing is converted or registered again.",
    )
