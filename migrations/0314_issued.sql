-- The papers of a case as they were numbered and kept (src/absorb/issued.c): the very words, their edition, what became of them. A number is used once.

CREATE TABLE issued_paper (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  form TEXT, about INTEGER, side TEXT, edition INTEGER, own_number TEXT, own_key TEXT, said BLOB, digest TEXT, issued_at INTEGER, before INTEGER, signed_on INTEGER, scan INTEGER, note BLOB
) STRICT;
CREATE INDEX issued_paper_parent ON issued_paper (parent);
CREATE INDEX issued_paper_area ON issued_paper (area);
CREATE INDEX issued_paper_town ON issued_paper (town);
CREATE INDEX issued_paper_comm ON issued_paper (comm);
CREATE INDEX issued_paper_org ON issued_paper (org);
CREATE INDEX issued_paper_owner ON issued_paper (owner);
CREATE INDEX issued_paper_creator ON issued_paper (creator);
CREATE INDEX issued_paper_about ON issued_paper (about);
CREATE UNIQUE INDEX issued_paper_number ON issued_paper (number);
CREATE UNIQUE INDEX issued_paper_own ON issued_paper (own_key);
ALTER TABLE signature ADD COLUMN issued INTEGER;
ALTER TABLE org ADD COLUMN mark TEXT;
