"""What Slipway stands on does not answer, or is busy."""

from shared.errors.base import TransientError, UserFacingError
from shared.errors.commands import DEPLOYMENT, DETAIL, LATER, REPLY, RETRY, SHOW_ENDPOINT, deploy
from shared.errors.serving.workspace import IdentityRefused

HEALTH = "Azure portal: Service Health. The timeline's `retrying` lines say what was in the way."
INSTANCE = 'curl -s "$SLIPWAY/runtime/webhooks/durabletask/instances/$ID?code=$SYSTEM_KEY"'


class Unavailable(UserFacingError):
    """Not now: what Slipway stands on does not answer."""

    status = 503
    retry_after: int = 5
    """Seconds."""


class SupabaseUnavailable(Unavailable):
    code = "supabase_unavailable"
    cause = (
        "Supabase did not answer within SUPABASE_TIMEOUT_SECONDS, answered with a server"
        " error, or its signing keys could not be fetched. Free projects are paused when they"
        " are not used."
    )
    fix = "Try again after `Retry-After`. If it stays, restore or restart the project."
    look = (
        "Supabase dashboard: the project's home says whether it is paused; Reports,"
        " Database shows load; status.supabase.com."
    )
    command = (
        'curl -s -o /dev/null -w "%{http_code} %{time_total} s\\n"'
        ' "$SUPABASE_URL/auth/v1/health" -H "apikey: $SUPABASE_ANON_KEY"'
    )
    retry = "yes; phases do it by themselves"

    def __init__(
        self, message: str = "Supabase does not answer at the moment.", *, retry_after: int = 5
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SupabaseUnreachable(TransientError):
    """The same, told to a phase."""

    code = SupabaseUnavailable.code
    wait_seconds = 2.0

    def __init__(self) -> None:
        super().__init__("Supabase does not answer at the moment.")


class TooBusy(Unavailable):
    code = "too_busy"
    cause = (
        "More requests at once than the app has threads for, each waiting for Supabase or"
        " for an endpoint's answer, so that this one could not begin within"
        " SUPABASE_TIMEOUT_SECONDS. Nothing has begun."
    )
    fix = (
        "Try again after `Retry-After`. If it stays, score at the endpoint itself with its"
        " own key, or allow more instances."
    )
    look = "The app's log lines `request_answered` have each request's milliseconds."
    command = 'curl -s "$SLIPWAY/healthz"'
    retry = "yes"
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("Slipway is busy: it could not begin with this request in time.")


class SupabaseMisconfigured(Unavailable):
    code = "supabase_misconfigured"
    cause = (
        "Supabase answers, but not as Slipway expects: a migration is missing, a key is"
        " wrong or revoked, or a grant was removed. The message has Supabase's code."
    )
    fix = (
        "Apply supabase/migrations; check SUPABASE_URL, SUPABASE_ANON_KEY and SUPABASE_SERVICE_KEY."
    )
    look = "Supabase dashboard: Database, Migrations; Project Settings, API Keys; Logs, API."
    command = "supabase migration list --linked\nsupabase db push --dry-run\nsupabase db push"

    def __init__(self, code: str) -> None:
        super().__init__(f"Supabase does not answer as Slipway expects ({code}).")


class StartFailed(Unavailable):
    code = "start_failed"
    cause = (
        "Durable Functions did not take the orchestration within ten seconds: most often"
        " the function app's storage account is out of reach. The row, if there is one,"
        " becomes failed."
    )
    fix = (
        "Try again in a minute, with the same Idempotency-Key if there was one. A row that"
        " has become failed can also be retried."
    )
    look = "Function app: Diagnose and solve problems; its storage account, Networking."
    command = deploy(key="my-key-1")
    retry = "yes, in a minute"
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("The orchestration service did not answer.")


class Throttled(TransientError):
    code = "throttled"
    cause = "Azure ML takes no more requests for a while; limits are per subscription and region."
    fix = "Wait a minute. If it comes often, deploy fewer models at the same time (MAX_DEPLOYING)."
    look = HEALTH
    command = RETRY
    retry = LATER

    wait_seconds = 20.0


class EndpointBusy(TransientError):
    code = "endpoint_busy"
    cause = (
        "The endpoint is being changed; it takes one change at a time. Also when a name"
        " is used again right after its endpoint was deleted."
    )
    fix = "Wait until it is Succeeded. If it stays in Updating for an hour, delete it."
    look = "Azure ML studio: Endpoints, the endpoint, Provisioning state."
    command = f"{SHOW_ENDPOINT} --query provisioning_state"
    retry = LATER

    wait_seconds = 15.0


class ServiceUnavailable(TransientError):
    code = "service_unavailable"
    cause = "Azure ML answered with an error of its own (500, 502, 504)."
    fix = "Wait some minutes, then retry."
    look = HEALTH
    command = RETRY
    retry = LATER

    wait_seconds = 10.0


class AzureUnreachable(TransientError):
    code = "azure_unreachable"
    cause = (
        "Azure did not answer at all, or the endpoint gave no prediction within"
        " SCORE_TIMEOUT_SECONDS."
    )
    fix = (
        "Check the function app's network and proxy. For slow predictions send fewer rows"
        " or choose a larger instance_type."
    )
    look = "Azure portal: the function app, Networking; Service Health."
    command = 'curl -s -o /dev/null -w "%{http_code}\\n" https://management.azure.com/'
    retry = LATER

    wait_seconds = 10.0


class IdentityUnavailable(TransientError):
    """No token at the moment; IdentityRefused where there will never be one."""

    code = IdentityRefused.code
    wait_seconds = 10.0

    def __init__(self) -> None:
        super().__init__("The identity endpoint gives no token at the moment.")


class CancelledByService(TransientError):
    code = "cancelled_by_service"
    cause = "Azure ML cancelled the operation in favour of another on the same endpoint."
    fix = "Nothing, or find out who else changes the endpoint."
    look = "Azure portal: the resource group, Activity log."
    command = 'az monitor activity-log list -g "$RG" --offset 1h -o table'
    retry = LATER

    wait_seconds = 15.0


class OutOfCapacity(TransientError):
    code = "out_of_capacity"
    cause = "Azure has no machine of this size to spare in this region. This is not quota."
    fix = "Choose another instance_type, or another region."
    look = "Azure portal: Service Health; capacity itself is shown nowhere."
    command = deploy(', "instance_type": "Standard_F4s_v2"')
    retry = "hours later, or with another size"
    seen = DEPLOYMENT

    wait_seconds = 30.0


class UploadTimedOut(TransientError):
    code = "upload_timed_out"
    cause = "Uploading the converted model to the workspace's storage took more than five minutes."
    fix = (
        "Put the function app into the workspace's region; check the storage account's"
        " network rules."
    )
    look = "Azure portal: the workspace's storage account, Networking."
    command = "az ml workspace show --query storage_account -o tsv"
    retry = LATER
    seen = DEPLOYMENT

    wait_seconds = 5.0

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(f"Uploading {what} took more than {seconds:g} seconds.")


class EnvironmentNotBuilt(TransientError):
    code = "environment_not_built"
    cause = (
        "The environment with this model's versions could not be installed: the package"
        " index is out of reach, or the temporary disk stays full although other environments"
        " were removed."
    )
    fix = (
        "Let the function app reach the package index, or set UV_DEFAULT_INDEX to one that"
        " it reaches. On a full disk lower CONVERSION_CACHE_MB or MAX_MODEL_MB. Then retry."
    )
    look = (
        "The timeline's message says how much disk is free, or what the installer says."
        " Function app: Networking."
    )
    command = f"{DETAIL}\n{RETRY}"
    retry = LATER
    seen = DEPLOYMENT

    wait_seconds = 20.0
