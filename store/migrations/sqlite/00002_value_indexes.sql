-- +goose Up
-- An index over all values was taken for finding one owner's value, and then read
-- through everybody who had written the same words.
DROP INDEX pii_by_value;
CREATE INDEX pii_by_chat_id ON pii (value) WHERE field = 'chat_id';
CREATE INDEX pii_by_account_id ON pii (value) WHERE field = 'account_id';
CREATE INDEX pii_by_email ON pii (value) WHERE field = 'email';
