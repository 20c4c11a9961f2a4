-- The people of an office, and how they come in (flexybatch serve). A session or an
-- invitation is known by a hash, which lets nobody in.
create table if not exists person (
	id       text primary key,
	name     text not null,
	roles    text[] not null,
	login    text not null default '',   -- issuer and subject at the office's own login
	passkeys jsonb not null default '[]',
	since    timestamptz not null default now(),
	invited  text not null default ''
);
create unique index if not exists person_login on person (login) where login <> '';

create table if not exists session (
	mark   text primary key,
	person text not null references person on delete cascade,
	begun  timestamptz not null,
	seen   timestamptz not null
);
create index if not exists session_person on session (person);

create table if not exists invitation (
	mark   text primary key,
	name   text not null,
	roles  text[] not null,
	by     text not null,
	until  timestamptz not null,
	person text not null default ''
);
