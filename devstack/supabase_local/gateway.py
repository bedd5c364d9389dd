"""The gateway: one ASGI app for all services of the project."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from devstack.supabase_local.absent import absent_routes
from devstack.supabase_local.access import Access
from devstack.supabase_local.auth.admin import AdminRoutes
from devstack.supabase_local.auth.routes import AuthRoutes
from devstack.supabase_local.auth.sessions import Issuer
from devstack.supabase_local.catalog.watch import CatalogWatch
from devstack.supabase_local.database import Database
from devstack.supabase_local.faults import CONTROL, Faults
from devstack.supabase_local.rest.routes import RestRoutes, unsupported
from devstack.supabase_local.storage.bucket_routes import BucketRoutes
from devstack.supabase_local.storage.download_routes import DownloadRoutes
from devstack.supabase_local.storage.files import Files
from devstack.supabase_local.storage.listing_routes import ListingRoutes
from devstack.supabase_local.storage.object_routes import ObjectRoutes
from devstack.supabase_local.storage.signing import UrlSigner
from devstack.supabase_local.storage.upload_routes import UploadRoutes

EXPOSED = [
    "Content-Disposition",
    "Content-Location",
    "Content-Profile",
    "Content-Range",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "Proxy-Status",
    "Retry-After",
    "WWW-Authenticate",
    "X-Sb-Error-Code",
    "X-Supabase-Api-Version",
    "X-Total-Count",
]


class Services:
    """What the routes share; made before PostgreSQL runs, used when it does."""

    def __init__(
        self,
        database: Database,
        watch: CatalogWatch,
        access: Access,
        issuer: Issuer,
        files: Files,
        rotate_keys: Callable[[], None],
        *,
        anonymous_sign_ins: bool,
    ) -> None:
        self.database, self.watch, self.access = database, watch, access
        self.issuer, self.files, self.rotate_keys = issuer, files, rotate_keys
        self.anonymous_sign_ins = anonymous_sign_ins
        self.faults = Faults()

    def routes(self) -> list[Route]:
        """The specific before the general: `object/{bucket}/...` would take nearly everything."""
        signer = UrlSigner(self.access.keys.storage_secret)
        shared = (self.database, self.access, self.files)
        return [
            Route(f"{CONTROL}/health", _health),
            *self.faults.routes(),
            *absent_routes(),
            *AdminRoutes(self.database, self.access, self.rotate_keys).routes(),
            *AuthRoutes(
                self.database,
                self.access,
                self.issuer,
                anonymous_sign_ins=self.anonymous_sign_ins,
            ).routes(),
            *BucketRoutes(*shared).routes(),
            *ListingRoutes(self.database, self.access).routes(),
            *ObjectRoutes(*shared).routes(),
            *DownloadRoutes(*shared, signer).routes(),
            *UploadRoutes(*shared, signer).routes(),
            *RestRoutes(self.database, self.watch, self.access).routes(),
        ]


def create_gateway(services: Services) -> ASGIApp:
    app = Starlette(
        routes=services.routes(),
        middleware=[Middleware(services.faults.around)],
        exception_handlers={404: _nowhere, 405: _wrong_method, Exception: _failed},
    )
    # Around everything, so that browsers can read faults to order and failures too.
    return CORSMiddleware(
        app,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=3600,
    )


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _nowhere(request: Request, _: Exception) -> Response:
    return _problem(404, "not_found", f"There is nothing at {request.url.path}.")


async def _wrong_method(request: Request, wrong: Exception) -> Response:
    if request.url.path.startswith("/rest/v1/"):
        return unsupported(request)
    if request.url.path.startswith("/storage/v1/"):
        return await _nowhere(request, wrong)
    return _problem(405, "method_not_allowed", f"{request.url.path} has no {request.method}.")


async def _failed(_: Request, __: Exception) -> Response:
    return _problem(500, "internal_error", "The local Supabase failed; its log says why.")


def _problem(status: int, code: str, message: str) -> Response:
    return JSONResponse(
        {"code": code, "message": message, "msg": message, "details": None, "hint": None}, status
    )
