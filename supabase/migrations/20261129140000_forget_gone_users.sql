-- Why: a user who was deleted, banned or signed out could read their own rows and files over REST
--   until their token expired. Now the policies ask for the session too, once a query. Writes to
--   tables over REST count as requests, as calls of functions do.
-- Safe online: policies of the same names with a stricter condition. The setting of the role
--   authenticator replaces a pre-request function of the project's own, where it has one: call that
--   one from before_request.
-- Undo: alter role authenticator reset pgrst.db_pre_request; notify pgrst, 'reload config'; drop function
--   public.before_request(); the policies below with auth.uid() in place of slipway.present_user();
--   slipway.caller() of 20261127080000; drop function slipway.present_user().
-- RLS: owners read, as before, while they are signed in.

-- The signed-in user; null where the token has outlived its user or its session. Definer, because
-- users may not read the schema auth.
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
       select from auth.sessions s where s.id = session and s.user_id = caller)) then
    return caller;
  end if;
  return null;
end
$$;
revoke all on function slipway.present_user() from public, anon, authenticated, service_role;
grant execute on function slipway.present_user() to authenticated;

create or replace function slipway.caller()
returns uuid language plpgsql stable security definer set search_path = '' as $$
declare
  caller uuid := slipway.present_user();
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
  if caller is null then
    perform slipway.refuse('not_signed_in');
  elsif claims ->> 'is_anonymous' = 'true'
     and not (select l.allow_anonymous from slipway.deployment_limits l) then
    perform slipway.refuse('anonymous_refused');
  end if;
  return caller;
end
$$;

-- A table of models that was there before has policies of its own, and a view has none.
do $$
declare
  ours record;
begin
  for ours in
    select p.policyname, p.cmd from pg_policies p
     where p.schemaname = 'public' and p.tablename = 'trained_models'
       and p.policyname in ('Owners read their models', 'Owners add models', 'Owners rename their models',
                            'Owners remove their models')
  loop
    execute format('alter policy %I on public.trained_models %s', ours.policyname,
      case when ours.cmd <> 'INSERT' then 'using ((select slipway.present_user()) = user_id)' else '' end
      || case when ours.cmd in ('INSERT', 'UPDATE')
              then ' with check ((select slipway.present_user()) = user_id)' else '' end);
  end loop;
end
$$;
alter policy "Owners read their verdicts" on public.model_scans
  using ((select slipway.present_user()) = user_id);
alter policy "Owners read their deployments" on public.deployments
  using ((select slipway.present_user()) = user_id);
alter policy "Owners read their timeline" on public.deployment_events
  using ((select slipway.present_user()) = user_id);
alter policy "Owners read their endpoints" on public.endpoints
  using ((select slipway.present_user()) = user_id);
alter policy "Owners read their operations" on public.operations
  using ((select slipway.present_user()) = user_id);
alter policy "Owners read their traffic moves" on public.traffic_moves
  using ((select slipway.present_user()) = user_id);
alter policy "Owners read their templates" on public.templates
  using ((select slipway.present_user()) = user_id);

drop policy if exists "Owners read their model files" on storage.objects;
create policy "Owners read their model files" on storage.objects
  for select to authenticated
  using (bucket_id = 'models' and (storage.foldername(name))[1] = (select slipway.present_user())::text);
drop policy if exists "Owners upload model files" on storage.objects;
create policy "Owners upload model files" on storage.objects
  for insert to authenticated
  with check (bucket_id = 'models' and (storage.foldername(name))[1] = (select slipway.present_user())::text);
drop policy if exists "Owners replace their model files" on storage.objects;
create policy "Owners replace their model files" on storage.objects
  for update to authenticated
  using (bucket_id = 'models' and (storage.foldername(name))[1] = (select slipway.present_user())::text)
  with check (bucket_id = 'models' and (storage.foldername(name))[1] = (select slipway.present_user())::text);
drop policy if exists "Owners remove their model files" on storage.objects;
create policy "Owners remove their model files" on storage.objects
  for delete to authenticated
  using (bucket_id = 'models' and (storage.foldername(name))[1] = (select slipway.present_user())::text);

-- PostgREST calls it before each request, in its transaction. A read's transaction is read-only, so
-- that reads cannot be counted; functions count themselves.
create or replace function public.before_request()
returns void language plpgsql security definer set search_path = '' as $$
declare
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
  if claims ->> 'role' = 'authenticated'
     and current_setting('request.method', true) in ('POST', 'PUT', 'PATCH', 'DELETE')
     and current_setting('request.path', true) not like '/rpc/%' then
    perform slipway.enter();
  end if;
end
$$;
revoke all on function public.before_request() from public, anon, authenticated, service_role;
grant execute on function public.before_request() to anon, authenticated, service_role;
alter role authenticator set pgrst.db_pre_request = 'public.before_request';
notify pgrst, 'reload config';
