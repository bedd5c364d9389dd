"""An Answer of Azure ML becomes a Slipway error, which says why, and whether to try again.

Neither the status nor `error.code` decides alone: the service reports a full quota as BadRequest,
a crashed container within HTTP 200, and throttling of one of its own parts as UserError.
The rules are in final_failures.py and, where another try may help, in passing_failures.py: each
takes an Answer and the Intent, and returns an error, or None where the answer is not of its kind.
"""

import re
from dataclasses import replace

from shared.adapters.targets.azureml import final_failures, passing_failures
from shared.adapters.targets.azureml.answers import Answer, Intent
from shared.errors import SlipwayError

MAX_DETAIL = 8 * 1024
_RAISED = re.compile(
    r"^(?:[\w.]+ - )?(?:[a-z_]\w*\.)*((?!UserScriptException)\w+(?:Error|Exception): .{1,200})",
    re.MULTILINE,
)
"""A traceback's last line; UserScriptException is the inference server's wrapping of another."""

RULES = (
    passing_failures.region_capacity,
    final_failures.core_quota,
    final_failures.name_taken,
    passing_failures.endpoint_busy,
    passing_failures.name_not_free_yet,
    final_failures.image_build,
    final_failures.container_crash,
    final_failures.secrets_injection,
    final_failures.model_missing,
    final_failures.datastore_missing,
    final_failures.provider_missing,
    passing_failures.throttled,
    final_failures.workspace_gone,
    final_failures.policy_forbids,
    final_failures.locked,
    final_failures.no_right,
    final_failures.no_identity,
    passing_failures.cancelled,
    passing_failures.backend,
    final_failures.immutable,
    passing_failures.conflict,
    final_failures.bad_argument,
)
"""The order matters: what names its cause comes before what only has a status."""


def explain(answer: Answer, intent: Intent) -> SlipwayError:
    """The error to raise for this answer; OperationFailed where no rule knows it."""
    failure: SlipwayError | None = None
    for rule in RULES:
        if failure := rule(answer, intent):
            break
    failure = failure or final_failures.anything_else(answer, intent)
    return _detailed(failure, detail_of(answer))


def detail_of(answer: Answer, log: str = "") -> str | None:
    """Azure's own words, the ids its support asks for, and the end of a log; at most 8 KB."""
    ids = [f"{name}: {value}" for name, value in answer.ids.items()]
    head = "\n".join([*answer.messages, *ids])[: MAX_DETAIL // 2]
    room = MAX_DETAIL - len(head) - 2
    return "\n\n".join(part for part in (head, log.strip()[-room:]) if part) or None


def explain_with_log(answer: Answer, log: str, intent: Intent) -> SlipwayError:
    """The same; the end of the log goes into the detail, its last exception into the message."""
    raised = _RAISED.findall(f"{answer.text}\n{log}")
    failure = explain(replace(answer, raised=raised[-1] if raised else ""), intent)
    return _detailed(failure, detail_of(answer, log))


def _detailed(failure: SlipwayError, detail: str | None) -> SlipwayError:
    failure.detail = detail
    return failure
