-- +goose Up
-- Jobs are in River's tables, which it makes itself. Text is compared byte by byte,
-- as SQLite does it, whatever the server's language is.
-- Times are integer milliseconds since 1970 UTC; 0 means none.
-- Columns that hold a commitment ("sha256:…") have their value and salt in pii.
-- Personal values also stand in clear in posts (said, layout, channel), cards
-- (body, at_channel), answers (outcome), named (email) and configurations
-- (effective), and chat ids of people not known yet in refusals (person),
-- calendar (record), river_job (args) and pii (owner).

CREATE TABLE counters (prefix TEXT COLLATE "C" PRIMARY KEY, n BIGINT NOT NULL);

CREATE TABLE pii (
	commitment TEXT COLLATE "C" PRIMARY KEY,
	owner      TEXT COLLATE "C" NOT NULL,
	field      TEXT COLLATE "C" NOT NULL,
	value      TEXT COLLATE "C" NOT NULL,
	salt       BYTEA NOT NULL
);
CREATE INDEX pii_by_owner ON pii (owner, field);
-- Not of all values: a row of an index holds at most a third of a page.
CREATE INDEX pii_by_chat_id ON pii (value) WHERE field = 'chat_id';
CREATE INDEX pii_by_account_id ON pii (value) WHERE field = 'account_id';
CREATE INDEX pii_by_email ON pii (value) WHERE field = 'email';

CREATE TABLE events (
	seq         BIGINT PRIMARY KEY,
	event_id    TEXT COLLATE "C" NOT NULL UNIQUE,
	recorded_at BIGINT NOT NULL,
	body        BYTEA NOT NULL,
	leaf_hash   BYTEA NOT NULL
);
CREATE TABLE ledger_hashes (i BIGINT PRIMARY KEY, hash BYTEA NOT NULL);
CREATE TABLE ledger_head (one BIGINT PRIMARY KEY CHECK (one = 1), size BIGINT NOT NULL, recorded_at BIGINT NOT NULL);
INSERT INTO ledger_head (one, size, recorded_at) VALUES (1, 0, 0);
CREATE TABLE checkpoints (size BIGINT PRIMARY KEY, made_at BIGINT NOT NULL, note TEXT COLLATE "C" NOT NULL, signature TEXT COLLATE "C" NOT NULL);
CREATE TABLE ledger_keys (n BIGINT PRIMARY KEY, verifier TEXT COLLATE "C" NOT NULL, since BIGINT NOT NULL);
CREATE TABLE configurations (n BIGINT PRIMARY KEY, hash TEXT COLLATE "C" NOT NULL, applied_at BIGINT NOT NULL, effective BYTEA NOT NULL);

-- Since when the configuration names somebody: scope is an app's id, or "*".
CREATE TABLE named (scope TEXT COLLATE "C" NOT NULL, email TEXT COLLATE "C" NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (scope, email));

CREATE TABLE people (
	id TEXT COLLATE "C" PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL,
	email TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, chat_id TEXT COLLATE "C" NOT NULL, account_id TEXT COLLATE "C" NOT NULL, other_chat TEXT COLLATE "C" NOT NULL,
	manager_id TEXT COLLATE "C" NOT NULL, role_id TEXT COLLATE "C" NOT NULL, active BIGINT NOT NULL, hold TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX people_by_chat ON people (chat_id);
CREATE INDEX people_by_account ON people (account_id);
CREATE INDEX people_by_email ON people (email);

CREATE TABLE requests (
	id TEXT COLLATE "C" PRIMARY KEY, state TEXT COLLATE "C" NOT NULL, requester TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL,
	app TEXT COLLATE "C" NOT NULL, level TEXT COLLATE "C" NOT NULL, duration_ms BIGINT NOT NULL, justification TEXT COLLATE "C" NOT NULL,
	content_version BIGINT NOT NULL, steps BIGINT NOT NULL,
	created_at BIGINT NOT NULL, lapses_at BIGINT NOT NULL, decided_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX requests_waiting ON requests (id) WHERE state = 'waiting';
CREATE INDEX requests_by_requester ON requests (requester);
CREATE INDEX requests_by_subject ON requests (subject);

CREATE TABLE decisions (
	id TEXT COLLATE "C" PRIMARY KEY, request_id TEXT COLLATE "C" NOT NULL REFERENCES requests (id), step BIGINT NOT NULL, person TEXT COLLATE "C" NOT NULL,
	basis TEXT COLLATE "C" NOT NULL, seat TEXT COLLATE "C" NOT NULL, verdict TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL, content_version BIGINT NOT NULL, decided_at BIGINT NOT NULL
);
CREATE INDEX decisions_by_request ON decisions (request_id);

CREATE TABLE grants (
	id TEXT COLLATE "C" PRIMARY KEY, request_id TEXT COLLATE "C" NOT NULL REFERENCES requests (id), person TEXT COLLATE "C" NOT NULL,
	app TEXT COLLATE "C" NOT NULL, level TEXT COLLATE "C" NOT NULL, provisioner TEXT COLLATE "C" NOT NULL, target TEXT COLLATE "C" NOT NULL, target_key TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL, duration_ms BIGINT NOT NULL, looked BIGINT NOT NULL, found BIGINT NOT NULL, ours BIGINT NOT NULL,
	starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, problem TEXT COLLATE "C" NOT NULL, next_step TEXT COLLATE "C" NOT NULL,
	confirmed_by TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX grants_by_request ON grants (request_id);
CREATE INDEX grants_unended ON grants (id) WHERE state <> 'expired';
CREATE INDEX grants_by_person ON grants (person, target_key);

CREATE TABLE tasks (
	id TEXT COLLATE "C" PRIMARY KEY, grant_id TEXT COLLATE "C" NOT NULL REFERENCES grants (id), request_id TEXT COLLATE "C" NOT NULL,
	give BIGINT NOT NULL, instruction TEXT COLLATE "C" NOT NULL, done BIGINT NOT NULL, done_by TEXT COLLATE "C" NOT NULL, note TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX tasks_open ON tasks (grant_id) WHERE done = 0;

CREATE TABLE cards (
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL, record TEXT COLLATE "C" NOT NULL, channel TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL,
	body TEXT COLLATE "C" NOT NULL, pre TEXT COLLATE "C" NOT NULL, wanted BIGINT NOT NULL, shown BIGINT NOT NULL, tried BIGINT NOT NULL,
	at_channel TEXT COLLATE "C" NOT NULL, at_id TEXT COLLATE "C" NOT NULL, UNIQUE (kind, record, channel, person)
);
CREATE INDEX cards_by_record ON cards (record);

-- What was posted, each time as it was sent: names and reasons stand in it in
-- clear. What is to be erased is found by card_id: cards.record names the record a
-- post is about, cards.person the person it was sent to. No commitment and no
-- digest covers said and layout, so that they may be emptied.
CREATE TABLE posts (
	n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, card_id BIGINT NOT NULL REFERENCES cards (id), version BIGINT NOT NULL, posted_at BIGINT NOT NULL,
	channel TEXT COLLATE "C" NOT NULL, message TEXT COLLATE "C" NOT NULL, said TEXT COLLATE "C" NOT NULL, layout TEXT COLLATE "C" NOT NULL
);
CREATE INDEX posts_by_card ON posts (card_id);

CREATE TABLE calendar (
	kind TEXT COLLATE "C" NOT NULL, record TEXT COLLATE "C" NOT NULL, due_at BIGINT NOT NULL, cron TEXT COLLATE "C" NOT NULL, PRIMARY KEY (kind, record)
);
CREATE INDEX calendar_by_due ON calendar (due_at);

CREATE TABLE answers (key TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL, outcome TEXT COLLATE "C" NOT NULL);
CREATE TABLE refusals (
	person TEXT COLLATE "C" NOT NULL, record TEXT COLLATE "C" NOT NULL, action TEXT COLLATE "C" NOT NULL, rule TEXT COLLATE "C" NOT NULL,
	since BIGINT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (person, record, action, rule)
);

-- The ledger only grows. TRUNCATE fires no row trigger.
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
-- +goose StatementEnd
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change('events are append-only');
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('events are append-only');
CREATE TRIGGER hashes_no_change BEFORE UPDATE OR DELETE ON ledger_hashes FOR EACH ROW EXECUTE FUNCTION refuse_change('ledger hashes are append-only');
CREATE TRIGGER hashes_no_truncate BEFORE TRUNCATE ON ledger_hashes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('ledger hashes are append-only');
CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change('decisions are never changed');
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('decisions are never changed');
CREATE TRIGGER checkpoints_no_change BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change('checkpoints are append-only');
CREATE TRIGGER checkpoints_no_truncate BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('checkpoints are append-only');
