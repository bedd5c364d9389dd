-- Why: what is due is looked at fifty rows at a time, the oldest first. Rows whose endpoint was being
--   changed counted among them, so that fifty such rows of one user kept everybody else's from going
--   to sleep; and one row that could not be changed kept all of them.
-- Safe online: one function with a stricter condition, and one that it asks.
-- Undo: apply public.begin_due() of 20261129090100 again; drop function slipway.is_changing(text).
-- RLS: as before; only the service role calls it.

-- Whether an operation runs on this endpoint that a sleep or a removal has to wait for.
create or replace function slipway.is_changing(endpoint_name text)
returns boolean language sql stable set search_path = '' as $$
  select exists (
    select from public.operations o
     where o.endpoint_name = lower(is_changing.endpoint_name) and o.status = 'running'
       and o.kind in ('change_traffic', 'roll_back', 'update', 'sleep', 'wake'))
$$;

-- As before: what expires or was replaced goes to sleep or goes away. Their operations, whose
-- orchestrations the caller starts; at most 50 at a time.
create or replace function public.begin_due()
returns setof public.operations language plpgsql security definer set search_path = '' as $$
declare
  due public.deployments;
  expired boolean;
  operation uuid;
begin
  for due in
    select d.* from public.deployments d
     where d.status = 'active' and least(d.expires_at, d.sleeps_at) <= now()
       and not slipway.is_changing(d.endpoint_name)
     order by least(d.expires_at, d.sleeps_at) limit 50
       for update skip locked
  loop
    -- One before it in this list may have begun on the same endpoint.
    continue when slipway.is_changing(due.endpoint_name);
    begin
      expired := coalesce(due.expires_at <= now(), false);
      insert into public.deployment_events (deployment_id, user_id, phase, status, message)
      values (due.id, due.user_id, case when expired then 'expire' else 'replaced' end, 'note',
              case when not expired then 'Another revision has replaced it: it goes to sleep and costs nothing.'
                   when due.on_expiry = 'delete' then 'Its time is over: it is deleted, as asked.'
                   else 'Its time is over: it goes to sleep, as asked.' end);
      if expired and due.on_expiry = 'delete' then
        update public.deployments d set status = 'deleted' where d.id = due.id;
        insert into public.operations (user_id, kind, endpoint_name, deployment_id)
        values (due.user_id, 'delete', lower(due.endpoint_name), due.id) returning id into operation;
      else
        operation := slipway.begin_change('sleep', due, '{}', null);
      end if;
    exception when others then
      raise warning 'deployment % is due and cannot be changed: %', due.id, sqlerrm;
      continue;
    end;
    return query select o.* from public.operations o where o.id = operation;
  end loop;
end
$$;
