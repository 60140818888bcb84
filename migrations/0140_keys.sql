-- Which data key a case or clue seals under (the keys themselves are in the key store, never here), and how far resealing has come.

-- subject: id of the case or clue (its children seal under it too); class: of the key (3 case, 4 vault: see enum key_class);
-- (a new one's first key stands in its own seals alone, until something is sealed beside it);
-- epoch 0 with key 0: the keys were destroyed, nothing may be sealed for it any more.
CREATE TABLE case_key (
  subject INTEGER NOT NULL, class INTEGER NOT NULL, epoch INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (subject, class, epoch)
) STRICT;

CREATE TABLE reseal (
  name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, suite INTEGER NOT NULL, after INTEGER NOT NULL, done INTEGER NOT NULL
) STRICT;
