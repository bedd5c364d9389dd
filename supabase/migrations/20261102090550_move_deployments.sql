-- Why: the pipeline moves a deployment through its life, whole steps at a time.
-- Safe online: functions only.
-- Undo: drop function public.move_deployment(uuid, text, jsonb), public.rename_endpoint(uuid, text),
--   public.living_on_endpoint(text).
-- RLS: only the service role may call them.

-- Status and columns in one conditional update; false where the move is illegal or the row is gone.
create or replace function public.move_deployment(
  deployment_id uuid, to_status text, fields jsonb default '{}')
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  foreign_fields text[] := (
    select array_agg(k) from jsonb_object_keys(fields) k
     where k not in ('azure_model_name', 'azure_model_version', 'scoring_uri', 'swagger_uri',
                     'error_message', 'deployed_at'));
begin
  if foreign_fields is not null then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', foreign_fields));
  end if;
  update public.deployments d
     set status = to_status,
         (azure_model_name, azure_model_version, scoring_uri, swagger_uri, error_message, deployed_at) = (
           select f.azure_model_name, f.azure_model_version, f.scoring_uri, f.swagger_uri,
                  f.error_message, f.deployed_at
             from jsonb_populate_record(d, fields) f)
   where d.id = deployment_id and slipway.may_move(d.status, to_status);
  return found;
end
$$;

-- Another name for a deployment in flight, claim included. Refuses with endpoint_name_taken and
-- deployment_not_found.
create or replace function public.rename_endpoint(deployment_id uuid, endpoint_name text)
returns void language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || lower(endpoint_name), 0));
  update public.deployments d set endpoint_name = rename_endpoint.endpoint_name
   where d.id = deployment_id and d.status = 'deploying';
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
exception
  when exclusion_violation or unique_violation then
    perform slipway.refuse('endpoint_name_taken', jsonb_build_object('name', endpoint_name));
end
$$;

-- Deploying and active deployments there, newest first. Endpoint names have no case.
create or replace function public.living_on_endpoint(endpoint_name text)
returns setof public.deployments language sql stable set search_path = '' as $$
  select d.* from public.deployments d
   where lower(d.endpoint_name) = lower(living_on_endpoint.endpoint_name)
     and d.status in ('deploying', 'active')
   order by d.created_at desc, d.id desc
$$;

revoke all on function
  public.move_deployment(uuid, text, jsonb),
  public.rename_endpoint(uuid, text),
  public.living_on_endpoint(text)
  from public, anon, authenticated;
grant execute on function
  public.move_deployment(uuid, text, jsonb),
  public.rename_endpoint(uuid, text),
  public.living_on_endpoint(text)
  to service_role;
