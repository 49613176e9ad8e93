#!/bin/sh
# Make the secrets that docker-compose.yml names, once, and the folder for backups. Secrets live in ./secrets, which only root enters;
# the files themselves are readable, because the processes in the containers are not root.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
make_once() { [ -s "secrets/$1" ] || { printf %s "$2" >"secrets/$1" && chmod 444 "secrets/$1"; }; }
make_once secret_key "$(random 40)"
make_once postgres_password "$(random 24)"
make_once metrics_token "$(random 24)"
make_once database_url "postgres://mooc:$(cat secrets/postgres_password)@db:5432/mooc"
mkdir -p backups
chown 10001 backups 2>/dev/null || echo "Run this as root, or backups/ cannot be written: chown 10001 backups"
echo "secrets/ is ready. Keep a copy away from this machine."
