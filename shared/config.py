"""Settings: the only reader of the environment. Wrong or missing ones are all named, at start."""

import re
from functools import cache
from typing import Self

from pydantic import (
    AnyHttpUrl,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


class SettingsError(SystemExit):
    """The app cannot start; the message lists every setting that is missing or wrong."""


class Settings(BaseSettings):
    """One field a setting; the environment variable is the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_file=None, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    supabase_url: AnyHttpUrl = Field(description="The Supabase project's URL.")
    supabase_anon_key: SecretStr = Field(description="The publishable key (or legacy anon key).")
    supabase_service_key: SecretStr = Field(
        description="The secret key (or legacy service_role key), for activities and the sweeper."
    )
    supabase_jwt_secret: SecretStr | None = Field(
        None, description="Only for projects that still sign with a legacy HS256 secret."
    )
    supabase_timeout_seconds: float = Field(
        4.0,
        gt=0,
        le=60,
        description="How long a request may wait for Supabase before it answers 503.",
    )

    azure_subscription_id: str = Field(min_length=1, description="Where the workspace lives.")
    azure_resource_group: str = Field(min_length=1, description="Where the workspace lives.")
    azure_workspace_name: str = Field(min_length=1, description="The Azure ML workspace.")
    azure_client_id: str | None = Field(
        None, description="Client id of the managed identity; absent means the system-assigned one."
    )
    azure_tenant_id: str | None = Field(
        None, description="Only to develop with a service principal instead of a managed identity."
    )
    azure_client_secret: SecretStr | None = Field(
        None, description="Only to develop with a service principal instead of a managed identity."
    )

    max_model_mb: int = Field(500, ge=1, le=4096, description="Largest model file, in MB.")
    conversion_timeout_seconds: int = Field(
        240, ge=10, le=540, description="How long the disposable conversion process may take."
    )
    conversion_memory_mb: int = Field(
        2048, ge=1024, le=16384, description="Address space of the conversion process, in MB."
    )
    conversion_cache_mb: int = Field(
        600,
        ge=300,
        le=65536,
        description="Disk for the environments that convert; the least used ones go first.",
    )
    endpoint_deadline_minutes: float = Field(
        20, gt=0, le=120, description="How long creating an endpoint may take."
    )
    deployment_deadline_minutes: float = Field(
        45,
        gt=0,
        le=240,
        description="How long creating a deployment may take, image build included.",
    )
    traffic_deadline_minutes: float = Field(
        15, gt=0, le=120, description="How long moving traffic may take."
    )
    removal_deadline_minutes: float = Field(
        60,
        gt=0,
        le=240,
        description="How long removing resources may take before it is left to the sweeper.",
    )
    step_deadline_minutes: float = Field(
        30, gt=0, le=120, description="How long any other phase may take, its retries included."
    )

    max_deploying: int = Field(
        20, ge=1, description="Deployments in flight, per user; all of a batch count at once."
    )
    max_active: int = Field(20, ge=1, description="Active deployments, per user.")
    max_requests_per_minute: int = Field(300, ge=1, description="API requests a minute, per user.")
    max_score_kb: int = Field(1024, ge=1, le=102400, description="Largest scoring payload, in KB.")
    score_timeout_seconds: float = Field(
        60, gt=0, le=200, description="How long the score route waits for the endpoint."
    )
    allow_anonymous_users: bool = Field(
        False, description="Whether Supabase's anonymous sign-ins may use the API and keep files."
    )
    cors_allowed_origins: str = Field(
        "",
        description="Origins whose pages may call the API, such as `https://app.example.com`, "
        "separated by commas; without any, no browser page can.",
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Verbosity.")

    @field_validator("cors_allowed_origins")
    @classmethod
    def _as_browsers_send_them(cls, origins: str) -> str:
        """Scheme, host and port in small letters; no path and no wildcard."""
        for origin in _listed(origins):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin such as https://app.example.com")
        return origins

    @model_validator(mode="after")
    def _service_principal_is_whole(self) -> Self:
        if (self.azure_client_secret is None) != (self.azure_tenant_id is None):
            raise ValueError("AZURE_TENANT_ID and AZURE_CLIENT_SECRET belong together")
        if self.azure_client_secret and not self.azure_client_id:
            raise ValueError("AZURE_CLIENT_SECRET needs AZURE_CLIENT_ID")
        return self

    @property
    def supabase(self) -> str:
        """The project's URL without a trailing slash."""
        return str(self.supabase_url).rstrip("/")

    @property
    def origins(self) -> tuple[str, ...]:
        """Whose pages may call the API."""
        return _listed(self.cors_allowed_origins)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


@cache
def load_settings() -> Settings:
    """The process's settings. Raises SettingsError, which names each missing or wrong one."""
    try:
        return Settings()
    except ValidationError as invalid:
        raise SettingsError(_told(invalid)) from None


def _told(invalid: ValidationError) -> str:
    lines = ["Slipway cannot start; fix these settings (local.settings.json or the environment):"]
    for error in invalid.errors(include_url=False, include_input=False, include_context=False):
        field = str(error["loc"][0]) if error["loc"] else None
        meaning = (
            (Settings.model_fields[field].description or "")
            if field in Settings.model_fields
            else ""
        )
        name = field.upper() if field else "combination"
        problem = "is missing" if error["type"] == "missing" else error["msg"]
        lines.append(f"  {name}: {problem}. {meaning}".rstrip())
    return "\n".join(lines)
