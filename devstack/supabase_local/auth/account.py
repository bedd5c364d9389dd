"""What a signed-in user may change of the own account."""

from devstack.supabase_local.auth import bodies, passwords, sessions, users
from devstack.supabase_local.auth.errors import AuthError
from devstack.supabase_local.database import Connection


async def change(
    connection: Connection, user: users.Row, body: bodies.Change, session_id: str
) -> users.Row:
    """The user as changed; a new password ends the user's other sessions.

    Raises same_password, weak_password, email_exists, validation_failed, not_admin.
    """
    bodies.demand_no_phone(body.phone)
    if body.app_metadata is not None:
        raise AuthError(403, "not_admin", "Updating app_metadata requires admin privileges")
    changes: dict[str, object] = {}
    if body.data:
        changes["raw_user_meta_data"] = bodies.merged_metadata(
            user["raw_user_meta_data"], body.data
        )
    if body.email:
        changes["email"] = bodies.checked_email(body.email).lower()
    if body.password is not None:
        changes["encrypted_password"] = await _new_password(user, body, body.password)
        await sessions.close_sessions(connection, str(user["id"]), session_id, "others")
    changed = await users.change(connection, user["id"], **changes)
    if changed["is_anonymous"] and changed["email"]:
        return await users.make_permanent(connection, changed)
    return changed


async def _new_password(user: users.Row, body: bodies.Change, password: str) -> str:
    if user["is_anonymous"] and not (user["email"] or body.email):
        raise AuthError(
            422,
            "validation_failed",
            "Updating password of an anonymous user without an email or phone is not allowed",
        )
    passwords.demand_acceptable(password)
    if await passwords.matches(user["encrypted_password"], password):
        message = "New password should be different from the old password."
        raise AuthError(422, "same_password", message)
    return await passwords.hash_password(password)
