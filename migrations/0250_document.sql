-- Papers of a case and of a clue (src/record/files.h): the files lie in DATA/files, enciphered, each under the key in its row.

CREATE TABLE document (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  side TEXT, session INTEGER, visit INTEGER, kind TEXT, name BLOB, note BLOB, type TEXT, bytes INTEGER, sha256 BLOB, sm3 BLOB, stored TEXT,
  preview INTEGER, file TEXT, file_key BLOB
) STRICT;
CREATE INDEX document_parent ON document (parent);
CREATE INDEX document_session ON document (session);
CREATE INDEX document_visit ON document (visit);

CREATE TABLE clue_document (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, name BLOB, note BLOB, type TEXT, bytes INTEGER, sha256 BLOB, sm3 BLOB, stored TEXT, preview INTEGER, file TEXT, file_key BLOB
) STRICT;
CREATE INDEX clue_document_parent ON clue_document (parent);
