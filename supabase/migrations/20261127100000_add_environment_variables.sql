-- Why: a deployment's containers take environment variables of its user's. Values stay out of lists.
-- Safe online: a column without a default, null in rows of older releases; no row is rewritten.
-- Undo: apply list_deployments, deployment_rows and slipway.spec_fields of 20261127090000 again;
--   alter table public.deployments drop column environment_variables;
--   drop function slipway.are_variables(jsonb).
-- RLS: as the row that they belong to.

-- Names, sizes and reserved names as shared/domain/variables.py has them; a test holds both together.
create or replace function slipway.are_variables(variables jsonb)
returns boolean language sql immutable set search_path = '' as $$
  select case when jsonb_typeof(variables) <> 'object' then false else (
    select count(*) <= 32
       and coalesce(sum(length(v.key) + octet_length(v.value #>> '{}')), 0) <= 8192
       and coalesce(bool_and(
             jsonb_typeof(v.value) = 'string'
             and octet_length(v.value #>> '{}') <= 2048
             and v.value #>> '{}' !~ '[[:cntrl:]]'
             and v.key ~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$'
             and v.key !~* '^((AZUREML|AML|AZURE|MSI|IDENTITY|WORKER|SLIPWAY|PYTHON|LD|GUNICORN|UVICORN|CONDA)_.*|PYTHON[A-Z0-9]*|PATH|HOME|BASH_ENV|ENV|SCORING_TIMEOUT_MS)$'),
             true)
      from jsonb_each(variables) v) end
$$;

alter table public.deployments add column if not exists environment_variables jsonb
  constraint deployments_environment_variables_legal check (slipway.are_variables(environment_variables));

create or replace function slipway.spec_fields()
returns text[] language sql immutable set search_path = '' as $$
  select array['model_id', 'deployment_name', 'endpoint_name', 'description', 'instance_type',
               'instance_count', 'environment_variables']
$$;

create or replace view public.deployment_rows with (security_invoker = true) as
select d.id, d.user_id, d.model_id, d.deployment_name, d.endpoint_name, d.description,
       d.instance_type, d.instance_count, d.status, d.azure_model_name, d.azure_model_version,
       d.scoring_uri, d.swagger_uri, d.error_message,
       d.created_at, d.updated_at, d.deployed_at, d.deleted_at,
       (select jsonb_build_object('model_name', m.model_name, 'algorithm', m.algorithm)
          from public.trained_models m
         where m.id = d.model_id and m.user_id = d.user_id) as trained_models,
       d.error, d.environment_variables
  from public.deployments d;

-- As before, without the values of variables.
create or replace function public.list_deployments(
  status text default null,
  search text default null,
  page_size integer default 20,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null)
returns jsonb language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
-- The plan is the same whatever is asked, and planning costs twice what running does.
declare
  needle text := nullif(lower(normalize(search)), '');
begin
  return (
    with matching as materialized (
      select d.id, d.created_at
        from public.deployments d
       where d.status <> 'deleted'
         and (list_deployments.status is null or d.status = list_deployments.status)
         and (needle is null
              or strpos(lower(d.deployment_name), needle) > 0
              or strpos(lower(d.endpoint_name), needle) > 0
              or exists (
                select from public.trained_models m
                 where m.id = d.model_id and m.user_id = d.user_id
                   and strpos(lower(normalize(m.model_name)), needle) > 0))
    ), rest as (
      select m.id, m.created_at
        from matching m
       where cursor_id is null or (m.created_at, m.id) < (cursor_created_at, cursor_id)
    ), page as (
      select r.id, r.created_at from rest r
       order by r.created_at desc, r.id desc
       limit least(greatest(page_size, 1), 100)
    )
    select jsonb_build_object(
      'total', (select count(*) from matching),
      'more', (select count(*) from rest) > (select count(*) from page),
      'deployments', coalesce(
        (select jsonb_agg(to_jsonb(v) - 'environment_variables' order by p.created_at desc, p.id desc)
           from page p join public.deployment_rows v on v.id = p.id), '[]')));
end
$$;
