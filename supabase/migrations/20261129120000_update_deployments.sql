-- Why: a living deployment can be changed: description and expiry at once, instances, autoscale and
--   environment variables by an operation, whose values the row takes once the cloud has them.
-- Safe online: functions, and a constraint on a column that is null in all rows of before.
-- Undo: drop function public.update_deployment(uuid, jsonb), public.keep_update(uuid, jsonb); alter
--   table public.deployments drop constraint deployments_autoscale_legal; drop function
--   slipway.is_autoscale(jsonb, integer).
-- RLS: as the rows that they change; a user changes only their own, through update_deployment.

-- Limits as shared/domain/release.py has them; the count of instances lies between them.
create or replace function slipway.is_autoscale(autoscale jsonb, instance_count integer)
returns boolean language plpgsql immutable set search_path = '' as $$
declare
  fields text[] := array['min', 'max', 'cpu_percent', 'scale_in_cooldown_minutes'];
begin
  if autoscale is null then
    return true;
  elsif jsonb_typeof(autoscale) <> 'object' or not autoscale ?& fields or autoscale - fields <> '{}' then
    return false;
  elsif exists (select from jsonb_each(autoscale) f
                 where jsonb_typeof(f.value) <> 'number' or f.value::text !~ '^\d{1,4}$') then
    return false;
  end if;
  return (autoscale ->> 'min')::integer between 1 and 10
     and (autoscale ->> 'max')::integer between (autoscale ->> 'min')::integer and 10
     and (autoscale ->> 'cpu_percent')::integer between 10 and 95
     and (autoscale ->> 'scale_in_cooldown_minutes')::integer between 1 and 1440
     and instance_count between (autoscale ->> 'min')::integer and (autoscale ->> 'max')::integer;
end
$$;
alter table public.deployments drop constraint if exists deployments_autoscale_legal;
alter table public.deployments add constraint deployments_autoscale_legal
  check (slipway.is_autoscale(nullif(autoscale, 'null'), instance_count)) not valid;
alter table public.deployments validate constraint deployments_autoscale_legal;

-- Changes a deployment of the caller's: the row as it is now, and the operation for what the cloud
-- has to change, null where there is none. All or nothing. Refuses with unknown_fields,
-- deployment_not_found, not_active, operation_running.
create or replace function public.update_deployment(deployment_id uuid, fields jsonb)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.caller();
  in_the_cloud text[] := array['instance_count', 'autoscale', 'environment_variables'];
  kept jsonb := fields - in_the_cloud;
  change jsonb := (select coalesce(jsonb_object_agg(f.key, f.value), '{}')
                     from jsonb_each(fields) f where f.key = any (in_the_cloud));
  foreign_fields text[] := (
    select array_agg(k) from jsonb_object_keys(kept) k
     where k not in ('description', 'expires_in_hours', 'on_expiry'));
  begun jsonb;
begin
  if foreign_fields is not null then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', foreign_fields));
  end if;
  if change <> '{}' then
    begun := public.request_change('update', deployment_id, change);
  else
    perform slipway.enter();
  end if;
  update public.deployments d
     set (description, expires_in_hours, on_expiry) = (
           select f.description, f.expires_in_hours, f.on_expiry from jsonb_populate_record(d, kept) f),
         expires_at = case
           when kept ? 'expires_in_hours'
           then now() + make_interval(secs => (kept ->> 'expires_in_hours')::double precision * 3600)
           else d.expires_at end
   where d.id = update_deployment.deployment_id and d.user_id = caller and d.status <> 'deleted';
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
  return jsonb_build_object('operation', begun, 'deployment', (
    select to_jsonb(v) from public.deployment_rows v where v.id = update_deployment.deployment_id));
end
$$;

-- The cloud has these values now, so the row has them. False where it is no longer active.
create or replace function public.keep_update(deployment_id uuid, fields jsonb)
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  foreign_fields text[] := (
    select array_agg(k) from jsonb_object_keys(fields) k
     where k not in ('instance_count', 'autoscale', 'environment_variables'));
begin
  if foreign_fields is not null then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', foreign_fields));
  end if;
  update public.deployments d
     set (instance_count, autoscale, environment_variables) = (
           select f.instance_count, nullif(f.autoscale, 'null'), f.environment_variables
             from jsonb_populate_record(d, fields) f)
   where d.id = keep_update.deployment_id and d.status = 'active';
  return found;
end
$$;

revoke all on function public.update_deployment(uuid, jsonb), public.keep_update(uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.update_deployment(uuid, jsonb) to authenticated;
grant execute on function public.keep_update(uuid, jsonb) to service_role;
