-- What began a mandatory report, and of which child it is (src/absorb/mandatory.c); a clue with a sign of harm to a child (src/sense/clue.c).

ALTER TABLE mandatory ADD COLUMN origin TEXT;
ALTER TABLE mandatory ADD COLUMN child INTEGER;
ALTER TABLE mediation_session ADD COLUMN child_hurt INTEGER;
ALTER TABLE clue ADD COLUMN child_by INTEGER;
ALTER TABLE clue ADD COLUMN police_no BLOB;
