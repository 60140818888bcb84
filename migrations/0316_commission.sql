-- What a court asks the federation's people to do: family investigation, mediation before or after filing, a visit after judgment (src/absorb/commission.c).

CREATE TABLE commission (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, stage TEXT, court INTEGER, court_no TEXT, judge BLOB, matter TEXT, first_name BLOB, second_name BLOB, first_phone BLOB, second_phone BLOB,
  items BLOB, caution BLOB, violence INTEGER, child INTEGER, by_on INTEGER, due_on INTEGER, unit INTEGER, appointer INTEGER, second INTEGER, kase INTEGER,
  refuse_reason TEXT, refuse_note BLOB, accepted_at INTEGER, recuse_reason TEXT, recuse_note BLOB, recusals INTEGER, extend_reason BLOB,
  visit_at INTEGER, visit_way TEXT, visit_with BLOB, shown INTEGER, visit_note BLOB, visits INTEGER, trail BLOB, log BLOB,
  health BLOB, relations BLOB, economy BLOB, housing BLOB, care BLOB, network BLOB, wish BLOB, danger BLOB, assessment BLOB, advice BLOB, summary BLOB, withheld BLOB,
  result TEXT, result_text BLOB, agreement_no TEXT, submitted_at INTEGER, demand BLOB, supplement BLOB, supplements BLOB, nsupplements INTEGER,
  received_at INTEGER, feedback BLOB, fee INTEGER, note BLOB
) STRICT;
CREATE INDEX commission_area ON commission (area);
CREATE INDEX commission_town ON commission (town);
CREATE INDEX commission_comm ON commission (comm);
CREATE INDEX commission_org ON commission (org);
CREATE INDEX commission_owner ON commission (owner);
CREATE INDEX commission_creator ON commission (creator);
