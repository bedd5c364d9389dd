-- Why: a user's named settings of a deployment, so that the same ones are not typed again.
-- Safe online: a new table and functions.
-- Undo: drop function public.save_template(text, jsonb, uuid), public.remove_template(uuid); drop
--   table public.templates.
-- RLS: owners read. Rows are written by the functions below alone, which reach the caller's own.

create table if not exists public.templates (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  name text not null
    constraint templates_name_length check (char_length(name) between 1 and 100)
    constraint templates_name_plain check (slipway.is_plain(name)),
  settings jsonb not null
    constraint templates_settings_object check (jsonb_typeof(settings) = 'object')
    constraint templates_settings_size check (octet_length(settings::text) <= 16384)
    constraint templates_settings_plain check (slipway.is_plain(settings)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint templates_one_name unique (user_id, name)
);
comment on column public.templates.settings is 'Fields of a deploy request as they were sent; what is absent has its default.';

alter table public.templates enable row level security;
drop policy if exists "Owners read their templates" on public.templates;
create policy "Owners read their templates" on public.templates
  for select to authenticated using ((select auth.uid()) = user_id);
revoke all on table public.templates from public, anon, authenticated, service_role;
grant select on table public.templates to authenticated, service_role;

-- A new template, or another content of the one that has this id. Refuses with template_not_found,
-- template_name_taken, too_many_templates.
create or replace function public.save_template(
  name text, settings jsonb, template_id uuid default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  most constant integer := 50;
  saved public.templates;
begin
  -- One change of a user's templates at a time: counting and inserting are one step.
  perform pg_advisory_xact_lock(hashtextextended('slipway.templates/' || caller, 0));
  if template_id is not null then
    update public.templates t
       set name = save_template.name, settings = save_template.settings, updated_at = now()
     where t.id = template_id and t.user_id = caller returning t.* into saved;
    if not found then
      perform slipway.refuse('template_not_found', jsonb_build_object('template_id', template_id));
    end if;
  else
    if (select count(*) from public.templates t where t.user_id = caller) >= most then
      perform slipway.refuse('too_many_templates', jsonb_build_object('limit', most));
    end if;
    insert into public.templates as t (user_id, name, settings)
    values (caller, save_template.name, save_template.settings) returning t.* into saved;
  end if;
  return to_jsonb(saved);
exception
  when unique_violation then
    perform slipway.refuse('template_name_taken', jsonb_build_object('name', save_template.name));
end
$$;

-- Refuses with template_not_found. What was deployed with it keeps its settings.
create or replace function public.remove_template(template_id uuid)
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
begin
  delete from public.templates t where t.id = template_id and t.user_id = caller;
  if not found then
    perform slipway.refuse('template_not_found', jsonb_build_object('template_id', template_id));
  end if;
end
$$;

revoke all on function
  public.save_template(text, jsonb, uuid), public.remove_template(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.save_template(text, jsonb, uuid), public.remove_template(uuid) to authenticated;
