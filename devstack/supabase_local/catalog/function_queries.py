"""The questions put to PostgreSQL's own catalog about functions."""

from devstack.supabase_local.catalog.queries import BASES

# What a call yields follows from the argument modes: any OUT, INOUT or TABLE argument makes rows,
# one alone too. Arguments of type bit and character take any length, as varying ones.
FUNCTIONS = "".join(
    [
        BASES,
        """select n.nspname, p.proname, p.proretset, p.provolatile = 'v',
  case
    when p.prorettype = 'void'::regtype then 'void'
    when t.typtype = 'c' or p.proargmodes && '{t,b,o}' then 'row'
    else 'scalar' end,
  case when rel.oid is not null then json_build_array(reln.nspname, rel.relname) end,
  coalesce((
    select json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', format_type(ab.base, null)) order by a.attnum)
    from pg_attribute a join bases ab on ab.type = a.atttypid
    where a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped), '[]'),
  coalesce((
    select json_agg(json_build_object(
      'name', coalesce(p.proargnames[u.place], ''), 'mode', coalesce(p.proargmodes[u.place], 'i'),
      'base', format_type(ub.base, null), 'declared', format_type(u.type, null),
      'type', case u.type
        when 'bit'::regtype then 'bit varying' when 'bit[]'::regtype then 'bit varying[]'
        when 'character'::regtype then 'character varying'
        when 'character[]'::regtype then 'character varying[]'
        else format_type(u.type, null) end) order by u.place)
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality u(type, place)
    join bases ub on ub.type = u.type), '[]'),
  p.pronargdefaults,
  (select substr(setting, strpos(setting, '=') + 1) from unnest(p.proconfig) setting
   where setting like 'statement_timeout=%%'),
  (select lower(d.typname) from pg_type d
   where d.oid = p.prorettype and d.typtype = 'd' and d.typname like '%%/%%' and not p.proretset)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join bases b on b.type = p.prorettype
join pg_type t on t.oid = b.base
left join pg_class rel on rel.oid = t.typrelid
left join pg_namespace reln on reln.oid = rel.relnamespace
where p.prokind = 'f' and n.nspname = any (%s)
  and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
""",
    ]
)

# Functions from one row of a table to rows of a table relate the two.
COMPUTED_RELATIONSHIPS = """
select n.nspname, p.proname, origin_n.nspname, origin.relname, target_n.nspname, target.relname,
  not p.proretset or p.prorows = 1
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_class origin on origin.reltype = p.proargtypes[0] and origin.reltype <> 0
join pg_namespace origin_n on origin_n.oid = origin.relnamespace
join pg_class target on target.reltype = p.prorettype and target.reltype <> 0
join pg_namespace target_n on target_n.oid = target.relnamespace
where p.prokind = 'f' and p.pronargs = 1
  and origin.relkind in ('r', 'v', 'm', 'f', 'p') and target.relkind in ('r', 'v', 'm', 'f', 'p')
order by n.nspname, p.proname
"""
