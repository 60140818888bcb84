-- What body an idempotency key of the API came with: a keyed hash, so that the same key with another body is noticed.
CREATE TABLE api_idem (
  actor INTEGER NOT NULL, key TEXT NOT NULL, hash BLOB NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (actor, key)
) STRICT;
