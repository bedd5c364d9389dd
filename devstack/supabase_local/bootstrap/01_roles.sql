-- The roles of a hosted project. `postgres` owns the database and runs migrations; it is no superuser.
create role postgres login createdb createrole bypassrls replication;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
create role supabase_auth_admin login noinherit createrole;
create role supabase_storage_admin login noinherit createrole;

grant anon, authenticated, service_role, authenticator, supabase_auth_admin, supabase_storage_admin
  to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant anon, authenticated, service_role, supabase_storage_admin to authenticator;
-- The storage gateway acts as the requesting role, as the hosted one does.
grant anon, authenticated, service_role to supabase_storage_admin;

-- `alter role authenticator set pgrst.<name>` configures the REST service.
grant set on parameter pgrst.db_schemas, pgrst.db_aggregates_enabled, pgrst.db_plan_enabled, pgrst.db_max_rows,
  pgrst.db_pre_request, pgrst.db_extra_search_path to postgres;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role postgres set search_path = '"$user"', public, extensions;

alter database postgres owner to postgres;
alter schema public owner to postgres;
create schema extensions authorization postgres;
create schema auth authorization supabase_auth_admin;
create schema storage authorization supabase_storage_admin;

-- Nothing is granted on future tables: migrations say explicitly who may do what.
grant usage on schema public, extensions, auth, storage
  to anon, authenticated, service_role, postgres, supabase_auth_admin, supabase_storage_admin;
grant all on schema auth, storage to postgres;
