-- Why: a page that shows how many deployments are active, deploying and failed shows how many sleep,
--   and asks once for all of them.
-- Safe online: one more view; the index that counts the others has it.
-- Undo: drop view public.deployment_numbers.
-- RLS: it runs with the caller's rights, so the policies of the table decide.

create or replace view public.deployment_numbers with (security_invoker = true) as
select s.*,
       (select count(*) from public.deployments d
         where d.user_id = s.user_id and d.status = 'asleep') as asleep_deployments
  from public.deployment_stats s;
comment on view public.deployment_numbers is
  'deployment_stats, and how many of the deployments are asleep.';

revoke all on table public.deployment_numbers from public, anon, authenticated, service_role;
grant select on table public.deployment_numbers to authenticated, service_role;
