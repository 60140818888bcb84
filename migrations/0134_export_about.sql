-- What an export holds, in words, for who decides about it (src/report/export.c).

ALTER TABLE export_request ADD COLUMN about BLOB;
