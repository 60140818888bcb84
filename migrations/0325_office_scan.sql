-- Scans of the signed originals of an office's papers (src/absorb/office.c): of the same case and unit as the paper; the files lie in DATA/files (src/record/files.h).

CREATE TABLE office_scan (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  paper INTEGER, kind TEXT, name BLOB, note BLOB, type TEXT, bytes INTEGER, sha256 BLOB, sm3 BLOB, stored TEXT, preview INTEGER, file TEXT, file_key BLOB
) STRICT;
CREATE INDEX office_scan_parent ON office_scan (parent);
CREATE INDEX office_scan_paper ON office_scan (paper);
