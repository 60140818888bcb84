-- Protection orders of the court (src/absorb/order.c).

CREATE TABLE protection_order (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  applicant INTEGER, respondent INTEGER, court INTEGER, grade TEXT, proxy TEXT, proxy_reason TEXT, proxy_name BLOB, willing INTEGER, place TEXT, urgent INTEGER,
  spoken INTEGER, requests TEXT, facts BLOB, danger BLOB, applicant_name BLOB, respondent_name BLOB, respondent_idno BLOB, respondent_home BLOB, note BLOB,
  filed_at INTEGER, decided_at INTEGER, ruling TEXT, measures TEXT, from_on INTEGER, until INTEGER, served_applicant INTEGER, served_respondent INTEGER,
  served_police INTEGER, served_comm INTEGER, extensions INTEGER, breach_at INTEGER, breach_note BLOB, breaches INTEGER, handled TEXT, refusal TEXT,
  review_asked INTEGER
) STRICT;
CREATE INDEX protection_order_parent ON protection_order (parent);
CREATE INDEX protection_order_area ON protection_order (area);
CREATE INDEX protection_order_town ON protection_order (town);
CREATE INDEX protection_order_comm ON protection_order (comm);
CREATE INDEX protection_order_org ON protection_order (org);
CREATE INDEX protection_order_owner ON protection_order (owner);
CREATE INDEX protection_order_creator ON protection_order (creator);
