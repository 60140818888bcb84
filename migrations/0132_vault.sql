-- The sealed vault (src/absorb/vault.c): where somebody hides. Found only by its case; opened only by two persons.

CREATE TABLE vault (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, party INTEGER, kept BLOB
) STRICT;
CREATE INDEX vault_parent ON vault (parent);

CREATE TABLE opening (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  reason BLOB, asker INTEGER, decider INTEGER, decided INTEGER, until INTEGER
) STRICT;
CREATE INDEX opening_parent ON opening (parent);
