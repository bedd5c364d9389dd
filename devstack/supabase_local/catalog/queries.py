"""The questions put to PostgreSQL's own catalog."""

TABLES = """
select n.nspname, c.relname, c.relkind in ('v', 'm'),
  coalesce((
    select json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'default', case
        when a.attidentity = 'd' then format('nextval(%%L::regclass)',
          pg_get_serial_sequence(format('%%I.%%I', n.nspname, c.relname), a.attname))
        when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
      'assignable', a.attgenerated = '' and a.attidentity <> 'a') order by a.attnum)
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
  coalesce((
    select json_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
    from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])
    where i.indrelid = c.oid and i.indisprimary), '[]'),
  coalesce((
    select json_agg(p.proname)
    from pg_proc p
    where p.pronamespace = n.oid and p.pronargs = 1 and p.proargtypes[0] = c.reltype
      and not p.proretset), '[]')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition and n.nspname = any (%s)
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

# A view's columns, traced back to the table columns that they show: the outermost target list of
# its rule names table and column. It is printed last, so for each number the last entry counts.
VIEW_COLUMNS = r"""
select vn.nspname, v.relname, tn.nspname, t.relname, x.view_column, a.attname
from (
  select distinct on (r.ev_class, m[1])
    r.ev_class, m[2] as view_column, m[3]::oid as relid, m[4]::int as number
  from pg_rewrite r join pg_class w on w.oid = r.ev_class and w.relkind in ('v', 'm'),
  regexp_matches(r.ev_action::text,
    ':resno (\d+) :resname (\S+) :ressortgroupref \d+ '
    ':resorigtbl (\d+) :resorigcol (\d+) :resjunk false', 'g')
    with ordinality g(m, place)
  where r.ev_type = '1' and r.rulename = '_RETURN'
  order by r.ev_class, m[1], g.place desc
) x
join pg_class v on v.oid = x.ev_class join pg_namespace vn on vn.oid = v.relnamespace
join pg_attribute va on va.attrelid = v.oid and va.attname = x.view_column
join pg_class t on t.oid = x.relid join pg_namespace tn on tn.oid = t.relnamespace
join pg_attribute a on a.attrelid = t.oid and a.attnum = x.number
where vn.nspname = any (%s)
"""

FUNCTIONS = """
select n.nspname, p.proname, p.proretset, p.provolatile = 'v', t.typname,
  case when rel.oid is not null then json_build_array(reln.nspname, rel.relname) end,
  t.typtype = 'c' or t.typname = 'record',
  coalesce((
    select json_agg(json_build_object(
      'name', coalesce(p.proargnames[u.place], ''), 'type', format_type(u.type, null),
      'mode', coalesce(p.proargmodes[u.place], 'i')) order by u.place)
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
      with ordinality u(type, place)), '[]'),
  p.pronargdefaults
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type t on t.oid = p.prorettype
left join pg_class rel on rel.oid = t.typrelid
left join pg_namespace reln on reln.oid = rel.relnamespace
where p.prokind = 'f' and n.nspname = any (%s)
  and t.typname not in ('trigger', 'event_trigger')
"""

SETTINGS = """
select split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) setting
where r.rolname = 'authenticator' and setting like 'pgrst.%'
"""
