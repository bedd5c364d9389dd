"""Strings that try to be more than strings, by what they try."""

CANARY = "canary-9f3b1c"

QUOTES = [
    "'", "''", "\\'", '"', '""', "\\", "\\\\'", "`", "'\\", "E'\\''", "U&'", "U&'\\0027'",
    "U&\"\\0022\"", "x'y", "\\x27", "'\"", "\\\\", "&#39;",
]  # fmt: skip

COMMENTS = [
    "--", "--\n", "/*", "*/", "/*/*", "x/*", "')--",
]  # fmt: skip

DOLLARS = [
    "$$", "$tag$", "$1", "$1::text", "$a$ $b$",
]  # fmt: skip

PLACEHOLDERS = [
    "%", "%s", "%(x)s", "{}", "{0}", "{", "}", "?",
]  # fmt: skip

PUNCTUATION = [
    ";", "(", ")", "((((", "))))", ",", ",,,", ".", "...", ":", "::", "!", "*", "=", "&&", "|",
    "@>", "[0]",
]  # fmt: skip

CASTS = [
    "::text", "::regclass", "name::regclass", "::public.shops", "::text[]", "::pg_catalog.regrole",
    "cast(value as text)", "cast(name as regclass)", "name::text", "::record", "::int4range",
]  # fmt: skip

PATHS_INTO_JSON = [
    "->", "->>", "->>'", "->-1", "details->>", "details->>a->b", "details->99999999999",
    "details->>a::int", "#>>'{a}'", "$.* ? (1==1)", "details->'a'", "details->>a->>b", "$.a",
]  # fmt: skip

CONTROLS = [
    "\n", "\r\n", "\t", "\x00", "x\x00y", "\x01", "\x1b[31m", "\x7f", "x\r\nSet-Cookie: a=b",
    "\u2028", "\ufeff", "\u200b", "\u202e", "'\x00", "\x1a", "\x85", "\ufffe",
]  # fmt: skip

LOOK_ALIKES = [
    "ʼ", "＇", "’", "＂", "；", "＼", "＝", "＇ or １=１ --", "ʼ; drop table public.shops; --",
    "ſelect", "İD", "ｓｅｌｅｃｔ", "雪", "😀", "\u0301", "👩\u200d💻", "\U000e0027", "“", "；--",
    "ß",
]  # fmt: skip

PERCENT_CODES = [
    "%27", "%27%3B--", "%00", "%2527", "%c0%a7", "%ff", "%0d%0aX: y", "%2e%2e%2f", "%zz", "%252527",
    "%e0%80%a7", "%2c",
]  # fmt: skip

TAUTOLOGIES = [
    "1' or '1'='1", "1 or 1=1", "' or 1=1 --", "' or ''='", "') or ('1'='1", '" or ""="',
    "' and 1=cast((select value from public.secrets) as int) --", "' having 1=1 --",
    "' group by 1 --", "' between '' and 'z", "' collate \"C", "'::text or true or ''='",
    "true) or (true",
]  # fmt: skip

STACKED = [
    "'); drop table public.shops; --", "'; drop table public.shops; --",
    '"; drop table public.shops; --', "; delete from public.products where true; --",
    "$$; drop table public.shops; $$", "E'\\'; drop table public.shops; --",
    "\\'; drop table public.shops; --", "'; set role service_role; --", "'; reset role; --",
    "'; commit; drop table public.shops; --", "'; rollback; --", "set role service_role",
    "'; copy public.secrets to program 'id'; --", "'; do $$ begin perform 1; end $$; --",
    "'; grant all on public.secrets to anon; --", "'; create table public.pwned (x int); --",
    "'; update public.shops set name = 'x'; --",
    "'; insert into public.secrets values (2, 'x'); --", "'; notify pgrst, 'reload schema'; --",
    "'; set row_security = off; --", "\n;drop table public.shops;\n",
    "';drop/**/table/**/public.shops;--",
]  # fmt: skip

STOLEN_READS = [
    "' union select value from public.secrets --",
    "' union all select null,null,value from public.secrets --",
    "1 union select value from public.secrets", "(select value from public.secrets limit 1)",
    "'||(select value from public.secrets limit 1)||'",
    '"||(select value from public.secrets limit 1)||"', "id,(select value from public.secrets)",
    "id from public.secrets --", 'id" from public.secrets --', "id::text) from public.secrets --",
    'id"::text, (select 1) as "x', "public.secrets", "secrets", "pg_catalog.pg_authid",
    "auth.users", "information_schema.tables", '"public"."secrets"',
    "' except select name from public.shops --", "(table public.secrets)",
    "array(select value from public.secrets)", "case when (select true) then id else name end",
    "exists(select from public.secrets)",
    "query_to_xml('select * from public.secrets',true,true,'')", "pg_read_file('/etc/passwd')",
]  # fmt: skip

FUNCTIONS = [
    "pg_sleep(10)", "'||pg_sleep(10)||'", "1;select pg_sleep(10)", "(select pg_sleep(10))",
    "id.desc;select pg_sleep(10)", "id desc, (select 1 from pg_sleep(10))", "current_user",
    "current_setting('request.jwt.claims')", "set_config('role','service_role',true)", "count()",
    "price.sum()", "id.pg_sleep()", "count(*)", "pg_terminate_backend(1)", "repeat('a',1000000000)",
]  # fmt: skip

EMBEDS = [
    "!inner", "secrets(*)", "...secrets(*)", "id,secrets(value)", "x:secrets!inner(value)",
    "shops(*)", "shops(secrets(*))", "shops!x'(*)", "shops(", "shops(count)",
    "products(*,shops(*,products(*)))",
]  # fmt: skip

ALIASES = [
    "x:name", "x:y:name", '"x\'y":name', '"x""y":name', '"x;--":name', "x:id,x:name",
]  # fmt: skip

OPERATORS = [
    "not.eq.1", "eq.", ".eq.1", "in.(1,2", "in.(')", 'in.("', 'in.("\\")', "is.'", "isdistinct.'",
    "match.(", "imatch.(a+)+$", "ilike.\\", "fts(english').x", "fts(pg_catalog.english).x",
    "wfts.\"", "eq(any).{'}", "eq(any)).{1}", "like(all).{%,'}", "cs.{'}", "cs.{\"'}", "ov.(1,",
    "sl.(1,10]", "eq;select 1", "in.()", "is.unknown", "eq(all", "bogus.1",
]  # fmt: skip

LOGIC_TREES = [
    "or(id.eq.1)", "and()", "not.and(id.eq.1)", "and(id.eq.1,or(id.eq.2", "(id.eq.1))",
    "(id.eq.1;)", "(name.eq.\")", "(not.or(and(id.gt.0)))", "(id.eq.1) or true", "or()",
    "(id.eq.1,)", "(shops.name.eq.x)",
]  # fmt: skip

ORDERS = [
    "id.desc", "id.nullslast.asc", "id.desc nulls first", "shops(name).desc", "1,2", "random()",
    "id.using.<",
]  # fmt: skip

RANGES = [
    "0-", "5-1", "0-99999999999999999999", "0-1,2-3", "-1--1", "0-0", "items=0-1",
]  # fmt: skip

NUMBERS = [
    "99999999999999999999999999", "-1", "1e308", "NaN", "0x41", "٣", "null", "true",
    "9223372036854775808",
]  # fmt: skip

KEYWORDS = [
    "select", "on_conflict", "*,*", "table", "ctid", "tableoid", "pgrst_source",
    "resolution=merge-duplicates", "params=single-object", "max-affected=0", "timezone='",
    "application/vnd.pgrst.object+json", "application/vnd.pgrst.plan", "order", "or", "tx=commit",
    "handling=strict",
]  # fmt: skip

STRUCTURES = [
    "{a,b}", "{'}", '{"a', "[1,2", '{"a":', '("a","b")', "\\u0000", "\\x00", "\\ud800",
    "<script>alert(1)</script>", "{\"$gt\":\"\"}", "${jndi:ldap://x}", "a=b&select=*",
]  # fmt: skip

FILE_PATHS = [
    "../../etc/passwd", "..\\..\\etc\\passwd", "//secrets", "a/../b",
]  # fmt: skip

LONG = [
    "a" * 5000, "'" * 500, '"' * 501, "(" * 500, "and(" * 200, "x->" * 300, "-" * 300, "," * 700,
    "::text" * 200, "{" * 400, "shops(" * 60, "雪" * 500, "'||'" * 200, "id.desc," * 150,
    "\u0301" * 300, "not." * 300, "\x01" * 300, "n" * 63,
]  # fmt: skip

KINDS = {
    "quotes": QUOTES,
    "comments": COMMENTS,
    "dollars": DOLLARS,
    "placeholders": PLACEHOLDERS,
    "punctuation": PUNCTUATION,
    "casts": CASTS,
    "paths into json": PATHS_INTO_JSON,
    "controls": CONTROLS,
    "look alikes": LOOK_ALIKES,
    "percent codes": PERCENT_CODES,
    "tautologies": TAUTOLOGIES,
    "stacked": STACKED,
    "stolen reads": STOLEN_READS,
    "functions": FUNCTIONS,
    "embeds": EMBEDS,
    "aliases": ALIASES,
    "operators": OPERATORS,
    "logic trees": LOGIC_TREES,
    "orders": ORDERS,
    "ranges": RANGES,
    "numbers": NUMBERS,
    "keywords": KEYWORDS,
    "structures": STRUCTURES,
    "file paths": FILE_PATHS,
    "long": LONG,
}
STRINGS = [text for kind in KINDS.values() for text in kind]
