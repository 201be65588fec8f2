-- +goose Up
-- Of two indexes that fit equally SQLite took the one over all values to find one
-- owner's value, and then read through everybody who had written the same words.
-- Partial indexes on field would be tried against each new value of a parameter,
-- and the statement compiled again each time.
DROP INDEX pii_by_owner;
DROP INDEX pii_by_value;
CREATE INDEX pii_by_owner ON pii (owner, field, value);
CREATE INDEX pii_by_value ON pii (value, field);

-- The order in which jobs are taken.
DROP INDEX jobs_by_due;
CREATE INDEX jobs_in_order ON jobs (urgent, due_at, id);
