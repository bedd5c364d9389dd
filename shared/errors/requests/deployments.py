"""Models, names and the state of a deployment, where they do not fit a request."""

from collections.abc import Collection

from shared.errors.commands import BEARER, BOTH, DETAIL, NO, REPLY, deploy
from shared.errors.requests.http import Conflict, InvalidRequest, NotFound


class DeploymentNotFound(NotFound):
    def __init__(self, deployment_id: str) -> None:
        super().__init__(
            f"You have no deployment {deployment_id}.",
            fix="Take the id from the list of your deployments; deleted ones are gone.",
        )


class ModelNotFound(NotFound):
    code = "model_not_found"
    cause = (
        "The caller has no row of this id in `trained_models`. In a failed deployment:"
        " the row went away while it was deploying."
    )
    fix = (
        "Use the id of one of your own rows. Another table is mapped by a view:"
        " see docs/existing-models.md."
    )
    look = "Supabase dashboard: Table Editor, `trained_models`."
    command = (
        'curl -s "$SUPABASE_URL/rest/v1/trained_models?select=id,model_name"'
        f' -H "apikey: $SUPABASE_ANON_KEY" {BEARER}'
    )
    seen = BOTH

    def __init__(self, model_id: str) -> None:
        super().__init__(f"You have no trained model {model_id}.")


class InstanceTypeUnknown(InvalidRequest):
    code = "instance_type_unknown"
    cause = (
        "The instance type is not one that the workspace's region offers to online endpoints; a"
        " timer reads the list every six hours."
    )
    fix = "Choose one of `GET /instance-types`."
    look = "`GET /instance-types`: every size with cores, memory, price and quota."
    command = f'curl -s "$SLIPWAY/instance-types" {BEARER}'
    seen = REPLY
    SHOWN = 20
    """Names that the message holds at most."""

    def __init__(self, name: str, offered: Collection[str]) -> None:
        shown = ", ".join(sorted(offered)[: self.SHOWN])
        more = f" and {len(offered) - self.SHOWN} more" if len(offered) > self.SHOWN else ""
        super().__init__(f"instance_type: {name!r} is not offered; choose one of {shown}{more}")


class ModelInUse(Conflict):
    code = "model_in_use"
    cause = (
        "The model that should be removed has deploying or active deployments; the reply lists up"
        " to 20 of them in `deployments`."
    )
    fix = (
        "Delete them, then remove the model. Failed and deleted deployments are no obstacle: they"
        " keep the model's name."
    )
    look = "The model's `living_deployments`, and the list of deployments."
    command = f'curl -s -X DELETE "$SLIPWAY/models/$MODEL" {BEARER}'
    seen = REPLY

    def __init__(self, deployments: list[dict[str, str]]) -> None:
        names = ", ".join(
            f"{each['deployment_name']} on {each['endpoint_name']}" for each in deployments
        )
        super().__init__(f"This model has living deployments: {names}.")
        self.facts = {"deployments": deployments}


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"
    cause = (
        "This Idempotency-Key came within the last 24 hours with another body. The"
        " message names the deployment that the first request made."
    )
    fix = "A new key for a new request; the same key only with the same body."
    look = "The deployment that the message names."
    command = deploy(key="$(uuidgen)")
    seen = REPLY

    def __init__(self, deployment_id: str) -> None:
        super().__init__(
            f"This Idempotency-Key came with another request, which made {deployment_id}."
        )


class DeploymentIdTaken(Conflict):
    code = "deployment_id_taken"
    cause = "The id that Slipway drew at random exists already."
    fix = "Send the request again."
    look = "Nothing to look at."
    command = deploy()
    retry = "yes"
    seen = REPLY

    def __init__(self, deployment_id: str) -> None:
        super().__init__(f"There is a deployment {deployment_id} already.")


class EndpointNameTaken(Conflict):
    code = "endpoint_name_taken"
    cause = (
        "The endpoint name belongs to somebody else: another user of Slipway, or another"
        " subscription, since names are unique within a region. A generated name is replaced"
        " by another one up to twice before this is shown."
    )
    fix = (
        "Choose another endpoint_name, or leave it out to have one generated. A name of"
        " your own is free again when your last deployment on it is deleted and Azure ML has"
        " removed the endpoint, which takes up to 20 minutes."
    )
    look = (
        "Azure ML studio: Endpoints. A name can also be taken outside your subscription,"
        " where nobody can show it to you."
    )
    command = 'az ml online-endpoint list --query "[].{name:name, tags:tags}"'

    def __init__(self, name: str) -> None:
        super().__init__(f"The endpoint name {name} belongs to somebody else.")


class DeploymentNameTaken(Conflict):
    code = "deployment_name_taken"
    cause = "A deploying or active deployment of this name is on this endpoint already."
    fix = "Choose another deployment_name, or leave it out to have one generated."
    look = "Azure ML studio: Endpoints, the endpoint, Deployments."
    command = 'az ml online-deployment list -e "$ENDPOINT" -o table'

    def __init__(self, name: str, endpoint_name: str, *, fix: str | None = None) -> None:
        super().__init__(
            f"The endpoint {endpoint_name} has a deployment called {name} already.", fix=fix
        )
        self.name, self.endpoint_name = name, endpoint_name


class NotActive(Conflict):
    code = "not_active"
    cause = "Keys and scoring need an active deployment; the message says what this one is."
    fix = "Wait until it is active. If it failed, its error_message says why."
    look = "The deployment's phases."
    command = DETAIL
    retry = "once it is active"
    seen = REPLY

    def __init__(self, status: str) -> None:
        super().__init__(f"This deployment is {status}, not active.")


class RotationRunning(Conflict):
    code = "rotation_running"
    cause = (
        "The endpoint's keys are being replaced already, one after the other; on Azure"
        " each takes about half a minute."
    )
    fix = (
        "Wait until the phase `rotate_key` says that the secondary key is new; then fetch"
        " the keys, or rotate them once more."
    )
    look = (
        "The deployment's phases, and `GET /operations/{id}` with the id that the first reply gave."
    )
    command = f'{DETAIL}\ncurl -s "$SLIPWAY/deployments/$ID/keys" {BEARER}'
    retry = "a minute later"
    seen = REPLY

    def __init__(self, endpoint_name: str) -> None:
        super().__init__(f"The keys of {endpoint_name} are being replaced already.")


class NotFailed(Conflict):
    code = "not_failed"
    cause = "Only a failed deployment can be retried."
    fix = "Deploy the model again instead."
    look = "The deployment's status."
    command = DETAIL
    retry = NO
    seen = REPLY

    def __init__(self, status: str) -> None:
        super().__init__(f"Only failed deployments can be retried; this one is {status}.")


class NotRetriable(Conflict):
    code = "not_retriable"
    cause = (
        "The rules have changed since the deployment was asked for: the message names the field"
        " whose value is not accepted any more. Or the model was"
        " removed."
    )
    fix = "Deploy the model again with other values."
    look = "The deployment's own fields; the sizes in `GET /instance-types`."
    command = DETAIL
    retry = NO
    seen = REPLY

    @classmethod
    def of(cls, fields: str) -> "NotRetriable":
        return cls(f"This deployment's request is not accepted any more, because of its {fields}.")


class NoLog(Conflict):
    code = "no_log"
    cause = (
        "There is no container to read a log from: the deployment is not that far yet, or"
        " it has failed and what it had made was removed."
    )
    fix = (
        "While it is deploying, follow its phases and ask again. After a failure the end of"
        " the log is in the `detail` of the phase that failed."
    )
    look = "The deployment's phases."
    command = DETAIL
    retry = "while it is deploying"
    seen = REPLY
