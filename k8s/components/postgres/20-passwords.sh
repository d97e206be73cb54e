#!/bin/sh
# Gives TLAC's roles their passwords, from files, when the database is made. The image's entry point sources this.
for role in auth activity backup; do
  psql --set ON_ERROR_STOP=1 --set role="$role" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat "/run/secrets/tlac/database-$role"`
alter role :"role" password :'password';
SQL
done
