-- An account of the provider. Its lease says which worker sends its rows: epoch grows
-- with each change of owner, beat with each renewal. renewed is for people; no decision
-- rests on it.
create table account (
	id         bigint generated always as identity primary key,
	host       text not null,
	username   text not null,
	type       text not null,
	epoch      bigint not null default 0,
	beat       bigint not null default 0,
	holder     text not null default '',
	length_ms  bigint not null default 0,
	renewed    timestamptz not null default now(),
	stopped    text not null default '', -- why nothing is sent until a person says so
	unique (host, username, type)
);

-- What somebody wants to be paid, and how it stands. What is true of a row stands in
-- the journal.
create table batch (
	id         bigint generated always as identity primary key,
	account    bigint not null references account,
	name       text not null,
	state      text not null default 'waiting',
	wish       text not null default '',        -- pause or cancel, until the owner has seen to it
	priority   int not null default 2,          -- 1 is the most urgent, 4 the least
	due        timestamptz not null default now(),
	made_by    text not null default '',
	made_at    timestamptz not null default now(),
	options    jsonb not null default '{}',
	doubted    boolean not null default false,  -- the database was replaced: each ref is looked up before it is sent
	settle_at  timestamptz,                     -- when its open rows are asked about again
	note       text not null default '',        -- why it stands as it does, for people
	rows       jsonb not null default '{}',     -- by state, as of the last look
	summary    jsonb,
	ended      timestamptz,
	unique (account, name)
);
create index batch_state on batch (account, state);

-- What belongs to a batch beside its journal: its input, its approvals, its report.
create table blob (
	batch  bigint not null references batch on delete cascade,
	kind   text not null,
	name   text not null,
	sha256 text not null,
	bytes  bytea not null,
	made   timestamptz not null default now(),
	primary key (batch, kind, name)
);

-- A file of the journals' disk. lock names the open file that holds it, in an epoch.
create table file (
	id         bigint generated always as identity primary key,
	account    bigint not null references account,
	name       text not null,
	size       bigint not null default 0,
	touched    timestamptz not null default now(),
	lock       text not null default '',
	lock_epoch bigint not null default 0,
	lock_by    text not null default '',
	unique (account, name)
);

-- The bytes of a file, in the pieces in which they were written.
create table chunk (
	file  bigint not null references file on delete cascade,
	off   bigint not null,
	epoch bigint not null,
	bytes bytea not null,
	primary key (file, off)
);

-- Which database this is: another identifier or timeline means that it was restored, or
-- that another server took its place.
create table origin (
	one      boolean primary key default true check (one),
	system   text not null,
	timeline text not null,
	since    timestamptz not null default now()
);

-- Who did what, and when.
create table act (
	id    bigint generated always as identity primary key,
	at    timestamptz not null default now(),
	who   text not null,
	what  text not null,
	batch bigint references batch on delete set null,
	text  text not null default ''
);
