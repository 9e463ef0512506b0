#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: the role that owns the tables, the role that reads and
# writes rows, and the database.
set -eu
: "${NEWSDESK_OWNER_PASSWORD:?}" "${NEWSDESK_APP_PASSWORD:?}"

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$NEWSDESK_OWNER_PASSWORD" --set app_password="$NEWSDESK_APP_PASSWORD" <<'SQL'
CREATE ROLE newsdesk_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE newsdesk LOGIN PASSWORD :'app_password';
GRANT pg_read_all_data, pg_write_all_data TO newsdesk;
CREATE DATABASE newsdesk OWNER newsdesk_owner
  TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
SQL
