-- Files of clues (src/sense/import.c): each upload, its bad rows, and how a channel's columns were read last time.

CREATE TABLE import_batch (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, area TEXT NOT NULL, sheet INTEGER NOT NULL,
  map TEXT NOT NULL, rows INTEGER NOT NULL, done_row INTEGER NOT NULL, good INTEGER NOT NULL, bad INTEGER NOT NULL, dup INTEGER NOT NULL,
  warned INTEGER NOT NULL, state TEXT NOT NULL, error TEXT, who INTEGER NOT NULL, org INTEGER NOT NULL, ms INTEGER NOT NULL,
  finished INTEGER NOT NULL
) STRICT;
CREATE INDEX import_batch_who ON import_batch (who, id);
CREATE INDEX import_batch_sha ON import_batch (sha256);
CREATE INDEX import_batch_state ON import_batch (state, ms);

CREATE TABLE import_bad (
  batch INTEGER NOT NULL, row INTEGER NOT NULL, col TEXT NOT NULL, reason TEXT NOT NULL, arg TEXT NOT NULL, PRIMARY KEY (batch, row)
) STRICT;

CREATE TABLE import_map (
  channel TEXT NOT NULL, head TEXT NOT NULL, map TEXT NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (channel, head)
) STRICT;
