-- Key petitions (src/absorb/petition.c), and what follow-up visits carry more (src/absorb/visit.c).

CREATE TABLE petition (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  way TEXT, kind TEXT, matter TEXT, petitioner BLOB, phone BLOB, idno BLOB, idno_bi BLOB, safe_contact TEXT, safe_note BLOB, against BLOB,
  text BLOB, received_on INTEGER, important INTEGER, repeats INTEGER, leader INTEGER, kase INTEGER, refuse_reason TEXT, refuse_note BLOB,
  told_on INTEGER, stage TEXT, stage_note BLOB, accepted_on INTEGER, due_on INTEGER, extend_reason BLOB, extended_on INTEGER, answer BLOB,
  answered_on INTEGER, review_on INTEGER, review_answer BLOB, review_answered INTEGER, satisfaction TEXT, rounds INTEGER, note BLOB
) STRICT;
CREATE INDEX petition_area ON petition (area);
CREATE INDEX petition_town ON petition (town);
CREATE INDEX petition_comm ON petition (comm);
CREATE INDEX petition_org ON petition (org);
CREATE INDEX petition_owner ON petition (owner);
CREATE INDEX petition_creator ON petition (creator);
CREATE INDEX petition_idno_bi ON petition (idno_bi);

ALTER TABLE visit ADD COLUMN way TEXT;
ALTER TABLE visit ADD COLUMN points TEXT;
ALTER TABLE visit ADD COLUMN in_person INTEGER;
ALTER TABLE visit ADD COLUMN alone INTEGER;
