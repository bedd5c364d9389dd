-- Why: a deployment's containers take environment variables of its user's. 20261128090200 shows them
--   in rows and keeps their values out of lists.
-- Safe online: a column without a default, null in rows of older releases; no row is rewritten.
-- Undo: apply slipway.spec_fields of 20261127090000 again; alter table public.deployments drop column
--   environment_variables; drop function slipway.are_variables(jsonb).
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
