-- What services expect to find: one role and one schema each, and a shared audit schema that is append-only for all but auth-service.
-- Run by a superuser in TLAC's database; running it again changes nothing. It is plain SQL, so psql takes it as an init script of a
-- container and Provisioning.java over JDBC. Passwords are not here, and a role without one cannot sign in: whoever runs this sets them
-- afterwards (psql: \password auth, or: alter role auth password :'auth_password').

do $$
declare
  service text;
begin
  -- Nobody connects, and nobody creates anything, by merely existing.
  execute format('revoke all on database %I from public', current_database());
  foreach service in array array['auth', 'activity', 'backup'] loop
    if not exists (select from pg_roles where rolname = service) then
      execute format('create role %I', service);
    end if;
    execute format('alter role %I login nosuperuser nocreaterole noreplication nobypassrls', service);
    execute format('grant connect on database %I to %I', current_database(), service);
    -- Each owns its schema, finds its own tables without naming it, and has no right to any other's.
    execute format('create schema if not exists %I authorization %I', service, service);
    execute format('alter role %I in database %I set search_path = %I', service, current_database(), service);
  end loop;
end
$$;

revoke all on schema public from public;

-- The audit log belongs to auth-service, the only one that reads it. The others may look a name up in it; the migration that creates the
-- table (audit/V1__audit_logs.sql) lets them insert there, and nowhere else in the schema.
create schema if not exists audit authorization auth;
grant usage on schema audit to activity, backup;

-- A backup reads everything, and is proven by restoring it into a database of its own.
alter role auth nocreatedb;
alter role activity nocreatedb;
alter role backup createdb;
grant pg_read_all_data to backup;
