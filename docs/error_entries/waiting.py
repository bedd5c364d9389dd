"""Codes of what passes by itself, and of what did not pass in time."""

from docs.error_entries.entry import (
    DEPLOYMENT,
    DETAIL,
    LATER,
    RETRY,
    SHOW_ENDPOINT,
    Entry,
    Group,
    deploy,
)

HEALTH = "Azure portal: Service Health. The timeline's `retrying` lines say what was in the way."
INSTANCE = 'curl -s "$SLIPWAY/runtime/webhooks/durabletask/instances/$ID?code=$SYSTEM_KEY"'

WAITING = Group(
    "What passes by itself",
    "A phase waits and tries again, 20 times, within its deadline; the timeline says `retrying`."
    " Only then does the deployment fail with the code of what was in the way. As a reply (503) it"
    " comes at once: a caller can wait better than Slipway.",
    (
        Entry(
            code="left_to_sweeper",
            cause="An operation could not remove everything from the cloud in time.",
            fix="Nothing to do: the sweeper tries again every 15 minutes.",
            look="The operation's phases say which step failed.",
            command='curl -s "$SLIPWAY/operations/$ID" -H "Authorization: Bearer $TOKEN"',
            retry=LATER,
        ),
        Entry(
            code="endpoint_busy",
            cause="The endpoint is being changed; it takes one change at a time. Also when a name"
            " is used again right after its endpoint was deleted.",
            fix="Wait until it is Succeeded. If it stays in Updating for an hour, delete it.",
            look="Azure ML studio: Endpoints, the endpoint, Provisioning state.",
            command=f"{SHOW_ENDPOINT} --query provisioning_state",
            retry=LATER,
        ),
        Entry(
            code="throttled",
            cause="Azure ML takes no more requests for a while; limits are per subscription and"
            " region.",
            fix="Wait a minute. If it comes often, deploy fewer models at the same time"
            " (MAX_DEPLOYING).",
            look=HEALTH,
            command=RETRY,
            retry=LATER,
        ),
        Entry(
            code="service_unavailable",
            cause="Azure ML answered with an error of its own (500, 502, 504).",
            fix="Wait some minutes, then retry.",
            look=HEALTH,
            command=RETRY,
            retry=LATER,
        ),
        Entry(
            code="azure_unreachable",
            cause="Azure did not answer at all, or the endpoint gave no prediction within"
            " SCORE_TIMEOUT_SECONDS.",
            fix="Check the function app's network and proxy. For slow predictions send fewer rows"
            " or choose a larger instance_type.",
            look="Azure portal: the function app, Networking; Service Health.",
            command='curl -s -o /dev/null -w "%{http_code}\\n" https://management.azure.com/',
            retry=LATER,
        ),
        Entry(
            code="cancelled_by_service",
            cause="Azure ML cancelled the operation in favour of another on the same endpoint.",
            fix="Nothing, or find out who else changes the endpoint.",
            look="Azure portal: the resource group, Activity log.",
            command='az monitor activity-log list -g "$RG" --offset 1h -o table',
            retry=LATER,
        ),
        Entry(
            code="out_of_capacity",
            cause="Azure has no machine of this size to spare in this region. This is not quota.",
            fix="Choose another instance_type, or another region.",
            look="Azure portal: Service Health; capacity itself is shown nowhere.",
            command=deploy(', "instance_type": "Standard_F4s_v2"'),
            retry="hours later, or with another size",
            seen=DEPLOYMENT,
        ),
        Entry(
            code="upload_timed_out",
            cause="Uploading the converted model to the workspace's storage took more than five"
            " minutes.",
            fix="Put the function app into the workspace's region; check the storage account's"
            " network rules.",
            look="Azure portal: the workspace's storage account, Networking.",
            command="az ml workspace show --query storage_account -o tsv",
            retry=LATER,
            seen=DEPLOYMENT,
        ),
        Entry(
            code="deadline_exceeded",
            cause="A phase did not end within its deadline: ENDPOINT_DEADLINE_MINUTES,"
            " DEPLOYMENT_DEADLINE_MINUTES, TRAFFIC_DEADLINE_MINUTES, or STEP_DEADLINE_MINUTES.",
            fix="Retry: an image that was built meanwhile is not built again. Else choose another"
            " size or region, or raise the deadline.",
            look="The failed phase's latest message says what Azure ML was doing;"
            " `remove_deployment` holds the end of the container's log.",
            command=f"{DETAIL}\n{RETRY}",
            retry="yes",
            seen=DEPLOYMENT,
        ),
        Entry(
            code="orchestration_lost",
            cause="The sweeper found a deployment that no orchestration looks after: it was"
            " terminated or purged, or the app was away for half an hour before it could begin.",
            fix="Deploy again. What the lost run had made is removed by the sweeper.",
            look="The phase `sweep` of the timeline.",
            command=f"{DETAIL}\n{RETRY}",
            retry="yes",
            seen=DEPLOYMENT,
        ),
        Entry(
            code="cancelled",
            cause="The deployment was deleted while it was deploying. What it had made is removed.",
            fix="Nothing; deploy again when you want it back.",
            look="The orchestration's output; the deployment itself is no longer listed.",
            command=INSTANCE,
            retry="no; deploy again",
            seen="orchestration",
        ),
    ),
)
