-- Certificates of mediators as files (src/people/studio.c), and why another than the first suggested was chosen (src/absorb/case.c).

CREATE TABLE certificate (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, name BLOB, note BLOB, type TEXT, bytes INTEGER, sha256 BLOB, sm3 BLOB, stored TEXT, preview INTEGER, file TEXT, file_key BLOB
) STRICT;
CREATE INDEX certificate_parent ON certificate (parent);
CREATE INDEX mediator_training_held ON mediator_training (held_on);
ALTER TABLE case_file ADD COLUMN choice TEXT;
