-- The task hub of one app. JSON columns hold JSON text; times are UTC text, deadlines are seconds since the epoch.

create table if not exists instances (
  instance_id   text primary key,
  execution_id  text not null,
  name          text not null,
  version       text,
  input         text,
  status        text not null,
  output        text,
  custom_status text,
  created_at    text not null,
  updated_at    text not null,
  parent        text,                       -- JSON [instance_id, execution_id, task_id]
  traceparent   text,
  waiting       text not null default '{}', -- JSON {event name: listeners}
  attempts      integer not null default 0  -- turns begun since the last one committed
) strict;
create index if not exists instances_by_time on instances (created_at, instance_id);

create table if not exists history (
  instance_id text not null,
  position    integer not null,
  event       text not null,
  primary key (instance_id, position)
) strict, without rowid;

create table if not exists inbox (
  id           integer primary key autoincrement,
  instance_id  text not null,
  execution_id text,
  event        text not null
) strict;
create index if not exists inbox_by_instance on inbox (instance_id);

create table if not exists work (
  id           integer primary key autoincrement,
  instance_id  text not null,
  execution_id text not null,
  task_id      integer not null,
  name         text not null,
  input        text not null,
  attempts     integer not null default 0,
  traceparent  text
) strict;
create index if not exists work_by_instance on work (instance_id);

create table if not exists timers (
  instance_id  text not null,
  execution_id text not null,
  timer_id     integer not null,
  fire_at      real not null,
  primary key (instance_id, timer_id)
) strict, without rowid;
create index if not exists timers_by_deadline on timers (fire_at);

create table if not exists entities (
  entity_id text primary key,
  state     text,
  attempts  integer not null default 0,
  updated_at text not null default ''
) strict;

create table if not exists entity_inbox (
  id        integer primary key autoincrement,
  entity_id text not null,
  operation text not null,
  input     text,
  call_id   text,                            -- null: a signal
  caller    text                             -- JSON [instance_id, execution_id]
) strict;
create index if not exists entity_inbox_by_entity on entity_inbox (entity_id);
