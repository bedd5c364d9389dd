"""Codes of Supabase and of the durable store being out of reach or not set up."""

from docs.error_entries.entry import DEPLOYMENT, DETAIL, REPLY, Entry, Group, deploy

SUPABASE = Group(
    "Supabase and the orchestration service",
    "What Slipway itself stands on does not answer as it should.",
    (
        Entry(
            code="supabase_unavailable",
            cause="Supabase did not answer within SUPABASE_TIMEOUT_SECONDS, answered with a server"
            " error, or its signing keys could not be fetched. Free projects are paused when they"
            " are not used.",
            fix="Try again after `Retry-After`. If it stays, restore or restart the project.",
            look="Supabase dashboard: the project's home says whether it is paused; Reports,"
            " Database shows load; status.supabase.com.",
            command='curl -s -o /dev/null -w "%{http_code} %{time_total} s\\n"'
            ' "$SUPABASE_URL/auth/v1/health" -H "apikey: $SUPABASE_ANON_KEY"',
            retry="yes; phases do it by themselves",
        ),
        Entry(
            code="too_busy",
            cause="More requests at once than the app has threads for, each waiting for Supabase or"
            " for an endpoint's answer, so that this one could not begin within"
            " SUPABASE_TIMEOUT_SECONDS. Nothing has begun.",
            fix="Try again after `Retry-After`. If it stays, score at the endpoint itself with its"
            " own key, or allow more instances.",
            look="The app's log lines `request_answered` have each request's milliseconds.",
            command='curl -s "$SLIPWAY/healthz"',
            retry="yes",
            seen=REPLY,
        ),
        Entry(
            code="supabase_misconfigured",
            cause="Supabase answers, but not as Slipway expects: a migration is missing, a key is"
            " wrong or revoked, or a grant was removed. The message has Supabase's code.",
            fix="Apply supabase/migrations; check SUPABASE_URL, SUPABASE_ANON_KEY and"
            " SUPABASE_SERVICE_KEY.",
            look="Supabase dashboard: Database, Migrations; Project Settings, API Keys; Logs, API.",
            command="supabase migration list --linked\n"
            "supabase db push --dry-run\n"
            "supabase db push",
        ),
        Entry(
            code="start_failed",
            cause="Durable Functions did not take the orchestration within ten seconds: most often"
            " the function app's storage account is out of reach. The row, if there is one,"
            " becomes failed.",
            fix="Try again in a minute, with the same Idempotency-Key if there was one. A row that"
            " has become failed can also be retried.",
            look="Function app: Diagnose and solve problems; its storage account, Networking.",
            command=deploy(key="my-key-1"),
            retry="yes, in a minute",
            seen=REPLY,
        ),
        Entry(
            code="artifact_missing",
            cause="The converted model is no longer in the Storage bucket `artifacts`: somebody"
            " removed it between two phases.",
            fix="Deploy again; the model is converted anew.",
            look="Supabase dashboard: Storage, `artifacts`, `<user id>/<model id>/`.",
            command='supabase storage ls "ss:///artifacts/$USER_ID/$MODEL/"'
            " --linked --experimental",
            retry="yes",
            seen=DEPLOYMENT,
        ),
        Entry(
            code="artifact_too_large",
            cause="Storage refuses the converted model: it is over the project's upload limit.",
            fix="Raise the limit, or train a smaller model.",
            look="Supabase dashboard: Storage, Settings, upload file size limit.",
            command=DETAIL,
            seen=DEPLOYMENT,
        ),
    ),
)
