-- The wall between opposing parties (src/absorb/message.c, receipt.c, wall.c): each child of a case says whose words it holds; what says
-- nothing is nobody's. Agreements are joint papers. A receipt may belong to a party, and so to a side.

ALTER TABLE mediation_session ADD COLUMN side TEXT;
ALTER TABLE visit ADD COLUMN side TEXT;
ALTER TABLE agreement ADD COLUMN side TEXT;
UPDATE agreement SET side = 'both';
ALTER TABLE party ADD COLUMN paper_ok INTEGER;
ALTER TABLE clue ADD COLUMN more BLOB;

CREATE TABLE message (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  side TEXT, kind TEXT, clue INTEGER, text BLOB
) STRICT;
CREATE INDEX message_parent ON message (parent);
CREATE INDEX message_area ON message (area);
CREATE INDEX message_town ON message (town);
CREATE INDEX message_comm ON message (comm);
CREATE INDEX message_org ON message (org);
CREATE INDEX message_owner ON message (owner);
CREATE INDEX message_creator ON message (creator);
CREATE INDEX message_clue ON message (clue);

ALTER TABLE portal_receipt ADD COLUMN party INTEGER;
ALTER TABLE portal_receipt ADD COLUMN withdrawn INTEGER;
CREATE INDEX portal_receipt_party ON portal_receipt (party);
