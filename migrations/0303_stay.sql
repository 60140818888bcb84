-- Stays in the shelter (src/absorb/stay.c). The address itself is an entry of the vault.

CREATE TABLE shelter_stay (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  party INTEGER, office INTEGER, grade TEXT, reasons TEXT, minors TEXT, children_note BLOB, person_name BLOB, urgent_note BLOB, escort BLOB, note BLOB,
  entry INTEGER, admitted INTEGER, until INTEGER, things BLOB, health BLOB, needs TEXT, plan BLOB, danger TEXT, log BLOB, filed_ext INTEGER, ext_reason BLOB,
  extensions INTEGER, left_at INTEGER, left_to TEXT, left_note BLOB, plan_gone INTEGER, refusal TEXT
) STRICT;
CREATE INDEX shelter_stay_parent ON shelter_stay (parent);
CREATE INDEX shelter_stay_org ON shelter_stay (org);
