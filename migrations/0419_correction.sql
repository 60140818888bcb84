-- A correction stands below its clue and says why (src/sense/clue.c): it is shut, opened and destroyed with it.

ALTER TABLE correction ADD COLUMN why BLOB;
UPDATE correction SET parent = clue WHERE parent IS NULL;
CREATE INDEX correction_parent ON correction (parent);
