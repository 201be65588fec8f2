-- +goose Up
-- Vendors, and apps seen in use. Columns that hold a commitment have their value
-- and salt in pii: vendors (about), vendor_assessments (words), vendor_decisions
-- (words), vendor_actions (text, proof), vendor_reports (link, notes, exceptions,
-- duties) and discovered (reason). Answers, override, contract, review, result,
-- scopes, people and app are JSON, and empty where there is nothing; so is what
-- about commits to. Days are text, "2026-11-22", empty where there is none.

-- The thread that a card is posted in: a channel of the chat system, and a message.
ALTER TABLE cards ADD COLUMN thread_in TEXT NOT NULL DEFAULT '';
ALTER TABLE cards ADD COLUMN thread_id TEXT NOT NULL DEFAULT '';

CREATE TABLE vendors (
	id TEXT PRIMARY KEY, state TEXT NOT NULL, name TEXT NOT NULL, website TEXT NOT NULL, domain TEXT NOT NULL,
	requested_by TEXT NOT NULL, proposed TEXT NOT NULL, sponsor TEXT NOT NULL, accepted INTEGER NOT NULL, manager TEXT NOT NULL, tech_owner TEXT NOT NULL,
	source TEXT NOT NULL, thread_in TEXT NOT NULL, thread_id TEXT NOT NULL,
	about TEXT NOT NULL, answers TEXT NOT NULL, inherent TEXT NOT NULL, residual TEXT NOT NULL, critical INTEGER NOT NULL, matrix INTEGER NOT NULL, override TEXT NOT NULL,
	used INTEGER NOT NULL, last_used_on TEXT NOT NULL, has_cost INTEGER NOT NULL, annual_cost INTEGER NOT NULL, contract TEXT NOT NULL, review TEXT NOT NULL, until TEXT NOT NULL,
	round INTEGER NOT NULL, content_version INTEGER NOT NULL, created_at INTEGER NOT NULL, decided_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;

CREATE TABLE vendor_assessments (
	id TEXT PRIMARY KEY, vendor TEXT NOT NULL, round INTEGER NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL, made_at INTEGER NOT NULL,
	answers TEXT NOT NULL, result TEXT NOT NULL, carry_on TEXT NOT NULL, words TEXT NOT NULL
) STRICT;
CREATE INDEX vendor_assessments_by_vendor ON vendor_assessments (vendor, id);

CREATE TABLE vendor_decisions (
	id TEXT PRIMARY KEY, vendor TEXT NOT NULL, round INTEGER NOT NULL, step INTEGER NOT NULL, person TEXT NOT NULL, basis TEXT NOT NULL, seat TEXT NOT NULL,
	verdict TEXT NOT NULL, words TEXT NOT NULL, until TEXT NOT NULL, content_version INTEGER NOT NULL, decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX vendor_decisions_by_vendor ON vendor_decisions (vendor, id);

CREATE TABLE vendor_actions (
	id TEXT PRIMARY KEY, vendor TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, owner TEXT NOT NULL, due_on TEXT NOT NULL,
	opened_by TEXT NOT NULL, opened_at INTEGER NOT NULL, overdue_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, closed_by TEXT NOT NULL, proof TEXT NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX vendor_actions_by_vendor ON vendor_actions (vendor, id);

CREATE TABLE vendor_reports (
	id TEXT PRIMARY KEY, vendor TEXT NOT NULL, kind TEXT NOT NULL, covers_from TEXT NOT NULL, covers_to TEXT NOT NULL, expires_on TEXT NOT NULL,
	link TEXT NOT NULL, notes TEXT NOT NULL, exceptions TEXT NOT NULL, duties TEXT NOT NULL,
	reviewed_by TEXT NOT NULL, reviewed_at INTEGER NOT NULL, added_by TEXT NOT NULL, added_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX vendor_reports_by_vendor ON vendor_reports (vendor, id);

CREATE TABLE catalogue_apps (
	id TEXT PRIMARY KEY, app TEXT NOT NULL, vendor TEXT NOT NULL, added_by TEXT NOT NULL, added_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;

CREATE TABLE discovered (
	id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, source TEXT NOT NULL, scopes TEXT NOT NULL, scope TEXT NOT NULL,
	people TEXT NOT NULL, strange INTEGER NOT NULL, first_on TEXT NOT NULL, last_on TEXT NOT NULL, state TEXT NOT NULL, vendor TEXT NOT NULL,
	reason TEXT NOT NULL, person TEXT NOT NULL, not_seen INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;

-- Up to when a source of apps in use was read without a gap.
CREATE TABLE readings (source TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT;

-- +goose StatementBegin
CREATE TRIGGER vendor_assessments_no_update BEFORE UPDATE ON vendor_assessments BEGIN SELECT RAISE(ABORT, 'assessments of vendors are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vendor_assessments_no_delete BEFORE DELETE ON vendor_assessments BEGIN SELECT RAISE(ABORT, 'assessments of vendors are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vendor_assessments_no_replace BEFORE INSERT ON vendor_assessments
WHEN EXISTS (SELECT 1 FROM vendor_assessments WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'assessments of vendors are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vendor_decisions_no_update BEFORE UPDATE ON vendor_decisions BEGIN SELECT RAISE(ABORT, 'decisions of vendors are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vendor_decisions_no_delete BEFORE DELETE ON vendor_decisions BEGIN SELECT RAISE(ABORT, 'decisions of vendors are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vendor_decisions_no_replace BEFORE INSERT ON vendor_decisions
WHEN EXISTS (SELECT 1 FROM vendor_decisions WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'decisions of vendors are never changed'); END;
-- +goose StatementEnd
