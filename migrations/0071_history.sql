-- A record's history without the many lines that only say who looked: those are the auditor's.
CREATE INDEX journal_done ON journal (rid, seq) WHERE verb <> 'view';
DROP INDEX journal_rid;
