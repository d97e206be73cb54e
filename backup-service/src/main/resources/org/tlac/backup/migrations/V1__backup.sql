-- The durable list of backups; the files themselves are under backup.folder, each with a manifest that this list can be made from again.
create table backups (
  id bigint generated always as identity primary key,
  folder text not null unique check (folder ~ '^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'),
  status text not null check (status in ('running', 'success', 'failed')),
  started_at timestamptz not null,
  finished_at timestamptz,
  -- Null unless it succeeded once: a backup without sizes has no files.
  database_bytes bigint,
  data_bytes bigint,
  -- Newest migration by schema.
  schema_versions jsonb not null default '{}',
  -- Set while it is being proven once more.
  verify_started_at timestamptz,
  verified_at timestamptz,
  error text,
  check ((status = 'running') = (finished_at is null)),
  check (status <> 'success' or database_bytes is not null)
);

create index backups_newest on backups (started_at desc, id desc);

-- The lock sees to this; the index makes a mistake there an error and not two backups.
create unique index backups_one_running on backups (status) where status = 'running';
