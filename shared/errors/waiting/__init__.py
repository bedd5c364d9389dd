"""What passes by itself, or did not pass in time; and what Slipway itself stands on."""

from shared.errors.waiting.endings import (
    BatchCancelled,
    BatchIncomplete,
    BatchStopped,
    Cancelled,
    DeadlineExceeded,
    LeftToSweeper,
    OrchestrationLost,
    WaitedInVain,
)
from shared.errors.waiting.services import (
    AzureUnreachable,
    CancelledByService,
    EndpointBusy,
    EnvironmentNotBuilt,
    IdentityUnavailable,
    OutOfCapacity,
    ServiceUnavailable,
    StartFailed,
    SupabaseMisconfigured,
    SupabaseUnavailable,
    SupabaseUnreachable,
    Throttled,
    TooBusy,
    Unavailable,
    UploadTimedOut,
)

TITLE = "What passes by itself"
PROMISE = (
    "A phase waits and tries again, 20 times, within its deadline; the timeline says `retrying`."
    " Only then does the deployment fail with the code of what was in the way. As a reply (503) it"
    " comes at once: a caller can wait better than Slipway."
)

__all__ = [
    "AzureUnreachable",
    "BatchCancelled",
    "BatchIncomplete",
    "BatchStopped",
    "Cancelled",
    "CancelledByService",
    "DeadlineExceeded",
    "EndpointBusy",
    "EnvironmentNotBuilt",
    "IdentityUnavailable",
    "LeftToSweeper",
    "OrchestrationLost",
    "OutOfCapacity",
    "ServiceUnavailable",
    "StartFailed",
    "SupabaseMisconfigured",
    "SupabaseUnavailable",
    "SupabaseUnreachable",
    "Throttled",
    "TooBusy",
    "Unavailable",
    "UploadTimedOut",
    "WaitedInVain",
]
