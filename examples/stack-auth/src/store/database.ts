// The database: SQLite in one file, written to disk before an answer goes out.

import Libsql from 'libsql'

export type Database = InstanceType<typeof Libsql>

const TABLES = `
  create table if not exists projects (
    id text primary key,
    display_name text not null,
    owner text, -- the user of the project "internal" who may administer it
    require_email_verification integer not null default 0,
    created_at integer not null
  ) strict;
  create table if not exists api_keys (
    id text primary key,
    project text not null references projects (id),
    kind text not null check (kind in ('client', 'server', 'admin')),
    digest text not null,
    description text not null,
    created_at integer not null,
    expires_at integer,
    unique (project, kind, digest)
  ) strict;
  create table if not exists users (
    id text primary key,
    project text not null references projects (id),
    email text,
    email_verified integer not null default 0,
    password text,
    display_name text,
    selected_team text,
    is_anonymous integer not null,
    restricted_by_admin integer not null default 0,
    signed_up_at integer not null,
    unique (project, email)
  ) strict;
  create table if not exists sessions (
    id text primary key,
    project text not null references projects (id),
    user text not null references users (id) on delete cascade,
    digest text not null unique,
    created_at integer not null,
    expires_at integer,
    last_active_at integer not null,
    tokens_until integer not null default 0 -- when the last access token of it expires
  ) strict;
  create index if not exists sessions_of_user on sessions (user);
`

export function open(path: string): Database {
  const database = new Libsql(path)
  database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal')
  database.exec('pragma synchronous = full; pragma foreign_keys = on')
  database.exec(TABLES)
  return database
}

/** Whether a statement failed because something was there already. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed/.test(error.message)
}
