-- Why: a page that shows how many deployments are active, deploying and failed shows how many sleep,
--   and asks once for all of them.
-- Safe online: one more column at the end of a view; the index that counts the others has it.
-- Undo: drop view public.deployment_stats; and apply 20261102090400 again.
-- RLS: as the deployments that are counted.

create or replace view public.deployment_stats with (security_invoker = true) as
select d.user_id,
       count(*) as total_deployments,
       count(*) filter (where d.status = 'active') as active_deployments,
       count(*) filter (where d.status = 'deploying') as deploying_count,
       count(*) filter (where d.status = 'failed') as failed_deployments,
       max(d.created_at) as last_deployment_date,
       count(*) filter (where d.status = 'asleep') as asleep_deployments
  from public.deployments d
 group by d.user_id;
