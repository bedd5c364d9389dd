-- Why: the dashboard has one API: a user's models with the size of their files and what the scan
--   says of them, to list, register, rename and remove. A verdict is kept for the content of a file,
--   so that the same file is not read twice.
-- Safe online: a new table, a view, functions.
-- Undo: drop function public.list_models(text, integer, timestamptz, uuid),
--   public.register_model(text, text, text, jsonb), public.rename_model(uuid, text),
--   public.remove_model(uuid), public.keep_scan(uuid, text, text, jsonb);
--   drop view public.model_rows; drop table public.model_scans.
-- RLS: owners read; keep_scan alone writes verdicts, and the service role alone may call it. The
--   functions are for signed-in users, who reach their own rows only.

create table if not exists public.model_scans (
  user_id uuid not null references auth.users (id) on delete cascade,
  content text not null constraint model_scans_content_length check (char_length(content) <= 200),
  scanner text not null constraint model_scans_scanner_length check (char_length(scanner) <= 64),
  verdict jsonb not null constraint model_scans_verdict_size check (octet_length(verdict::text) <= 32768),
  scanned_at timestamptz not null default now(),
  primary key (user_id, content)
);
comment on column public.model_scans.content is 'The file as Storage tells it: its ETag and size.';
comment on column public.model_scans.scanner is 'The release of the rules; another one judges anew.';
alter table public.model_scans enable row level security;
drop policy if exists "Owners read their verdicts" on public.model_scans;
create policy "Owners read their verdicts" on public.model_scans
  for select to authenticated using ((select auth.uid()) = user_id);
revoke all on table public.model_scans from public, anon, authenticated, service_role;
grant select on table public.model_scans to authenticated, service_role;

create or replace view public.model_rows with (security_invoker = true) as
select m.id, m.user_id, left(m.model_name::text, 200) as model_name, left(m.algorithm::text, 200) as algorithm,
       m.file_path,
       case when octet_length(m.metadata::text) <= 32768 then m.metadata end as metadata,
       m.created_at, f.size_bytes, f.content,
       (select s.verdict || jsonb_build_object('scanner', s.scanner)
          from public.model_scans s
         where s.user_id = m.user_id and s.content = f.content) as scan,
       (select count(*) from public.deployments d
         where d.model_id = m.id and d.user_id = m.user_id
           and d.status in ('deploying', 'active')) as living_deployments
  from public.trained_models m
  left join lateral (
    select (o.metadata ->> 'size')::bigint as size_bytes,
           format('%s/%s', o.metadata ->> 'eTag', o.metadata ->> 'size') as content
      from storage.objects o
     where o.bucket_id = 'models' and o.name = m.file_path) f on true;

create or replace function public.list_models(
  search text default null,
  page_size integer default 20,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null)
returns jsonb language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  needle text := nullif(lower(normalize(left(search, 1000))), '');
begin
  perform public.count_call();
  return (
    with matching as materialized (
      select m.id, m.created_at
        from public.trained_models m
       where m.user_id = (select auth.uid())
         and (needle is null
              or strpos(lower(normalize(m.model_name)), needle) > 0
              or strpos(lower(normalize(m.algorithm::text)), needle) > 0)
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
             sum(octet_length(w.found::text)) over newest as bytes
        from page p
        join public.model_rows v on v.id = p.id
       cross join lateral (select to_jsonb(v) as found offset 0) w
      window newest as (order by p.created_at desc, p.id desc)
    ), fitting as (
      select f.found, f.place from written f where f.bytes <= 1048576 or f.place = 1
    )
    select jsonb_build_object(
      'total', (select count(*) from matching),
      'more', (select count(*) from rest) > (select count(*) from fitting),
      'models', coalesce((select jsonb_agg(f.found order by f.place) from fitting f), '[]')));
end
$$;

-- A row for a file that is there; its id. Refuses with model_file_foreign, model_file_missing.
create or replace function public.register_model(
  model_name text, file_path text, algorithm text default null, metadata jsonb default '{}')
returns uuid language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  made uuid;
begin
  if not slipway.is_own_file(file_path, caller) then
    perform slipway.refuse('model_file_foreign');
  elsif not exists (
    select from storage.objects o
     where o.bucket_id = 'models' and o.name = register_model.file_path) then
    perform slipway.refuse('model_file_missing', jsonb_build_object('file_path', file_path));
  end if;
  insert into public.trained_models as m (user_id, model_name, algorithm, file_path, metadata)
  values (caller, register_model.model_name, register_model.algorithm, register_model.file_path,
          register_model.metadata)
  returning m.id into made;
  return made;
end
$$;

-- Refuses with model_not_found.
create or replace function public.rename_model(model_id uuid, model_name text)
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
begin
  update public.trained_models m set model_name = rename_model.model_name
   where m.id = rename_model.model_id and m.user_id = caller;
  if not found then
    perform slipway.refuse('model_not_found', jsonb_build_object('model_id', model_id));
  end if;
end
$$;

-- The path of its file where no other model has it, else null. Refuses with model_not_found and
-- model_in_use.
create or replace function public.remove_model(model_id uuid)
returns text language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  removed public.trained_models;
begin
  select m.* into removed from public.trained_models m
   where m.id = remove_model.model_id and m.user_id = caller;
  if not found then
    perform slipway.refuse('model_not_found', jsonb_build_object('model_id', model_id));
  end if;
  -- A view of models has no trigger that does it.
  perform slipway.release_model(
    removed.id, caller, removed.model_name::text, removed.algorithm::text);
  delete from public.trained_models m where m.id = removed.id and m.user_id = caller;
  return (select removed.file_path where not exists (
    select from public.trained_models m where m.user_id = caller and m.file_path = removed.file_path));
end
$$;

-- The newest 200 verdicts of a user are kept.
create or replace function public.keep_scan(
  user_id uuid, content text, scanner text, verdict jsonb)
returns void language sql security definer set search_path = '' as $$
  delete from public.model_scans s
   where s.user_id = keep_scan.user_id and s.content in (
     select old.content from public.model_scans old
      where old.user_id = keep_scan.user_id order by old.scanned_at desc offset 199);
  insert into public.model_scans as s (user_id, content, scanner, verdict)
  values (keep_scan.user_id, keep_scan.content, keep_scan.scanner, keep_scan.verdict)
  on conflict on constraint model_scans_pkey do update
    set scanner = excluded.scanner, verdict = excluded.verdict, scanned_at = now();
$$;

revoke all on table public.model_rows from public, anon, authenticated, service_role;
grant select on table public.model_rows to authenticated, service_role;
revoke all on function
  public.list_models(text, integer, timestamptz, uuid),
  public.register_model(text, text, text, jsonb),
  public.rename_model(uuid, text),
  public.remove_model(uuid),
  public.keep_scan(uuid, text, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  public.list_models(text, integer, timestamptz, uuid),
  public.register_model(text, text, text, jsonb),
  public.rename_model(uuid, text),
  public.remove_model(uuid)
  to authenticated;
grant execute on function public.keep_scan(uuid, text, text, jsonb) to service_role;
