#!/bin/sh
# Gives TLAC's roles their passwords, from files, when the database is made. The image's entry point sources this.
for role in auth activity backup; do
  export PASSWORD_FILE="/run/secrets/tlac/database-$role"
  if [ ! -s "$PASSWORD_FILE" ]; then
    echo "$PASSWORD_FILE is missing or empty" >&2
    exit 1
  fi
  psql --quiet --set ON_ERROR_STOP=1 --set role="$role" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat "$PASSWORD_FILE"`
alter role :"role" password :'password';
SQL
done
