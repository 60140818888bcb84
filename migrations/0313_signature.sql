-- Signatures made on the screen (src/absorb/signature.c): the strokes, the very words that were signed, and the digest of both.

CREATE TABLE signature (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  agreement INTEGER, who TEXT, party INTEGER, signer BLOB, ink BLOB, said BLOB, digest TEXT, ink_digest TEXT, signed_at INTEGER, note BLOB
) STRICT;
CREATE INDEX signature_parent ON signature (parent);
CREATE INDEX signature_area ON signature (area);
CREATE INDEX signature_town ON signature (town);
CREATE INDEX signature_comm ON signature (comm);
CREATE INDEX signature_org ON signature (org);
CREATE INDEX signature_owner ON signature (owner);
CREATE INDEX signature_creator ON signature (creator);
