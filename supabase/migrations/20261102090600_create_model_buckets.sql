-- Why: uploaded models (`models`) and what they are converted to (`artifacts`).
-- Safe online: two rows and four policies; buckets that exist keep their settings.
-- Undo: drop the four policies on storage.objects; empty and delete the buckets.
-- RLS: users reach only their own folder `<user id>/` of `models`. `artifacts` has no policy on
--   purpose: the service role alone reads and writes there.

insert into storage.buckets (id, name, public)
values ('models', 'models', false), ('artifacts', 'artifacts', false)
on conflict (id) do nothing;

do $$
begin
  if exists (select from storage.buckets where id in ('models', 'artifacts') and public) then
    raise warning 'The Storage bucket models or artifacts is public: anybody can download the files. '
      'Make it private in the dashboard under Storage.';
  end if;
end
$$;

drop policy if exists "Owners read their model files" on storage.objects;
create policy "Owners read their model files" on storage.objects
  for select to authenticated
  using (bucket_id = 'models' and (storage.foldername(name))[1] = (select auth.uid())::text);

drop policy if exists "Owners upload model files" on storage.objects;
create policy "Owners upload model files" on storage.objects
  for insert to authenticated
  with check (bucket_id = 'models' and (storage.foldername(name))[1] = (select auth.uid())::text);

drop policy if exists "Owners replace their model files" on storage.objects;
create policy "Owners replace their model files" on storage.objects
  for update to authenticated
  using (bucket_id = 'models' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'models' and (storage.foldername(name))[1] = (select auth.uid())::text);

drop policy if exists "Owners remove their model files" on storage.objects;
create policy "Owners remove their model files" on storage.objects
  for delete to authenticated
  using (bucket_id = 'models' and (storage.foldername(name))[1] = (select auth.uid())::text);
