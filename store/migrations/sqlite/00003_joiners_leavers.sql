-- +goose Up
-- Joiners and leavers. Columns that hold a commitment have their value and salt in
-- pii: onboardings (given_name, family_name, personal_email) and steps (problem,
-- note, seen). Days are text, "2026-11-22", empty where there is none.

ALTER TABLE people ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN starts_on TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN ends_on TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN outside TEXT NOT NULL DEFAULT '';

-- A grant rests on a request or on an onboarding, whose id is in request_id too.
-- SQLite lets go of the old reference only with the table; tasks points to it, and
-- is made anew with it, so that no reference is ever without its row.
CREATE TABLE grants_anew (
	id TEXT PRIMARY KEY, request_id TEXT NOT NULL, person TEXT NOT NULL,
	app TEXT NOT NULL, level TEXT NOT NULL, provisioner TEXT NOT NULL, target TEXT NOT NULL, target_key TEXT NOT NULL,
	state TEXT NOT NULL, duration_ms INTEGER NOT NULL, looked INTEGER NOT NULL, found INTEGER NOT NULL, ours INTEGER NOT NULL,
	starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, problem TEXT NOT NULL, next_step TEXT NOT NULL,
	confirmed_by TEXT NOT NULL, version INTEGER NOT NULL,
	source TEXT NOT NULL DEFAULT 'request', role TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL DEFAULT 0, ended_by TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO grants_anew (id, request_id, person, app, level, provisioner, target, target_key, state, duration_ms, looked, found, ours,
	starts_at, ends_at, problem, next_step, confirmed_by, version)
SELECT id, request_id, person, app, level, provisioner, target, target_key, state, duration_ms, looked, found, ours,
	starts_at, ends_at, problem, next_step, confirmed_by, version FROM grants ORDER BY id;
CREATE TABLE tasks_anew (
	id TEXT PRIMARY KEY, grant_id TEXT NOT NULL REFERENCES grants_anew (id), request_id TEXT NOT NULL,
	give INTEGER NOT NULL, instruction TEXT NOT NULL, done INTEGER NOT NULL, done_by TEXT NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL
) STRICT;
INSERT INTO tasks_anew (id, grant_id, request_id, give, instruction, done, done_by, note, version)
SELECT id, grant_id, request_id, give, instruction, done, done_by, note, version FROM tasks ORDER BY id;
DROP TABLE tasks;
DROP TABLE grants;
ALTER TABLE grants_anew RENAME TO grants;
ALTER TABLE tasks_anew RENAME TO tasks;
CREATE INDEX grants_by_request ON grants (request_id);
CREATE INDEX grants_unended ON grants (id) WHERE state <> 'expired' AND state <> 'revoked';
CREATE INDEX grants_by_person ON grants (person, target_key);
CREATE INDEX grants_ended_by ON grants (ended_by, id) WHERE ended_by <> '';
CREATE INDEX tasks_open ON tasks (grant_id) WHERE done = 0;

CREATE TABLE onboardings (
	id TEXT PRIMARY KEY, state TEXT NOT NULL, person TEXT NOT NULL, opened_by TEXT NOT NULL,
	given_name TEXT NOT NULL, family_name TEXT NOT NULL, personal_email TEXT NOT NULL,
	role TEXT NOT NULL, pre_start TEXT NOT NULL, starts_on TEXT NOT NULL, rehire INTEGER NOT NULL,
	password_at INTEGER NOT NULL, created_at INTEGER NOT NULL, started_at INTEGER NOT NULL, completed_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX onboardings_open ON onboardings (id) WHERE state <> 'completed' AND state <> 'stopped';
CREATE INDEX onboardings_by_person ON onboardings (person);

CREATE TABLE offboardings (
	id TEXT PRIMARY KEY, state TEXT NOT NULL, person TEXT NOT NULL, opened_by TEXT NOT NULL, cause TEXT NOT NULL, told_by TEXT NOT NULL,
	last_day TEXT NOT NULL, begins_at INTEGER NOT NULL, new_owner TEXT NOT NULL, mail TEXT NOT NULL, super_admin INTEGER NOT NULL, second_by TEXT NOT NULL,
	created_at INTEGER NOT NULL, started_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, completed_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX offboardings_open ON offboardings (id) WHERE state <> 'completed' AND state <> 'cancelled';
CREATE INDEX offboardings_by_person ON offboardings (person);

-- record is an onboarding or an offboarding.
CREATE TABLE steps (
	id TEXT PRIMARY KEY, record TEXT NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL,
	problem TEXT NOT NULL, next_step TEXT NOT NULL, seen TEXT NOT NULL, done_by TEXT NOT NULL, note TEXT NOT NULL,
	started_at INTEGER NOT NULL, done_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX steps_by_record ON steps (record, place);

CREATE TABLE duties (
	id TEXT PRIMARY KEY, person TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL, item_version TEXT NOT NULL, hash TEXT NOT NULL,
	record TEXT NOT NULL, content_version INTEGER NOT NULL,
	assigned_at INTEGER NOT NULL, due_at INTEGER NOT NULL, overdue_at INTEGER NOT NULL, done_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX duties_open ON duties (id) WHERE done_at = 0;
CREATE INDEX duties_by_person ON duties (person, id);
CREATE INDEX duties_by_record ON duties (record, id) WHERE record <> '';
