-- Papers that police, court and shelter numbered and kept for themselves (src/absorb/office.c), as issued_paper is for the team; which paper is kept next, on the
-- records they are made of; and whose particulars may stand in a kept paper.

CREATE TABLE office_paper (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  form TEXT, about INTEGER, edition INTEGER, own_number TEXT, own_key TEXT, said BLOB, digest TEXT, reader INTEGER, issued_at INTEGER, before INTEGER, signed_on INTEGER,
  signers BLOB, kept_in BLOB, note BLOB
) STRICT;
CREATE INDEX office_paper_parent ON office_paper (parent);
CREATE INDEX office_paper_area ON office_paper (area);
CREATE INDEX office_paper_town ON office_paper (town);
CREATE INDEX office_paper_comm ON office_paper (comm);
CREATE INDEX office_paper_org ON office_paper (org);
CREATE INDEX office_paper_owner ON office_paper (owner);
CREATE INDEX office_paper_creator ON office_paper (creator);
CREATE INDEX office_paper_about ON office_paper (about);
CREATE UNIQUE INDEX office_paper_number ON office_paper (number);
CREATE UNIQUE INDEX office_paper_own ON office_paper (own_key);
ALTER TABLE issued_paper ADD COLUMN reader INTEGER;
ALTER TABLE warning_letter ADD COLUMN paper TEXT;
ALTER TABLE protection_order ADD COLUMN paper TEXT;
ALTER TABLE mandatory ADD COLUMN paper TEXT;
ALTER TABLE shelter_stay ADD COLUMN paper TEXT;
