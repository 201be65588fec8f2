-- +goose Up
-- The order in which jobs are taken.
DROP INDEX jobs_by_due;
CREATE INDEX jobs_in_order ON jobs (urgent, due_at, id);
