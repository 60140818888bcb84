-- What the citizens' pages keep beside the clue (src/portal/portal.c): a receipt only as a keyed hash, and how often an address
-- (a keyed hash too) has written or asked.

CREATE TABLE portal_receipt (hash BLOB PRIMARY KEY, clue INTEGER NOT NULL, ms INTEGER NOT NULL) STRICT;

CREATE TABLE portal_rate (
  who BLOB NOT NULL, what TEXT NOT NULL, since INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (who, what)
) STRICT;
CREATE INDEX portal_rate_since ON portal_rate (since);
