-- Safety assessments and safety plans of a case (src/absorb/safety.c).

CREATE TABLE assessment (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  scale TEXT, edition TEXT, party INTEGER, held INTEGER, alone INTEGER, answers BLOB, proposed TEXT, level TEXT, score INTEGER, unclear INTEGER,
  reasons BLOB, why BLOB, care INTEGER
) STRICT;
CREATE INDEX assessment_parent ON assessment (parent);
CREATE INDEX assessment_area ON assessment (area);
CREATE INDEX assessment_town ON assessment (town);
CREATE INDEX assessment_comm ON assessment (comm);
CREATE INDEX assessment_org ON assessment (org);
CREATE INDEX assessment_owner ON assessment (owner);
CREATE INDEX assessment_creator ON assessment (creator);

CREATE TABLE safetyplan (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  party INTEGER, grade TEXT, made_on INTEGER, contact_way BLOB, contact_when BLOB, contact_name BLOB, contact_never BLOB, code_word BLOB, signs BLOB,
  leave BLOB, people BLOB, bag BLOB, children BLOB, paper_safe INTEGER, handed TEXT, reviewed INTEGER, note BLOB
) STRICT;
CREATE INDEX safetyplan_parent ON safetyplan (parent);
CREATE INDEX safetyplan_area ON safetyplan (area);
CREATE INDEX safetyplan_town ON safetyplan (town);
CREATE INDEX safetyplan_comm ON safetyplan (comm);
CREATE INDEX safetyplan_org ON safetyplan (org);
CREATE INDEX safetyplan_owner ON safetyplan (owner);
CREATE INDEX safetyplan_creator ON safetyplan (creator);
