-- Versions of the screening's model (src/sense/learn.c): what they were made of, how they measured, who put them in force; the weights sealed.

CREATE TABLE model (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  why BLOB, verdict TEXT, corrections INTEGER, agreed INTEGER, held INTEGER, lost INTEGER, based INTEGER, before INTEGER, digest TEXT, figures BLOB,
  decider INTEGER, decided INTEGER, reason BLOB, weights BLOB
) STRICT;
CREATE INDEX model_area ON model (area);
CREATE INDEX model_town ON model (town);
CREATE INDEX model_comm ON model (comm);
CREATE INDEX model_org ON model (org);
CREATE INDEX model_owner ON model (owner);
CREATE INDEX model_creator ON model (creator);
CREATE INDEX model_state ON model (state);
