-- A party who must not learn of the case, and who stands in as guardian (src/absorb/guardian.c).

ALTER TABLE party ADD COLUMN guardian INTEGER;
ALTER TABLE party ADD COLUMN suspect TEXT;
ALTER TABLE party ADD COLUMN suspect_why BLOB;
ALTER TABLE party ADD COLUMN suspect_by INTEGER;
ALTER TABLE party ADD COLUMN told_on INTEGER;

CREATE TABLE custody (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  child INTEGER, office INTEGER, grade TEXT, child_name BLOB, reasons TEXT, note BLOB, kind TEXT, guardian_name BLOB, guardian_phone BLOB, from_on INTEGER,
  until INTEGER, extensions INTEGER, ended_on INTEGER, end_reason TEXT
) STRICT;
CREATE INDEX custody_parent ON custody (parent);
CREATE INDEX custody_area ON custody (area);
CREATE INDEX custody_town ON custody (town);
CREATE INDEX custody_comm ON custody (comm);
CREATE INDEX custody_org ON custody (org);
CREATE INDEX custody_owner ON custody (owner);
CREATE INDEX custody_creator ON custody (creator);
