-- Calls to the help line as the telephone system tells of them (src/sense/call.c).

CREATE TABLE hotline_call (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  ref TEXT, line TEXT, phone BLOB, phone_bi BLOB, began INTEGER, answered INTEGER, ended INTEGER, seconds INTEGER, clue INTEGER, settled_by TEXT, note BLOB
) STRICT;
CREATE UNIQUE INDEX hotline_call_ref ON hotline_call (ref);
CREATE INDEX hotline_call_parent ON hotline_call (parent);
CREATE INDEX hotline_call_phone ON hotline_call (phone_bi);
CREATE INDEX hotline_call_org ON hotline_call (org, state);
CREATE INDEX hotline_call_owner ON hotline_call (owner);
CREATE INDEX hotline_call_creator ON hotline_call (creator);
CREATE INDEX hotline_call_area ON hotline_call (area);
CREATE INDEX hotline_call_town ON hotline_call (town);
CREATE INDEX hotline_call_comm ON hotline_call (comm);
