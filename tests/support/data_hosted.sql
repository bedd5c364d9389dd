-- As much of a hosted project, in a bare PostgreSQL, as the migrations touch: roles, the schemas auth
-- and storage, an owner of public who is no superuser, and the automatic grants of older projects.
do $$
declare
  r text;
begin
  foreach r in array array['anon', 'authenticated', 'service_role', 'hosted_owner'] loop
    if not exists (select from pg_roles where rolname = r) then
      execute format('create role %I nologin', r);
    end if;
  end loop;
end
$$;
alter role service_role bypassrls;
alter role hosted_owner bypassrls;

create schema auth;
create table auth.users (id uuid primary key, email text);
create function auth.uid() returns uuid language sql stable as $$
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;

create schema storage;
create table storage.buckets (id text primary key, name text not null unique, public boolean default false);
create table storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text references storage.buckets (id),
  name text not null
);
alter table storage.objects enable row level security;
create function storage.foldername(name text) returns text[] language sql immutable as $$
  select (string_to_array(name, '/'))[1 : array_length(string_to_array(name, '/'), 1) - 1]
$$;
grant usage on schema storage, auth to anon, authenticated, service_role, hosted_owner;
grant all on storage.objects, storage.buckets to anon, authenticated, service_role;
grant select, insert on storage.buckets to hosted_owner;
grant select, references on auth.users to hosted_owner;
-- A hosted project lets its owner write policies here although another role owns the table.
alter table storage.objects owner to hosted_owner;

create schema extensions;
grant usage, create on schema extensions to hosted_owner;
grant usage on schema public to anon, authenticated, service_role;
alter schema public owner to hosted_owner;
do $$ begin execute format('grant create on database %I to hosted_owner', current_database()); end $$;
alter default privileges for role hosted_owner in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges for role hosted_owner in schema public
  grant all on functions to anon, authenticated, service_role;
alter default privileges for role hosted_owner in schema public
  grant all on sequences to anon, authenticated, service_role;
