-- What services expect to find: one role and one schema each, and a shared audit schema that is append-only for all but auth-service.
-- Run by a superuser in TLAC's database; running it again changes nothing. Passwords are not here: whoever runs it sets them
-- (psql: alter role auth password :'auth_password').

do $$
declare
  service text;
begin
  foreach service in array array['auth', 'activity', 'backup'] loop
    if not exists (select from pg_roles where rolname = service) then
      execute format('create role %I', service);
    end if;
    execute format('alter role %I login nosuperuser nocreaterole nocreatedb noreplication nobypassrls', service);
    execute format('alter role %I in database %I set search_path = %I', service, current_database(), service);
    execute format('create schema if not exists %I authorization %I', service, service);
    execute format('grant connect on database %I to %I', current_database(), service);
  end loop;
  -- Nobody connects, and nobody creates anything, by merely existing.
  execute format('revoke all on database %I from public', current_database());
end
$$;

revoke all on schema public from public;

-- The audit log belongs to auth-service, the only one that reads it; the others append.
create schema if not exists audit authorization auth;
grant usage on schema audit to activity, backup;
alter default privileges for role auth in schema audit grant insert on tables to activity, backup;

-- A backup reads everything, and is proven by restoring it into a database of its own.
grant pg_read_all_data to backup;
alter role backup createdb;
