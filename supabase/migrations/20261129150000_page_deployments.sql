-- Why: a page of a hundred deployments was turned into jsonb, measured as text, gathered and written
--   again: half of the time that a list of them took. Now each row is written once, as json.
-- Safe online: one more function; list_deployments answers the app of the release before with it.
-- Undo: list_deployments of 20261128090200; then
--   drop function public.page_deployments(text, text, integer, timestamptz, uuid).
-- RLS: as the tables: it runs with the caller's rights.

-- A page of the caller's deployments, newest first, after a cursor; it ends before it grows over a
-- megabyte. Environment variables stand in the detail alone.
create or replace function public.page_deployments(
  status text default null,
  search text default null,
  page_size integer default 20,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null)
returns json language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan
as $$
-- The plan is the same whatever is asked, and planning costs twice what running does.
declare
  needle text := nullif(lower(normalize(left(search, 1000))), '');
begin
  perform public.count_call();
  return (
    with matching as materialized (
      select d.id, d.created_at
        from public.deployments d
       where d.status <> 'deleted'
         and (page_deployments.status is null or d.status = page_deployments.status)
         and (needle is null
              or strpos(lower(d.deployment_name), needle) > 0
              or strpos(lower(d.endpoint_name), needle) > 0
              or strpos(lower(normalize(d.former_model ->> 'model_name')), needle) > 0
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
    ), written as (
      select w.found, row_number() over newest as place,
             sum(octet_length(w.found)) over newest as bytes
        from page p
       cross join lateral (
         select row_to_json(r)::text as found
           from (select v.id, v.user_id, v.model_id, v.deployment_name, v.endpoint_name, v.description,
                        v.instance_type, v.instance_count, v.status, v.azure_model_name,
                        v.azure_model_version, v.scoring_uri, v.swagger_uri, v.error_message,
                        v.created_at, v.updated_at, v.deployed_at, v.deleted_at, v.trained_models,
                        v.error, v.revision, v.release, v.keep_previous_minutes, v.autoscale,
                        v.expires_in_hours, v.on_expiry, v.expires_at, v.sleeps_at
                   from public.deployment_rows v where v.id = p.id) r
         offset 0) w
      window newest as (order by p.created_at desc, p.id desc)
    ), fitting as (
      select count(*) as rows, string_agg(f.found, ',' order by f.place) as found
        from written f where f.bytes <= 1048576 or f.place = 1
    )
    select json_build_object(
             'total', (select count(*) from matching),
             'more', (select count(*) from rest) > f.rows,
             'deployments', ('[' || coalesce(f.found, '') || ']')::json)
      from fitting f);
end
$$;

revoke all on function public.page_deployments(text, text, integer, timestamptz, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.page_deployments(text, text, integer, timestamptz, uuid)
  to authenticated;

-- For the app of the release before, which asks for it by this name.
create or replace function public.list_deployments(
  status text default null,
  search text default null,
  page_size integer default 20,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null)
returns jsonb language plpgsql volatile set search_path = '' as $$
begin
  return public.page_deployments(status, search, page_size, cursor_created_at, cursor_id)::jsonb;
end
$$;
