"""What a hosted project has and this one has not: every such path says so by name, with 501."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

FEATURES = {
    "/realtime/v1": "Realtime",
    "/functions/v1": "Edge Functions",
    "/graphql/v1": "GraphQL",
    "/rest-admin/v1": "The REST admin API",
    "/storage/v1/render": "Image transformation",
    "/storage/v1/upload/resumable": "Resumable (TUS) upload",
    "/storage/v1/s3": "The S3 protocol",
    "/storage/v1/iceberg": "Analytics buckets",
    "/storage/v1/vector": "Vector buckets",
    "/storage/v1/cdn": "Purging of a CDN",
    "/storage/v1/bucket/{bucket}/lifecycle": "Lifecycles of buckets",
    "/auth/v1/otp": "Sign-in by one-time password",
    "/auth/v1/magiclink": "Sign-in by magic link",
    "/auth/v1/authorize": "OAuth sign-in",
    "/auth/v1/callback": "OAuth sign-in",
    "/auth/v1/resend": "Verification by e-mail",
    "/auth/v1/reauthenticate": "Reauthentication by e-mail",
    "/auth/v1/factors": "Multi-factor authentication",
    "/auth/v1/sso": "Single sign-on",
    "/auth/v1/saml": "Single sign-on",
    "/auth/v1/oauth": "The OAuth server",
    "/auth/v1/passkeys": "Passkeys",
    "/auth/v1/invite": "Invitation by e-mail",
    "/auth/v1/user/identities": "Linked identities",
    "/auth/v1/user/oauth": "The OAuth server",
    "/auth/v1/.well-known/openid-configuration": "The OAuth server",
    "/auth/v1/.well-known/oauth-authorization-server": "The OAuth server",
    "/auth/v1/admin/generate_link": "Links by e-mail",
    "/auth/v1/admin/oauth": "The OAuth server",
    "/auth/v1/admin/custom-providers": "OAuth sign-in",
    "/auth/v1/admin/users/{id}/factors": "Multi-factor authentication",
    "/auth/v1/admin/users/{id}/passkeys": "Passkeys",
    "/auth/v1/admin/sso": "Single sign-on",
    "/auth/v1/admin/audit": "The audit log",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def absent_routes() -> list[Route]:
    return [
        Route(f"{prefix}{rest}", _refuse(feature), methods=METHODS)
        for prefix, feature in FEATURES.items()
        for rest in ("", "/{rest:path}")
    ]


def _refuse(feature: str) -> Callable[[Request], Awaitable[Response]]:
    message = f"{feature} is not part of the local Supabase."

    async def refuse(_: Request) -> Response:
        # Every service's clients find their own field here.
        body = {
            "code": "not_implemented",
            "error_code": "not_implemented",
            "statusCode": "501",
            "error": "not_implemented",
            "msg": message,
            "message": message,
            "feature": feature,
        }
        return JSONResponse(body, 501)

    return refuse
