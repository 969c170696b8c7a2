#!/bin/sh
# Applies sql/NNN_name.sql in order, each once: migrate.sh up | down [STEPS] | status. The connection is in PG*.
set -eu
cd "$(dirname "$0")/sql"
ask() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
ask -c "SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS applied_script (name text PRIMARY KEY)"
applied() { [ -n "$(ask -c "SELECT 1 FROM applied_script WHERE name = '$1'")" ]; }
case ${1:-up} in
  up)
    for file in [0-9]*_*.sql; do
      applied "$file" && continue
      ask -1 -f "$file" -c "INSERT INTO applied_script VALUES ('$file')"
    done ;;
  down)
    ask -c "SELECT name FROM applied_script ORDER BY name DESC LIMIT ${2:-1}" | while read -r file; do
      ask -1 -f "undo/$file" -c "DELETE FROM applied_script WHERE name = '$file'"
    done ;;
  status)
    for file in [0-9]*_*.sql; do
      if applied "$file"; then echo "applied $file"; else echo "pending $file"; fi
    done ;;
esac
