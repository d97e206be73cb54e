create table audit.audit_logs (
  id bigint generated always as identity primary key,
  action text not null,
  actor_username text,
  target_username text,
  lesson_id text,
  activity_id text,
  metadata jsonb not null default '{}',
  ip_address text not null,
  user_agent text not null,
  created_at timestamptz not null default now()
);

-- The log is read newest first, filtered by one of these.
create index audit_logs_actor on audit.audit_logs (actor_username, id desc);
create index audit_logs_target on audit.audit_logs (target_username, id desc);
create index audit_logs_action on audit.audit_logs (action, id desc);

-- Appending needs no more: an identity column draws its ids without a right to its sequence.
grant insert on audit.audit_logs to activity, backup;
