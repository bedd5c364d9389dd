"""Why Azure ML said no, and whether another try may help: a Reply becomes a Slipway error.

Neither the status nor `error.code` decides alone: the service reports a full quota as BadRequest,
a crashed container within HTTP 200, and throttling of one of its own parts as UserError.
Codes of ours are listed in `refusing` (final) and `waiting` (worth another try).
"""

import re
from dataclasses import replace

from shared.adapters.targets.azureml import refusing, waiting
from shared.adapters.targets.azureml.attempt import Attempt
from shared.adapters.targets.azureml.replies import Reply
from shared.errors import SlipwayError

MAX_DETAIL = 8 * 1024
_RAISED = re.compile(
    r"^(?:[\w.]+ - )?(?:[a-z_]\w*\.)*((?!UserScriptException)\w+(?:Error|Exception): .{1,200})",
    re.MULTILINE,
)
"""A traceback's last line; UserScriptException is the inference server's wrapping of another."""

RULES = (
    waiting.region_capacity,
    refusing.core_quota,
    refusing.name_taken,
    waiting.endpoint_busy,
    waiting.name_not_free_yet,
    refusing.image_build,
    refusing.container_crash,
    refusing.secrets_injection,
    refusing.model_missing,
    refusing.datastore_missing,
    refusing.provider_missing,
    waiting.throttled,
    refusing.workspace_gone,
    refusing.policy_forbids,
    refusing.locked,
    refusing.no_right,
    refusing.no_identity,
    waiting.cancelled,
    waiting.backend,
    refusing.immutable,
    waiting.conflict,
    refusing.bad_argument,
)
"""The order matters: what names its cause comes before what only has a status."""


def explain(reply: Reply, attempt: Attempt) -> SlipwayError:
    """The error to raise; ServingRefused operation_failed when no rule knows the answer."""
    failure: SlipwayError | None = None
    for rule in RULES:
        if failure := rule(reply, attempt):
            break
    failure = failure or refusing.anything_else(reply, attempt)
    return _detailed(failure, detail_of(reply))


def detail_of(reply: Reply, log: str = "") -> str | None:
    """Azure's own words, the ids its support asks for, and the end of a log; at most 8 KB."""
    ids = [f"{name}: {value}" for name, value in reply.ids.items()]
    head = "\n".join([*reply.messages, *ids])[: MAX_DETAIL // 2]
    room = MAX_DETAIL - len(head) - 2
    return "\n\n".join(part for part in (head, log.strip()[-room:]) if part) or None


def explain_with_log(reply: Reply, log: str, attempt: Attempt) -> SlipwayError:
    """As explain; the end of the log goes into the detail, its last exception into the message."""
    raised = _RAISED.findall(f"{reply.text}\n{log}")
    failure = explain(replace(reply, raised=raised[-1] if raised else ""), attempt)
    return _detailed(failure, detail_of(reply, log))


def _detailed(failure: SlipwayError, detail: str | None) -> SlipwayError:
    failure.detail = detail
    return failure
