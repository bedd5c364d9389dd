"""Requests that the API refuses; nothing has begun and nothing is left over."""

from collections.abc import Collection

from shared.errors.base import UserFacingError
from shared.errors.commands import (
    BEARER,
    BOTH,
    DELETE,
    DETAIL,
    LIST,
    NO,
    OPENAPI,
    REPLY,
    STATS,
    deploy,
)

TITLE = "Requests"
PROMISE = "The request itself is refused; nothing has begun and nothing is left over."


class RequestRefused(UserFacingError):
    """Refused before anything has begun."""


class MalformedRequest(RequestRefused):
    status = 400
    code = "malformed_request"
    cause = "The body is not JSON, or not a JSON object."
    fix = "Send one JSON object. In a shell, put it in single quotes."
    look = "`GET /docs` shows each route's body."
    command = OPENAPI
    seen = REPLY


class Unauthenticated(RequestRefused):
    status = 401
    code = "unauthenticated"
    cause = (
        "The access token is missing, expired, not signed by this Supabase project, or its user was"
        " deleted, is banned, or has signed out: each is refused with the next request. A"
        " publishable or secret key is no user token."
    )
    fix = (
        "Sign in with Supabase and send `Authorization: Bearer <access token>`. A project"
        " that still signs with its legacy secret (HS256) needs SUPABASE_JWT_SECRET."
    )
    look = (
        "Supabase dashboard: Authentication, Users; Project Settings, JWT Keys. The app's"
        " log line `token_refused` has the reason."
    )
    command = (
        'curl -s "$SUPABASE_URL/auth/v1/token?grant_type=password"'
        " -H \"apikey: $SUPABASE_ANON_KEY\" -H 'Content-Type: application/json'"
        ' -d \'{"email": "...", "password": "..."}\''
    )
    seen = REPLY

    def __init__(
        self,
        message: str = "The access token is missing, not valid, or expired.",
        *,
        fix: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix)


class SignedOut(Unauthenticated):
    """Supabase refused the token of a request that had begun."""

    def __init__(self) -> None:
        super().__init__(
            "The access token is not one of a signed-in user, or has expired.",
            fix="Sign in again and send the new access token.",
        )


class Forbidden(RequestRefused):
    status = 403
    code = "forbidden"
    cause = "`user_id` in the query or body is not the token's user."
    fix = "Leave `user_id` out: the token says who calls."
    look = "The `sub` of the access token."
    command = LIST
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("user_id is not the caller's.")


class AnonymousRefused(RequestRefused):
    status = 403
    code = "anonymous_refused"
    cause = "The token is one of an anonymous sign-in, and ALLOW_ANONYMOUS_USERS is not set."
    fix = (
        "Sign up with an email address. Whoever runs Slipway may set ALLOW_ANONYMOUS_USERS; it"
        " reaches the database when the app starts."
    )
    look = "Supabase dashboard: Authentication, Users; the token's claim `is_anonymous`."
    command = LIST
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("Anonymous users may not use Slipway.")


class NotFound(RequestRefused):
    status = 404
    code = "not_found"
    cause = (
        "The caller has no deployment of this id: it was deleted, belongs to another user"
        " or never existed. Or there is no such path; an id that is no UUID makes none."
    )
    fix = "Take the id from the list of your deployments, the path from `GET /docs`."
    look = "Supabase dashboard: Table Editor, `deployments`; deleted rows are kept there."
    command = LIST
    retry = NO
    seen = REPLY


class DeploymentNotFound(NotFound):
    def __init__(self, deployment_id: str) -> None:
        super().__init__(
            f"You have no deployment {deployment_id}.",
            fix="Take the id from the list of your deployments; deleted ones are gone.",
        )


class OperationNotFound(NotFound):
    def __init__(self, operation_id: str) -> None:
        super().__init__(
            f"You have no operation {operation_id}.",
            fix="Take the id from the reply that began it, or from its Location header.",
        )


class MethodNotAllowed(RequestRefused):
    status = 405
    code = "wrong_method"
    cause = (
        "The path exists, but not with this method: `PUT /deployments/list`. HEAD, OPTIONS and"
        " TRACE are no methods of this API; a browser's preflight is answered where"
        " CORS_ALLOWED_ORIGINS has its page's origin."
    )
    fix = "Use a method that the reply's `Allow` names."
    look = "`GET /docs` shows each path's methods."
    command = OPENAPI
    retry = NO
    seen = REPLY

    def __init__(self, method: str, allowed: Collection[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(
            f"This path does not take {method}.",
            fix=f"Use {self.allowed}; GET /docs shows every route.",
        )


class ModelNotFound(NotFound):
    code = "model_not_found"
    cause = (
        "The caller has no row of this id in `trained_models`. In a failed deployment:"
        " the row went away while it was deploying."
    )
    fix = (
        "Use the id of one of your own rows. Another table is mapped by a view:"
        " [existing-models.md](existing-models.md)."
    )
    look = "Supabase dashboard: Table Editor, `trained_models`."
    command = (
        'curl -s "$SUPABASE_URL/rest/v1/trained_models?select=id,model_name"'
        f' -H "apikey: $SUPABASE_ANON_KEY" {BEARER}'
    )
    seen = BOTH

    def __init__(self, model_id: str) -> None:
        super().__init__(f"You have no trained model {model_id}.")


class TooLarge(RequestRefused):
    status = 413
    code = "body_too_large"
    cause = "The body is over the limit: 64 KB, or MAX_SCORE_KB for the score route."
    fix = (
        "Score fewer rows at a time, call the endpoint itself with its own key, or raise"
        " MAX_SCORE_KB."
    )
    look = "Function app: Settings, Environment variables."
    command = f'curl -s "$SLIPWAY/deployments/$ID/keys" {BEARER}'
    seen = REPLY

    def __init__(self, size: int, limit: int, *, fix: str | None = None) -> None:
        super().__init__(f"The body has {size} bytes; the limit is {limit}.", fix=fix)


class UnsupportedMediaType(RequestRefused):
    status = 415
    code = "unsupported_media_type"
    cause = "The body's Content-Type is not application/json."
    fix = "Send the header `Content-Type: application/json`."
    look = "`GET /docs`."
    command = OPENAPI
    seen = REPLY

    def __init__(self, sent: str) -> None:
        super().__init__(f"The content type is {sent or 'missing'}; it should be application/json.")


class InvalidRequest(RequestRefused):
    status = 422
    code = "invalid_request"
    cause = (
        "Fields are wrong; the message names each of them and what it should be. Names"
        " follow Azure ML's rule: 3 to 32 letters, digits and single dashes, beginning with a"
        " letter."
    )
    fix = "Correct the named fields."
    look = "`GET /docs` has every field's type and range."
    command = OPENAPI
    seen = REPLY


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


class InvalidCursor(InvalidRequest):
    code = "invalid_cursor"
    cause = "`cursor` is not a `next_cursor` of this list."
    fix = "Begin without a cursor and pass `next_cursor` on unchanged."
    look = "The reply of the page before."
    command = LIST
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list has given out.")


class Conflict(RequestRefused):
    """What is there already stands in the way."""

    status = 409


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


class TooMany(RequestRefused):
    """A limit of the user's is reached."""

    status = 429
    retry_after: int = 60
    """Seconds."""


class TooManyRequests(TooMany):
    code = "too_many_requests"
    cause = (
        "This user has made more than MAX_REQUESTS_PER_MINUTE requests within a minute,"
        " over all instances of the app. Refused requests do not count."
    )
    fix = "Wait as long as `Retry-After` says; poll a deployment every few seconds."
    look = (
        "Function app: Settings, Environment variables. The limit in force is the row of"
        " `slipway.deployment_limits`; a changed setting reaches it when the app starts."
    )
    command = f'curl -si "$SLIPWAY/deployments/stats" {BEARER} | grep -i retry-after'
    retry = "yes, after `Retry-After`"
    seen = REPLY

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(
            f"You have made more than {limit} requests within a minute.",
            fix=f"Wait {retry_after} seconds.",
        )
        self.retry_after = retry_after


class TooManyDeploying(TooMany):
    code = "too_many_deploying"
    cause = "This user has MAX_DEPLOYING deployments in flight."
    fix = "Wait until one has ended, or delete one: that cancels it."
    look = "The list with `status=deploying`."
    command = f'curl -s "$SLIPWAY/deployments/list?status=deploying" {BEARER}'
    retry = "when one has ended"
    seen = REPLY

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"You have {count} deployments in flight; the limit is {limit}.")


class TooManyActive(TooMany):
    code = "too_many_active"
    cause = "Active deployments and those in flight together reach MAX_ACTIVE."
    fix = "Delete one that is not needed, or raise MAX_ACTIVE."
    look = "The list with `status=active`."
    command = f"{STATS}\n{DELETE}"
    seen = REPLY

    def __init__(self, count: int, deploying: int, limit: int) -> None:
        in_flight = f" and {deploying} on the way" if deploying else ""
        super().__init__(f"You have {count} active deployments{in_flight}; the limit is {limit}.")


class InternalError(UserFacingError):
    """A mistake of Slipway's own; the log has its cause."""

    status = 500
    code = "internal_error"
    cause = (
        "Slipway failed in a way that it does not know: most likely a mistake of ours."
        " In a deployment: one phase crashed three times."
    )
    fix = "Try once more. If it happens again, report the request id or the deployment's id."
    look = (
        "Application Insights of the function app: Logs, table `traces`, the id. Locally:"
        " `.state/logs/functions_host.log`."
    )
    command = (
        'az monitor app-insights query --app "$INSIGHTS" -g "$RG" --offset 1d'
        " --analytics-query \"traces | where message has '$REQUEST_ID'\""
    )
    retry = "once"

    def __init__(
        self, message: str = "Slipway failed unexpectedly.", *, fix: str | None = None
    ) -> None:
        super().__init__(message, fix=fix)
