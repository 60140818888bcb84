-- Where it was written down that a child is being hurt: the mandatory report begins by itself (src/absorb/mandatory.c).

ALTER TABLE assessment ADD COLUMN minor INTEGER;
ALTER TABLE visit ADD COLUMN child_hurt INTEGER;
