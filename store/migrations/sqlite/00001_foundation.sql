-- +goose Up
-- Times are integer milliseconds since 1970 UTC; 0 means none.
-- Columns that hold a commitment ("sha256:…") have their value and salt in pii.
-- Personal values also stand in clear in posts (said, layout, channel), cards
-- (body, at_channel), answers (outcome), named (email) and configurations
-- (effective), and chat ids of people not known yet in refusals (person),
-- calendar (record), jobs (record) and pii (owner).

CREATE TABLE counters (prefix TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;

CREATE TABLE pii (
	commitment TEXT PRIMARY KEY,
	owner      TEXT NOT NULL,
	field      TEXT NOT NULL,
	value      TEXT NOT NULL,
	salt       BLOB NOT NULL
) STRICT;
CREATE INDEX pii_by_owner ON pii (owner, field);
CREATE INDEX pii_by_value ON pii (field, value);

CREATE TABLE events (
	seq         INTEGER PRIMARY KEY,
	event_id    TEXT NOT NULL UNIQUE,
	recorded_at INTEGER NOT NULL,
	body        BLOB NOT NULL,
	leaf_hash   BLOB NOT NULL
) STRICT;
CREATE TABLE ledger_hashes (i INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
CREATE TABLE ledger_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, recorded_at INTEGER NOT NULL) STRICT;
INSERT INTO ledger_head (one, size, recorded_at) VALUES (1, 0, 0);
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, note TEXT NOT NULL, signature TEXT NOT NULL) STRICT;
CREATE TABLE ledger_keys (n INTEGER PRIMARY KEY, verifier TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
CREATE TABLE configurations (n INTEGER PRIMARY KEY, hash TEXT NOT NULL, applied_at INTEGER NOT NULL, effective BLOB NOT NULL) STRICT;

-- Since when the configuration names somebody: scope is an app's id, or "*".
CREATE TABLE named (scope TEXT NOT NULL, email TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (scope, email)) STRICT;

CREATE TABLE people (
	id TEXT PRIMARY KEY, kind TEXT NOT NULL,
	email TEXT NOT NULL, name TEXT NOT NULL, chat_id TEXT NOT NULL, account_id TEXT NOT NULL, other_chat TEXT NOT NULL,
	manager_id TEXT NOT NULL, role_id TEXT NOT NULL, active INTEGER NOT NULL, hold TEXT NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX people_by_chat ON people (chat_id);
CREATE INDEX people_by_account ON people (account_id);
CREATE INDEX people_by_email ON people (email);

CREATE TABLE requests (
	id TEXT PRIMARY KEY, state TEXT NOT NULL, requester TEXT NOT NULL, subject TEXT NOT NULL,
	app TEXT NOT NULL, level TEXT NOT NULL, duration_ms INTEGER NOT NULL, justification TEXT NOT NULL,
	content_version INTEGER NOT NULL, steps INTEGER NOT NULL,
	created_at INTEGER NOT NULL, lapses_at INTEGER NOT NULL, decided_at INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_waiting ON requests (id) WHERE state = 'waiting';
CREATE INDEX requests_by_requester ON requests (requester);
CREATE INDEX requests_by_subject ON requests (subject);

CREATE TABLE decisions (
	id TEXT PRIMARY KEY, request_id TEXT NOT NULL REFERENCES requests (id), step INTEGER NOT NULL, person TEXT NOT NULL,
	basis TEXT NOT NULL, seat TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, content_version INTEGER NOT NULL, decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_by_request ON decisions (request_id);

CREATE TABLE grants (
	id TEXT PRIMARY KEY, request_id TEXT NOT NULL REFERENCES requests (id), person TEXT NOT NULL,
	app TEXT NOT NULL, level TEXT NOT NULL, provisioner TEXT NOT NULL, target TEXT NOT NULL, target_key TEXT NOT NULL,
	state TEXT NOT NULL, duration_ms INTEGER NOT NULL, looked INTEGER NOT NULL, found INTEGER NOT NULL, ours INTEGER NOT NULL,
	starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, problem TEXT NOT NULL, next_step TEXT NOT NULL,
	confirmed_by TEXT NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_by_request ON grants (request_id);
CREATE INDEX grants_unended ON grants (id) WHERE state <> 'expired';
CREATE INDEX grants_by_person ON grants (person, target_key);

CREATE TABLE tasks (
	id TEXT PRIMARY KEY, grant_id TEXT NOT NULL REFERENCES grants (id), request_id TEXT NOT NULL,
	give INTEGER NOT NULL, instruction TEXT NOT NULL, done INTEGER NOT NULL, done_by TEXT NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE INDEX tasks_open ON tasks (grant_id) WHERE done = 0;

CREATE TABLE cards (
	id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, record TEXT NOT NULL, channel TEXT NOT NULL, person TEXT NOT NULL,
	body TEXT NOT NULL, pre TEXT NOT NULL, wanted INTEGER NOT NULL, shown INTEGER NOT NULL, tried INTEGER NOT NULL,
	at_channel TEXT NOT NULL, at_id TEXT NOT NULL, UNIQUE (kind, record, channel, person)
) STRICT;
CREATE INDEX cards_by_record ON cards (record);

-- What was posted, each time as it was sent: names and reasons stand in it in
-- clear. What is to be erased is found by card_id: cards.record names the record a
-- post is about, cards.person the person it was sent to. No commitment and no
-- digest covers said and layout, so that they may be emptied.
CREATE TABLE posts (
	n INTEGER PRIMARY KEY AUTOINCREMENT, card_id INTEGER NOT NULL REFERENCES cards (id), version INTEGER NOT NULL, posted_at INTEGER NOT NULL,
	channel TEXT NOT NULL, message TEXT NOT NULL, said TEXT NOT NULL, layout TEXT NOT NULL
) STRICT;
CREATE INDEX posts_by_card ON posts (card_id);

CREATE TABLE jobs (
	id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, record TEXT NOT NULL, urgent INTEGER NOT NULL,
	attempt INTEGER NOT NULL, due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_due ON jobs (due_at);
CREATE INDEX jobs_by_record ON jobs (kind, record);

CREATE TABLE calendar (
	kind TEXT NOT NULL, record TEXT NOT NULL, due_at INTEGER NOT NULL, cron TEXT NOT NULL, PRIMARY KEY (kind, record)
) STRICT;
CREATE INDEX calendar_by_due ON calendar (due_at);

CREATE TABLE answers (key TEXT PRIMARY KEY, at INTEGER NOT NULL, outcome TEXT NOT NULL) STRICT;
CREATE TABLE refusals (
	person TEXT NOT NULL, record TEXT NOT NULL, action TEXT NOT NULL, rule TEXT NOT NULL,
	since INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (person, record, action, rule)
) STRICT;

-- The ledger only grows. INSERT OR REPLACE deletes without firing a delete
-- trigger, so an insert over an existing row is refused as well.
-- +goose StatementBegin
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_no_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq OR event_id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER hashes_no_update BEFORE UPDATE ON ledger_hashes BEGIN SELECT RAISE(ABORT, 'ledger hashes are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER hashes_no_delete BEFORE DELETE ON ledger_hashes BEGIN SELECT RAISE(ABORT, 'ledger hashes are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER hashes_no_replace BEFORE INSERT ON ledger_hashes
WHEN EXISTS (SELECT 1 FROM ledger_hashes WHERE i = NEW.i)
BEGIN SELECT RAISE(ABORT, 'ledger hashes are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions
WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoints_no_replace BEFORE INSERT ON checkpoints
WHEN EXISTS (SELECT 1 FROM checkpoints WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
-- +goose StatementEnd
