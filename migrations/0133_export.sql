-- Lists that leave the house (src/report/export.c): who asked for what and who agreed; the files, sealed, for a day; how many a day.

CREATE TABLE export_request (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  subject TEXT, conditions BLOB, columns TEXT, format TEXT, purpose BLOB, lines INTEGER, decider INTEGER, decided INTEGER, until INTEGER, note BLOB
) STRICT;
CREATE INDEX export_request_area ON export_request (area);
CREATE INDEX export_request_town ON export_request (town);
CREATE INDEX export_request_org ON export_request (org);
CREATE INDEX export_request_owner ON export_request (owner);
CREATE INDEX export_request_creator ON export_request (creator);
CREATE INDEX export_request_state ON export_request (state);

CREATE TABLE export_file (rid INTEGER PRIMARY KEY, body BLOB NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE TABLE export_day (who INTEGER NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (who, day)) STRICT;
