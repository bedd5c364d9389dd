-- Why: an update whose orchestration is lost may have changed the cloud and not the row. It ends, and
--   an update to what the row says begins, in one transaction, so that no other change comes between.
-- Safe online: a new function.
-- Undo: drop function public.undo_update(uuid, jsonb).
-- RLS: as operations; the service role alone calls it.

-- Ends a running update as failed. The operation that makes the cloud agree with the row again, whose
-- orchestration the caller starts; none where the update never began, its deployment is not active any
-- more, or it was such an operation itself, which is not tried for ever.
create or replace function public.undo_update(operation_id uuid, error jsonb)
returns setof public.operations language plpgsql security definer set search_path = '' as $$
declare
  lost public.operations;
  of_row public.deployments;
  undoing uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || o.endpoint_name, 0))
     from public.operations o where o.id = undo_update.operation_id;
  update public.operations o
     set status = 'failed', error = undo_update.error, ended_at = now()
   where o.id = undo_update.operation_id and o.kind = 'update' and o.status = 'running'
  returning o.* into lost;
  select d.* into of_row from public.deployments d
   where d.id = lost.deployment_id and d.status = 'active' for update;
  if of_row.id is null or lost.requested_by is null
     or not exists (select from public.deployment_events e where e.operation_id = lost.id) then
    return;
  end if;
  undoing := slipway.begin_change('update', of_row, (
    select jsonb_object_agg(f.key, f.value)
      from jsonb_each(to_jsonb(of_row)) f where lost.input ? f.key), null);
  update public.operations o set parent_id = lost.id where o.id = undoing;
  insert into public.deployment_events (deployment_id, operation_id, user_id, phase, status, message)
  values (of_row.id, undoing, of_row.user_id, 'undo_update', 'note',
          'An update was lost on its way: the cloud is brought back to what this deployment''s row says.');
  return query select o.* from public.operations o where o.id = undoing;
end
$$;

revoke all on function public.undo_update(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.undo_update(uuid, jsonb) to service_role;
