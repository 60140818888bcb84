-- Evidence of violence (src/absorb/evidence.c) and mandatory reports (src/absorb/mandatory.c).

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  whose TEXT, kind TEXT, what BLOB, proves BLOB, origin BLOB, got_on INTEGER, form TEXT, pages INTEGER, keeper BLOB, document INTEGER, sha256 BLOB,
  hospital BLOB, seen_on INTEGER, finding BLOB, compared INTEGER, again BLOB, handed_to TEXT, handed_on INTEGER, receipt BLOB, note BLOB
) STRICT;
CREATE INDEX evidence_parent ON evidence (parent);
CREATE INDEX evidence_area ON evidence (area);
CREATE INDEX evidence_town ON evidence (town);
CREATE INDEX evidence_comm ON evidence (comm);
CREATE INDEX evidence_org ON evidence (org);
CREATE INDEX evidence_owner ON evidence (owner);
CREATE INDEX evidence_creator ON evidence (creator);

CREATE TABLE mandatory (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  unit TEXT, reporter BLOB, reporter_phone BLOB, person_name BLOB, person_sex TEXT, person_age INTEGER, person_place BLOB, situations TEXT, signs BLOB, found_at INTEGER,
  done BLOB, police INTEGER, reported_at INTEGER, way TEXT, police_no BLOB, officer BLOB, feedback BLOB, prosecutor INTEGER, note BLOB
) STRICT;
CREATE INDEX mandatory_parent ON mandatory (parent);
CREATE INDEX mandatory_area ON mandatory (area);
CREATE INDEX mandatory_town ON mandatory (town);
CREATE INDEX mandatory_comm ON mandatory (comm);
CREATE INDEX mandatory_org ON mandatory (org);
CREATE INDEX mandatory_owner ON mandatory (owner);
CREATE INDEX mandatory_creator ON mandatory (creator);
