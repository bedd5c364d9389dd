-- Why: an anonymous user, whom the API and every function refuse unless a setting allows them, could
--   fill the bucket of model files.
-- Safe online: a stricter condition in a function that policies ask once a query.
-- Undo: apply slipway.present_user() and slipway.caller() of 20261129140000 again.
-- RLS: owners read and write as before; anonymous users only where allow_anonymous is set.

-- The signed-in user; null where the token has outlived its user or its session, and for an anonymous
-- user where the limits do not allow them. Definer, because users may not read the schema auth.
create or replace function slipway.present_user()
returns uuid language plpgsql stable security definer set search_path = '' as $$
declare
  caller uuid := auth.uid();
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  session uuid := nullif(claims ->> 'session_id', '')::uuid;
begin
  if exists (
       select from auth.users u
        where u.id = caller and (u.banned_until is null or u.banned_until <= now()))
     and (session is null or exists (
       select from auth.sessions s where s.id = session and s.user_id = caller))
     and (claims ->> 'is_anonymous' is distinct from 'true'
          or (select l.allow_anonymous from slipway.deployment_limits l)) then
    return caller;
  end if;
  return null;
end
$$;

create or replace function slipway.caller()
returns uuid language plpgsql stable security definer set search_path = '' as $$
declare
  caller uuid := slipway.present_user();
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
  if caller is null and claims ->> 'is_anonymous' = 'true'
     and not (select l.allow_anonymous from slipway.deployment_limits l) then
    perform slipway.refuse('anonymous_refused');
  elsif caller is null then
    perform slipway.refuse('not_signed_in');
  end if;
  return caller;
end
$$;
