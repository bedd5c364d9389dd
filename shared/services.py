"""The composition root: the only importer of adapters. Built when first used, once a process."""

from functools import cache, cached_property

from shared.auth import Principal, TokenVerifier
from shared.config import Settings, load_settings
from shared.deadline import Deadline
from shared.ports import ModelConverter, ModelFiles, Records, ServingTarget, UserData


class Services:
    """Everything a phase or a route may call, by port. Each is built on first use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def tokens(self) -> TokenVerifier:
        return TokenVerifier(self.settings)

    def user_data(self, principal: Principal, deadline: Deadline) -> UserData:
        """The rows that this user may see and change, through this user's own token."""
        from shared.supabase.user_data import SupabaseUserData

        return SupabaseUserData(self.settings, principal, deadline)

    @cached_property
    def records(self) -> Records:
        from shared.supabase.records import SupabaseRecords

        return SupabaseRecords(self.settings)

    @cached_property
    def files(self) -> ModelFiles:
        from shared.supabase.files import SupabaseFiles

        return SupabaseFiles(self.settings)

    @cached_property
    def converter(self) -> ModelConverter:
        from shared.conversion.converter import SandboxedConverter

        return SandboxedConverter(
            timeout_seconds=self.settings.conversion_timeout_seconds,
            memory_mb=self.settings.conversion_memory_mb,
        )

    @cached_property
    def serving(self) -> ServingTarget:
        from shared.azureml.gateway import AzureMLGateway

        return AzureMLGateway(self.settings)


@cache
def services() -> Services:
    """This process's services. SettingsError when the settings are not complete."""
    return Services(load_settings())
