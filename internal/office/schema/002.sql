-- What the pages of an office show (flexybatch serve), which ask the provider nothing.
alter table account add column terms jsonb; -- what the provider has told a worker: prices, balance
alter table account add column stopped_in jsonb not null default '{}'; -- stopped, by language
alter table batch add column note_in jsonb not null default '{}';      -- note, by language
alter table batch add column live jsonb;    -- how far it is, as of the last look, while it is sent

-- The people of an office, and how they come in (flexybatch serve). A session or an
-- invitation is known by a hash, which lets nobody in.
create table person (
	id       text primary key,
	name     text not null,
	roles    text[] not null,
	login    text not null default '',   -- issuer and subject at the office's own login
	passkeys jsonb not null default '[]',
	since    timestamptz not null default now(),
	invited  text not null default ''
);
create unique index person_login on person (login) where login <> '';

create table session (
	mark   text primary key,
	person text not null references person on delete cascade,
	begun  timestamptz not null,
	seen   timestamptz not null
);
create index session_person on session (person);

create table invitation (
	mark   text primary key,
	name   text not null,
	roles  text[] not null,
	by     text not null,
	until  timestamptz not null,
	person text not null default ''
);
