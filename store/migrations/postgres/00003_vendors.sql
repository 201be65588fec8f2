-- +goose Up
-- Vendors, and apps seen in use. Columns that hold a commitment have their value
-- and salt in pii: vendors (about), vendor_assessments (words), vendor_decisions
-- (words), vendor_actions (text, proof), vendor_reports (link, notes, exceptions,
-- duties) and discovered (reason). Answers, override, contract, review, result,
-- scopes, people and app are JSON, and empty where there is nothing; so is what
-- about commits to. Days are text, "2026-11-22", empty where there is none.

-- The thread that a card is posted in: a channel of the chat system, and a message.
ALTER TABLE cards ADD COLUMN thread_in TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cards ADD COLUMN thread_id TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE vendors (
	id TEXT COLLATE "C" PRIMARY KEY, state TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, website TEXT COLLATE "C" NOT NULL, domain TEXT COLLATE "C" NOT NULL,
	requested_by TEXT COLLATE "C" NOT NULL, proposed TEXT COLLATE "C" NOT NULL, sponsor TEXT COLLATE "C" NOT NULL, accepted BIGINT NOT NULL, manager TEXT COLLATE "C" NOT NULL, tech_owner TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL, thread_in TEXT COLLATE "C" NOT NULL, thread_id TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL, answers TEXT COLLATE "C" NOT NULL, inherent TEXT COLLATE "C" NOT NULL, residual TEXT COLLATE "C" NOT NULL, critical BIGINT NOT NULL, matrix BIGINT NOT NULL, override TEXT COLLATE "C" NOT NULL,
	used BIGINT NOT NULL, last_used_on TEXT COLLATE "C" NOT NULL, has_cost BIGINT NOT NULL, annual_cost BIGINT NOT NULL, contract TEXT COLLATE "C" NOT NULL, review TEXT COLLATE "C" NOT NULL, until TEXT COLLATE "C" NOT NULL,
	round BIGINT NOT NULL, content_version BIGINT NOT NULL, created_at BIGINT NOT NULL, decided_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, version BIGINT NOT NULL
);

CREATE TABLE vendor_assessments (
	id TEXT COLLATE "C" PRIMARY KEY, vendor TEXT COLLATE "C" NOT NULL, round BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL, made_at BIGINT NOT NULL,
	answers TEXT COLLATE "C" NOT NULL, result TEXT COLLATE "C" NOT NULL, carry_on TEXT COLLATE "C" NOT NULL, words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX vendor_assessments_by_vendor ON vendor_assessments (vendor, id);

CREATE TABLE vendor_decisions (
	id TEXT COLLATE "C" PRIMARY KEY, vendor TEXT COLLATE "C" NOT NULL, round BIGINT NOT NULL, step BIGINT NOT NULL, person TEXT COLLATE "C" NOT NULL, basis TEXT COLLATE "C" NOT NULL, seat TEXT COLLATE "C" NOT NULL,
	verdict TEXT COLLATE "C" NOT NULL, words TEXT COLLATE "C" NOT NULL, until TEXT COLLATE "C" NOT NULL, content_version BIGINT NOT NULL, decided_at BIGINT NOT NULL
);
CREATE INDEX vendor_decisions_by_vendor ON vendor_decisions (vendor, id);

CREATE TABLE vendor_actions (
	id TEXT COLLATE "C" PRIMARY KEY, vendor TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, text TEXT COLLATE "C" NOT NULL, owner TEXT COLLATE "C" NOT NULL, due_on TEXT COLLATE "C" NOT NULL,
	opened_by TEXT COLLATE "C" NOT NULL, opened_at BIGINT NOT NULL, overdue_at BIGINT NOT NULL, closed_at BIGINT NOT NULL, closed_by TEXT COLLATE "C" NOT NULL, proof TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX vendor_actions_by_vendor ON vendor_actions (vendor, id);

CREATE TABLE vendor_reports (
	id TEXT COLLATE "C" PRIMARY KEY, vendor TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, covers_from TEXT COLLATE "C" NOT NULL, covers_to TEXT COLLATE "C" NOT NULL, expires_on TEXT COLLATE "C" NOT NULL,
	link TEXT COLLATE "C" NOT NULL, notes TEXT COLLATE "C" NOT NULL, exceptions TEXT COLLATE "C" NOT NULL, duties TEXT COLLATE "C" NOT NULL,
	reviewed_by TEXT COLLATE "C" NOT NULL, reviewed_at BIGINT NOT NULL, added_by TEXT COLLATE "C" NOT NULL, added_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX vendor_reports_by_vendor ON vendor_reports (vendor, id);

CREATE TABLE catalogue_apps (
	id TEXT COLLATE "C" PRIMARY KEY, app TEXT COLLATE "C" NOT NULL, vendor TEXT COLLATE "C" NOT NULL, added_by TEXT COLLATE "C" NOT NULL, added_at BIGINT NOT NULL, version BIGINT NOT NULL
);

CREATE TABLE discovered (
	id TEXT COLLATE "C" PRIMARY KEY, key TEXT COLLATE "C" NOT NULL UNIQUE, name TEXT COLLATE "C" NOT NULL, source TEXT COLLATE "C" NOT NULL, scopes TEXT COLLATE "C" NOT NULL, scope TEXT COLLATE "C" NOT NULL,
	people TEXT COLLATE "C" NOT NULL, strange BIGINT NOT NULL, first_on TEXT COLLATE "C" NOT NULL, last_on TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL, vendor TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL, not_seen BIGINT NOT NULL, version BIGINT NOT NULL
);

-- Up to when a source of apps in use was read without a gap.
CREATE TABLE readings (source TEXT COLLATE "C" PRIMARY KEY, up_to BIGINT NOT NULL);

CREATE TRIGGER vendor_assessments_no_change BEFORE UPDATE OR DELETE ON vendor_assessments FOR EACH ROW EXECUTE FUNCTION refuse_change('assessments of vendors are never changed');
CREATE TRIGGER vendor_assessments_no_truncate BEFORE TRUNCATE ON vendor_assessments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('assessments of vendors are never changed');
CREATE TRIGGER vendor_decisions_no_change BEFORE UPDATE OR DELETE ON vendor_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change('decisions of vendors are never changed');
CREATE TRIGGER vendor_decisions_no_truncate BEFORE TRUNCATE ON vendor_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('decisions of vendors are never changed');
