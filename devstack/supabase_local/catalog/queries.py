"""The questions put to PostgreSQL's own catalog about tables, keys and settings."""

# Domains lie over other types, over each other too: `base` is what is at the bottom.
BASES = """
with recursive walk as (
  select oid as type, oid as base, typbasetype as next from pg_type
  union all
  select walk.type, t.oid, t.typbasetype from walk join pg_type t on t.oid = walk.next
), bases as (select type, base from walk where next = 0)
"""

TABLES = "".join(
    [
        BASES,
        """select n.nspname, c.relname, c.relkind in ('v', 'm'),
  pg_relation_is_updatable(c.oid, true),
  coalesce((
    select json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', format_type(b.base, null),
      'default', case
        when a.attidentity = 'd' then format('nextval(%%L::regclass)',
          pg_get_serial_sequence(format('%%I.%%I', n.nspname, c.relname), a.attname))
        when a.attgenerated = '' then
          coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(t.typdefaultbin, 0)) end,
      'assignable', a.attgenerated = '' and a.attidentity <> 'a') order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid join bases b on b.type = t.oid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
  coalesce((
    select json_agg(json_build_array(pn.nspname, p.proname, format_type(b.base, null)))
    from pg_proc p join pg_namespace pn on pn.oid = p.pronamespace
    join bases b on b.type = p.prorettype
    where p.pronargs = 1 and p.proargtypes[0] = c.reltype and not p.proretset
      and p.prokind = 'f'), '[]')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition and n.nspname = any (%s)
""",
    ]
)

# Of hidden tables too: views may show their keys.
PRIMARY_KEYS = """
select n.nspname, c.relname,
  (select json_agg(a.attname order by u.place)
   from unnest(k.conkey) with ordinality u(number, place)
   join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number)
from pg_constraint k
join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype = 'p'
"""

FOREIGN_KEYS = """
select k.conname, n.nspname, c.relname, fn.nspname, fc.relname,
  (select json_agg(a.attname order by u.place)
   from unnest(k.conkey) with ordinality u(number, place)
   join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number),
  (select json_agg(a.attname order by u.place)
   from unnest(k.confkey) with ordinality u(number, place)
   join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number),
  exists (
   select from pg_constraint w
   where w.conrelid = k.conrelid and w.contype in ('p', 'u')
     and w.conkey @> k.conkey and w.conkey <@ k.conkey)
from pg_constraint k
join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
where k.contype = 'f' and k.conparentid = 0
order by n.nspname, c.relname, k.conname
"""

# What views do, in the form in which PostgreSQL keeps it: see views.py.
VIEW_RULES = """
select r.ev_class, r.ev_action::text
from pg_rewrite r
join pg_class c on c.oid = r.ev_class and c.relkind in ('v', 'm')
join pg_namespace n on n.oid = c.relnamespace
where r.ev_type = '1' and r.rulename = '_RETURN'
  and n.nspname not in ('pg_catalog', 'information_schema')
"""

# The names of views' columns, and of the columns of tables or further views that they show.
VIEW_COLUMNS = """
select vn.nspname, v.relname, tn.nspname, t.relname, va.attname, a.attname
from unnest(%s::oid[], %s::int[], %s::oid[], %s::int[]) x(view, place, shown, number)
join pg_class v on v.oid = x.view join pg_namespace vn on vn.oid = v.relnamespace
join pg_attribute va on va.attrelid = v.oid and va.attnum = x.place
join pg_class t on t.oid = x.shown join pg_namespace tn on tn.oid = t.relnamespace
join pg_attribute a on a.attrelid = t.oid and a.attnum = x.number
order by va.attrelid, va.attnum
"""

# Implicit casts between a domain and json or text: how the domain's values are shown and read.
REPRESENTATIONS = """
select format_type(k.castsource, null), format_type(k.casttarget, null), k.castfunc::regproc::text
from pg_cast k
join pg_type s on s.oid = k.castsource join pg_type t on t.oid = k.casttarget
where k.castcontext = 'i' and k.castmethod = 'f'
  and (s.typtype = 'd' and k.casttarget = 'json'::regtype
    or t.typtype = 'd' and k.castsource in ('json'::regtype, 'text'::regtype))
"""

# Handlers of media types over rows: aggregates of a table's rows, or of any, that return a domain
# named as the media type.
MEDIA_TYPES = """
select lower(t.typname), n.nspname, c.relname
from pg_proc p
join pg_type t on t.oid = p.prorettype and t.typtype = 'd' and t.typname like '%/%'
left join pg_class c on c.reltype = p.proargtypes[0]
left join pg_namespace n on n.oid = c.relnamespace
where p.prokind = 'a' and p.pronargs = 1
  and (c.oid is not null or p.proargtypes[0] = 'anyelement'::regtype)
"""

SETTINGS = """
select split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) setting
where r.rolname = 'authenticator' and setting like 'pgrst.%'
"""
