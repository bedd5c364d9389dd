-- A private bucket with a folder for each user, a public one, and one with limits.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('private', 'private', false, null, null),
  ('open', 'open', true, null, null),
  ('small', 'small', false, 1000, '{image/*, text/plain}');

create policy "own folder" on storage.objects for all to authenticated
  using (bucket_id in ('private', 'small') and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id in ('private', 'small') and (storage.foldername(name))[1] = (select auth.uid())::text);
