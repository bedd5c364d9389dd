"""The SDK's exceptions become ours.

One that carries an answer goes through failures.py; without an answer it is AzureUnreachable, and
without a token IdentityUnavailable or IdentityRefused.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog

from shared.adapters.targets.azureml.answers import Answer, Intent, read_answer
from shared.adapters.targets.azureml.failures import explain, explain_with_log
from shared.adapters.targets.azureml.final_failures import workspace_gone
from shared.errors import SlipwayError
from shared.errors.serving import BadArgument, IdentityRefused
from shared.errors.waiting import AzureUnreachable, IdentityUnavailable

log = structlog.get_logger()

Found = TypeVar("Found")

_PASSING = re.compile(r"Token request error: \([^)]*\) (429|5\d\d)\b")
"""Throttled or broken: azure-identity tells these from a refusal in its text alone."""


@contextmanager
def translating(intent: Intent) -> Iterator[None]:
    """Whatever Azure's SDK raises inside becomes a UserFacingError or a TransientError."""
    try:
        yield
    except SlipwayError:
        raise
    except Exception as error:
        failure = _translate(error, intent)
        if failure is None:
            raise
        raise failure from error


def found_or_none(get: Callable[[], Found], intent: Intent) -> Found | None:
    """What `get` returns; None where the workspace has no such thing.

    Raises WorkspaceMissing where there is no such workspace, else as `translating`.
    """
    from azure.core.exceptions import ResourceNotFoundError

    with translating(intent):
        try:
            return get()
        except ResourceNotFoundError as error:
            answer = answer_of(error)
            if workspace_gone(answer, intent):
                raise failure_of(answer, intent) from error
            return None


def answer_of(error: Any) -> Answer:
    """The answer that an HttpResponseError carries."""
    response = error.response
    if response is None:
        return read_answer(error.status_code, error.message, {})
    return read_answer(response.status_code, response.text(), dict(response.headers))


def failure_of(answer: Answer, intent: Intent, log_tail: str | None = None) -> SlipwayError:
    """The error to raise for this answer; logs its code and the answer's ids."""
    if log_tail is None:
        failure = explain(answer, intent)
    else:
        failure = explain_with_log(answer, log_tail, intent)
    _note(failure, intent, answer)
    return failure


def _translate(error: Exception, intent: Intent) -> SlipwayError | None:
    """The error of ours; None for an exception that is not Azure's."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

    responded = _first(HttpResponseError, error)
    if isinstance(responded, ClientAuthenticationError) and _is_of_identity(responded):
        return _without_token(responded, intent)
    if responded is not None:
        return failure_of(answer_of(responded), intent)
    if not isinstance(error, AzureError):
        return None
    if hasattr(error, "no_personal_data_message"):  # azure.ai.ml's own MlException
        return BadArgument(f"Azure ML's SDK refuses to {intent.action}: {error.message}")
    log.warning("azure_unreachable", action=intent.action, kind=type(error).__name__)
    return AzureUnreachable(f"Azure did not answer when asked to {intent.action}.")


def _first(kind: type[BaseException], error: BaseException | None) -> BaseException | None:
    """The first of this kind along the chain of causes: the SDK wraps."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__
    return error


def _is_of_identity(error: Any) -> bool:
    """Whether no token could be had, rather than a token refused by Azure ML."""
    request = getattr(error.response, "request", None)
    url = str(getattr(request, "url", ""))
    return not (urlsplit(url).hostname or "").endswith((".azure.com", ".core.windows.net"))


def _without_token(error: Any, intent: Intent) -> SlipwayError:
    """Passing where azure-identity was throttled or failed, final where it was refused."""
    log.warning("identity_unavailable", action=intent.action)
    if _PASSING.search(str(error.message)):
        return IdentityUnavailable()
    return IdentityRefused(" ".join(str(error.message).split())[:300])


def _note(failure: SlipwayError, intent: Intent, answer: Answer) -> None:
    log.warning(
        "azure_refused",
        action=intent.action,
        code=failure.code,
        status=answer.status,
        azure_codes=answer.codes,
        **{name.replace("-", "_"): value for name, value in answer.ids.items()},
    )
