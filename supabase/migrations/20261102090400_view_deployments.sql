-- Why: what a person sees: a deployment with its model, the numbers, a page of the list with its
--   total in one round trip.
-- Safe online: views and a function; no table is touched.
-- Undo: drop function public.list_deployments(text, text, integer, timestamptz, uuid);
--   drop view public.deployment_stats, public.deployment_details.
-- RLS: all three run with the caller's rights, so the policies of the tables decide.

create or replace view public.deployment_details with (security_invoker = true) as
select d.id, d.user_id, d.model_id, d.deployment_name, d.endpoint_name, d.description,
       d.instance_type, d.instance_count, d.status, d.azure_model_name, d.azure_model_version,
       d.scoring_uri, d.swagger_uri, d.error_message,
       d.created_at, d.updated_at, d.deployed_at, d.deleted_at,
       (select jsonb_build_object('model_name', m.model_name, 'algorithm', m.algorithm)
          from public.trained_models m
         where m.id = d.model_id and m.user_id = d.user_id) as trained_models
  from public.deployments d;

create or replace view public.deployment_stats with (security_invoker = true) as
select d.user_id,
       count(*) as total_deployments,
       count(*) filter (where d.status = 'active') as active_deployments,
       count(*) filter (where d.status = 'deploying') as deploying_count,
       count(*) filter (where d.status = 'failed') as failed_deployments,
       max(d.created_at) as last_deployment_date
  from public.deployments d
 group by d.user_id;
comment on view public.deployment_stats is
  'One row a user. The total counts every deployment ever made, deleted ones included.';

-- A page, newest first, after the row (cursor_created_at, cursor_id); deleted rows never appear.
-- The search is literal: % and _ mean themselves.
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
        (select jsonb_agg(to_jsonb(v) order by p.created_at desc, p.id desc)
           from page p join public.deployment_details v on v.id = p.id), '[]')));
end
$$;

revoke all on table public.deployment_details, public.deployment_stats
  from public, anon, authenticated, service_role;
grant select on table public.deployment_details, public.deployment_stats
  to authenticated, service_role;
revoke all on function public.list_deployments(text, text, integer, timestamptz, uuid)
  from public, anon, service_role;
grant execute on function public.list_deployments(text, text, integer, timestamptz, uuid)
  to authenticated;
