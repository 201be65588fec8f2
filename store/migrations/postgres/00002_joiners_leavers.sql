-- +goose Up
-- Joiners and leavers. Columns that hold a commitment have their value and salt in
-- pii: onboardings (given_name, family_name, personal_email) and steps (problem,
-- note, seen). Days are text, "2026-11-22", empty where there is none.

ALTER TABLE people ADD COLUMN stage TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN terms TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN starts_on TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN ends_on TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN outside TEXT COLLATE "C" NOT NULL DEFAULT '';

-- A grant rests on a request or on an onboarding, whose id is in request_id too.
ALTER TABLE grants DROP CONSTRAINT grants_request_id_fkey;
ALTER TABLE grants ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT 'request';
ALTER TABLE grants ADD COLUMN role TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN ended_by TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX grants_unended;
CREATE INDEX grants_unended ON grants (id) WHERE state <> 'expired' AND state <> 'revoked';
CREATE INDEX grants_ended_by ON grants (ended_by, id) WHERE ended_by <> '';

CREATE TABLE onboardings (
	id TEXT COLLATE "C" PRIMARY KEY, state TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL, opened_by TEXT COLLATE "C" NOT NULL,
	given_name TEXT COLLATE "C" NOT NULL, family_name TEXT COLLATE "C" NOT NULL, personal_email TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL, pre_start TEXT COLLATE "C" NOT NULL, starts_on TEXT COLLATE "C" NOT NULL, rehire BIGINT NOT NULL,
	password_at BIGINT NOT NULL, created_at BIGINT NOT NULL, started_at BIGINT NOT NULL, completed_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX onboardings_open ON onboardings (id) WHERE state <> 'completed' AND state <> 'stopped';
CREATE INDEX onboardings_by_person ON onboardings (person);

CREATE TABLE offboardings (
	id TEXT COLLATE "C" PRIMARY KEY, state TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL, opened_by TEXT COLLATE "C" NOT NULL, cause TEXT COLLATE "C" NOT NULL, told_by TEXT COLLATE "C" NOT NULL,
	last_day TEXT COLLATE "C" NOT NULL, begins_at BIGINT NOT NULL, new_owner TEXT COLLATE "C" NOT NULL, mail TEXT COLLATE "C" NOT NULL, super_admin BIGINT NOT NULL, second_by TEXT COLLATE "C" NOT NULL,
	created_at BIGINT NOT NULL, started_at BIGINT NOT NULL, closed_at BIGINT NOT NULL, completed_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX offboardings_open ON offboardings (id) WHERE state <> 'completed' AND state <> 'cancelled';
CREATE INDEX offboardings_by_person ON offboardings (person);

-- record is an onboarding or an offboarding.
CREATE TABLE steps (
	id TEXT COLLATE "C" PRIMARY KEY, record TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, place BIGINT NOT NULL, state TEXT COLLATE "C" NOT NULL,
	problem TEXT COLLATE "C" NOT NULL, next_step TEXT COLLATE "C" NOT NULL, seen TEXT COLLATE "C" NOT NULL, done_by TEXT COLLATE "C" NOT NULL, note TEXT COLLATE "C" NOT NULL,
	started_at BIGINT NOT NULL, done_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX steps_by_record ON steps (record, place);

CREATE TABLE duties (
	id TEXT COLLATE "C" PRIMARY KEY, person TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, item TEXT COLLATE "C" NOT NULL, item_version TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL,
	record TEXT COLLATE "C" NOT NULL, content_version BIGINT NOT NULL,
	assigned_at BIGINT NOT NULL, due_at BIGINT NOT NULL, overdue_at BIGINT NOT NULL, done_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX duties_open ON duties (id) WHERE done_at = 0;
CREATE INDEX duties_by_person ON duties (person, id);
CREATE INDEX duties_by_record ON duties (record, id) WHERE record <> '';
