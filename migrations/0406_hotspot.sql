-- Places and weeks in which more came than chance would bring (src/sense/hotspot.c): of the newest look alone, no personal data.

CREATE TABLE hotspot (
  id INTEGER PRIMARY KEY, day INTEGER NOT NULL, areas TEXT NOT NULL, area TEXT NOT NULL, weeks INTEGER NOT NULL, cases INTEGER NOT NULL,
  households INTEGER NOT NULL, expected INTEGER NOT NULL, risk INTEGER NOT NULL, p INTEGER NOT NULL
) STRICT;
