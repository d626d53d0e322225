#!/usr/bin/env bash
# Run once by the postgres image, on an empty volume: a role for each of Tieout's processes and one for Temporal.
set -euo pipefail

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner_password="${OWNER_DATABASE_PASSWORD:?}" \
    --set worker_password="${WORKER_DATABASE_PASSWORD:?}" \
    --set api_password="${API_DATABASE_PASSWORD:?}" \
    --set temporal_password="${TEMPORAL_DATABASE_PASSWORD:?}" <<'SQL'
create role tieout_owner login password :'owner_password';
create role tieout_worker login password :'worker_password';
create role tieout_api login password :'api_password';
create role temporal login createdb password :'temporal_password';

create database tieout owner tieout_owner;
grant connect on database tieout to tieout_worker, tieout_api;
grant temporary on database tieout to tieout_worker;
revoke all on database tieout from public;
SQL
