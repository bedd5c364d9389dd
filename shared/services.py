"""The composition root: the only importer of adapters. Composed when first used, once a process."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from azure.durable_functions import DurableOrchestrationClient

from shared.config import Settings, load_settings
from shared.domain.deadline import Deadline
from shared.identity.tokens import Principal, TokenVerifier
from shared.ports.models import ModelConverter, ModelFiles
from shared.ports.orchestrations import Orchestrations
from shared.ports.records import Records
from shared.ports.serving_target import ServingTarget
from shared.ports.sizes import Sizes
from shared.ports.user_batches import UserBatches
from shared.ports.user_data import UserData
from shared.ports.user_models import UserModels
from shared.ports.user_templates import UserTemplates
from shared.scratch import sweep
from shared.use_cases.known_sizes import KnownSizes
from shared.use_cases.offer_sizes import OfferedSizes
from shared.use_cases.request_counts import RequestCounts


@dataclass(frozen=True)
class Services:
    """Everything a phase, a route or a timer may call, by port."""

    settings: Settings
    tokens: TokenVerifier
    records: Records
    files: ModelFiles
    converter: ModelConverter
    target: ServingTarget
    request_counts: RequestCounts
    """Of endpoints, in the last hour."""
    sizes: Sizes
    """What may be deployed, as the database has it."""
    offered: OfferedSizes
    """The same with price and quota of now."""
    user_data: Callable[[Principal, Deadline], UserData]
    """The rows that this user may see and change, through this user's own token."""
    user_models: Callable[[Principal, Deadline], UserModels]
    """The models of this user, in the same way."""
    user_templates: Callable[[Principal, Deadline], UserTemplates]
    user_batches: Callable[[Principal, Deadline], UserBatches]
    orchestrations: Callable[[DurableOrchestrationClient], Orchestrations]
    """Durable Functions through one invocation's client; called in that invocation's loop."""


def compose(settings: Settings) -> Services:
    """The services over Supabase, the sandbox, Azure ML and Durable Functions; does no I/O."""
    from shared.adapters.conversion.converter import SandboxedConverter
    from shared.adapters.durable import DurableOrchestrations
    from shared.adapters.supabase.files import SupabaseFiles
    from shared.adapters.supabase.records import SupabaseRecords
    from shared.adapters.supabase.user_batches import SupabaseUserBatches
    from shared.adapters.supabase.user_data import SupabaseUserData
    from shared.adapters.supabase.user_models import SupabaseUserModels
    from shared.adapters.supabase.user_templates import SupabaseUserTemplates
    from shared.adapters.targets.azureml.target import AzureMLTarget

    records = SupabaseRecords(settings)
    sizes = KnownSizes(records.instance_types)
    target = AzureMLTarget(settings, sizes=sizes)
    return Services(
        settings=settings,
        tokens=TokenVerifier(settings),
        records=records,
        files=SupabaseFiles(settings),
        converter=SandboxedConverter(
            timeout_seconds=settings.conversion_timeout_seconds,
            memory_mb=settings.conversion_memory_mb,
            cache_mb=settings.conversion_cache_mb,
        ),
        target=target,
        request_counts=RequestCounts(target),
        sizes=sizes,
        offered=OfferedSizes(target, sizes),
        user_data=lambda principal, deadline: SupabaseUserData(settings, principal, deadline),
        user_models=lambda principal, deadline: SupabaseUserModels(settings, principal, deadline),
        user_templates=lambda principal, deadline: SupabaseUserTemplates(
            settings, principal, deadline
        ),
        user_batches=lambda principal, deadline: SupabaseUserBatches(settings, principal, deadline),
        orchestrations=DurableOrchestrations,
    )


@cache
def services() -> Services:
    """This process's services. Raises SettingsError when the settings are not complete.

    Made when the app starts, by the timers that begin with it: so that is when what dead processes
    have left on the disk goes.
    """
    sweep()
    return compose(load_settings())
