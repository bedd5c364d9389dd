-- What functions can return and take, by every mode of argument.
create type public.point as (x int, y int);
create domain public.point_alias as public.point;
create domain public.film_alias as public.films;

create function public.table_of_one() returns table (word text) language sql stable as $$ select 'A' $$;
create function public.table_of_two() returns table (word text, number int) language sql stable as $$ select 'A', 1 $$;
create function public.one_out(n int, out plus int) language sql stable as $$ select n + 1 $$;
create function public.json_out(out doc json) language sql stable as $$ select '{"a": 1}'::json $$;
create function public.one_inout(inout n int) language sql stable as $$ select n + 1 $$;
create function public.many_out(out a int, out b text) language sql stable as $$ select 1, 'two' $$;
create function public.a_point() returns public.point language sql stable as $$ select (1, 2)::public.point $$;
create function public.a_point_alias() returns public.point_alias language sql stable as $$ select (1, 2)::public.point $$;
create function public.film_aliases() returns setof public.film_alias language sql stable as $$
  select f::public.films from public.films f order by id
$$;
create function public.a_record() returns record language sql stable as $$ select (f.id, f.title) from public.films f where id = 1 $$;
create function public.no_value() returns int language sql stable as $$ select null::int $$;
create function public.level_of(n int) returns public.level language sql stable as $$ select n::public.level $$;
create function public.three() returns setof int language sql stable as $$ select generate_series(1, 3) $$;
create function public.films_between(low int, high int) returns setof public.films language sql stable as $$
  select * from public.films where id > low and id <= high order by id
$$;
create function public.film_of(number int) returns public.films language sql stable as $$
  select * from public.films where id = number
$$;
create function public.greet(name text) returns text language sql stable as $$ select 'Hello, ' || name $$;
create function public.chars(c char, cs char[], b bit) returns table (c text, cs text[], b text) language sql stable as $$
  select c::text, cs::text[], b::text
$$;
create function public.store_code(code char(5)) returns void language sql as $$ insert into public.paints (id, code) values (99, code) $$;
create function public.joined(variadic words text[] default '{}') returns text[] language sql stable as $$ select words $$;
create function public.overloaded() returns int language sql stable as $$ select 0 $$;
create function public.overloaded(a int, b int) returns int language sql stable as $$ select a + b $$;
create function public.overloaded(a text, b text, c text) returns text language sql stable as $$ select a || b || c $$;
create function public.ambiguous(a int) returns int language sql stable as $$ select a $$;
create function public.ambiguous(a text) returns text language sql stable as $$ select a $$;
create function public.whole(json) returns json language sql stable as $$ select $1 $$;
create function public.whole_text(text) returns text language sql stable as $$ select upper($1) $$;
create function public.whole_bytes(bytea) returns int language sql stable as $$ select length($1) $$;
create function public.unnamed_int(int) returns int language sql stable as $$ select $1 $$;
create function public.drop_films() returns setof public.budgets language sql as $$ delete from public.budgets returning * $$;
create function public.drop_quietly() returns void language sql as $$ delete from public.budgets $$;

create function public.say_headers() returns int language sql stable as $$
  select set_config('response.headers', '[{"X-Test": "one"}, {"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}]', true);
  select 1
$$;
create function public.say_variants() returns int language sql stable as $$
  select set_config('response.headers', '[{"Vary": "X-Test"}]', true);
  select 1
$$;
create function public.say_status(status text) returns json language sql stable as $$
  select set_config('response.status', status, true);
  select '{"message": "said"}'::json
$$;
create function public.say_bad_headers(text text) returns int language sql stable as $$
  select set_config('response.headers', text, true);
  select 1
$$;
create function public.linger() returns int language sql stable as $$
  select set_config('response.status', '418', false);
  select 1
$$;
create function public.raise_with(code text, message text, detail text) returns void language plpgsql stable as $$
begin
  if detail is null then raise exception using errcode = code, message = message; end if;
  raise exception using errcode = code, message = message, detail = detail;
end
$$;
create function public.answer_elsewhere() returns trigger language plpgsql as $$
begin
  perform set_config('response.headers', '[{"Location": "/answers?id=eq.7&moved=true"}]', true);
  perform set_config('response.status', '202', true);
  return new;
end
$$;
create trigger answer_elsewhere before insert on public.answers for each row execute function public.answer_elsewhere();

-- Fields and relationships that are computed.
create function public.shout(public.films) returns text language sql stable as $$ select upper($1.title) $$;
create function public.lexemes(public.films) returns tsvector language sql stable as $$ select to_tsvector('english', $1.story) $$;
create function extensions.whisper(public.films) returns text language sql stable as $$ select lower($1.title) $$;
create function public.maker(public.films) returns setof public.studios rows 1 language sql stable as $$
  select * from public.studios where id = $1.studio_id
$$;
create function public.maker_noset(public.films) returns public.studios language sql stable as $$
  select s from public.studios s where id = $1.studio_id
$$;
create function public.works(public.studios) returns setof public.films language sql stable as $$
  select * from public.films where studio_id = $1.id order by id
$$;
create function public.companies(public.trips) returns setof public.companies language sql stable as $$
  select * from public.companies where id = 3
$$;
create function public.elsewhere() returns text language sql stable as $$ select current_setting('search_path') $$;
create function public.now_shown() returns timestamptz language sql stable as $$ select timestamptz '2026-06-01 12:00:00+00' $$;
create function public.hasty() returns void language sql stable set statement_timeout = '50ms' as $$
  select pg_sleep(5)
$$;
create function public.patient() returns text language sql stable set statement_timeout = '1min' as $$
  select current_setting('statement_timeout')
$$;

-- A handler of a media type, which is not there: its type is refused by name, not given another form.
create domain "text/vnd.titles" as text;
create function public.titles() returns "text/vnd.titles" language sql stable as $$ select 'Alpha, Beta'::"text/vnd.titles" $$;

create function public.add_title(state text, one public.keyless) returns "text/vnd.titles" language sql immutable as $$
  select (state || one.a)::"text/vnd.titles"
$$;
create aggregate public.titles_of(public.keyless) (sfunc = public.add_title, stype = "text/vnd.titles", initcond = '');
create domain "*/*" as bytea;
create function public.any_form() returns "*/*" language sql stable as $$ select 'any'::"*/*" $$;

-- Called before every request: refuses some, marks the replies of others.
create function public.before_request() returns void language plpgsql as $$
declare
  headers json := current_setting('request.headers', true)::json;
begin
  if headers ->> 'x-refuse' is not null then
    raise sqlstate 'PT403' using message = 'not today';
  end if;
  if headers ->> 'x-mark' is not null then
    perform set_config('response.headers', json_build_array(json_build_object('X-Marked', headers ->> 'x-mark'))::text, true);
  end if;
end
$$;
alter role authenticator set pgrst.db_pre_request = 'public.before_request';
grant execute on all functions in schema public, extensions to service_role;
