-- A party asks for another mediator (src/absorb/objection.c); who chose her; a party who has died or is two people (src/absorb/party.c).

ALTER TABLE case_file ADD COLUMN chosen INTEGER;
ALTER TABLE case_file ADD COLUMN object_side TEXT;
ALTER TABLE case_file ADD COLUMN object_reason TEXT;
ALTER TABLE case_file ADD COLUMN object_note BLOB;
ALTER TABLE case_file ADD COLUMN object_at INTEGER;
ALTER TABLE party ADD COLUMN died_on INTEGER;
ALTER TABLE party ADD COLUMN other_name BLOB;
