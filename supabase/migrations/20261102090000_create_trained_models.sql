-- Why: a deployment needs a model that its user owns. Projects that train models have this table
--   already; it is created only where it is missing. Another shape is mapped by a view:
--   docs/existing-models.md.
-- Safe online: new table; on an existing one at most a unique index over two narrow columns.
-- Undo: drop table public.trained_models (only where this migration created it).
-- RLS: owners read, add, rename and remove their own rows; a file lies in its owner's folder.

-- The first folder is the owner, and no segment can lead out of it.
create or replace function slipway.is_own_file(file_path text, owner uuid)
returns boolean language sql immutable set search_path = '' as $$
  select starts_with(file_path, owner::text || '/')
     and file_path !~ '(^|/)(\.{0,2})(/|$)'
     and file_path !~ '[[:cntrl:]\\]'
     and char_length(file_path) <= 900
$$;

do $$
declare
  missing text;
begin
  if to_regclass('public.trained_models') is null then
    create table public.trained_models (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
      model_name text not null
        constraint trained_models_name_length check (char_length(model_name) between 1 and 200),
      algorithm text,
      file_path text not null,
      metadata jsonb not null default '{}'
        constraint trained_models_metadata_object check (jsonb_typeof(metadata) = 'object'),
      created_at timestamptz not null default now(),
      constraint trained_models_own_file check (slipway.is_own_file(file_path, user_id)),
      constraint trained_models_id_user_id_key unique (id, user_id)
    );
    create index trained_models_newest on public.trained_models (user_id, created_at desc, id desc);

    alter table public.trained_models enable row level security;
    create policy "Owners read their models" on public.trained_models
      for select to authenticated using ((select auth.uid()) = user_id);
    create policy "Owners add models" on public.trained_models
      for insert to authenticated with check ((select auth.uid()) = user_id);
    create policy "Owners rename their models" on public.trained_models
      for update to authenticated
      using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
    create policy "Owners remove their models" on public.trained_models
      for delete to authenticated using ((select auth.uid()) = user_id);

    revoke all on table public.trained_models from public, anon, authenticated, service_role;
    grant select, insert, delete on table public.trained_models to authenticated;
    grant update (model_name, algorithm, metadata) on table public.trained_models to authenticated;
    grant select, insert, update, delete on table public.trained_models to service_role;
    return;
  end if;

  select string_agg(needed, ', ' order by place) into missing
    from unnest(array['id', 'user_id', 'model_name', 'algorithm', 'file_path', 'metadata', 'created_at'])
         with ordinality as wanted (needed, place)
   where not exists (
     select from pg_catalog.pg_attribute a
      where a.attrelid = 'public.trained_models'::regclass
        and a.attname = needed and not a.attisdropped
        and (needed not in ('id', 'user_id') or a.atttypid = 'uuid'::regtype));
  if missing is not null then
    raise exception 'public.trained_models lacks these columns (id and user_id must be uuid): %', missing
      using hint = 'Add them, or map the table by a view: docs/existing-models.md.';
  end if;
  grant select on table public.trained_models to service_role;

  -- The composite foreign key of deployments needs this pair to be unique.
  if (select relkind from pg_catalog.pg_class where oid = 'public.trained_models'::regclass) in ('r', 'p')
     and not exists (
       select from pg_catalog.pg_index i
        where i.indrelid = 'public.trained_models'::regclass and i.indisunique and i.indpred is null
          and (select array_agg(a.attname::text order by a.attname)
                 from pg_catalog.pg_attribute a
                where a.attrelid = i.indrelid and a.attnum = any (i.indkey)) = array['id', 'user_id'])
  then
    alter table public.trained_models add constraint trained_models_id_user_id_key unique (id, user_id);
  end if;
end
$$;
