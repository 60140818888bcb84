-- Who had which case from when to when, and how it went on (src/absorb/stint.c): for the figures of workload and quality. No personal data of a party.

CREATE TABLE stint (
  id INTEGER PRIMARY KEY, kase INTEGER NOT NULL, staff INTEGER NOT NULL, studio INTEGER NOT NULL, area TEXT NOT NULL, kind TEXT NOT NULL, grade TEXT NOT NULL,
  how TEXT NOT NULL, accepted INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL, way TEXT NOT NULL, outcome TEXT NOT NULL,
  finished INTEGER NOT NULL, ontime INTEGER NOT NULL, back INTEGER NOT NULL, anew INTEGER NOT NULL
) STRICT;
CREATE INDEX stint_kase ON stint (kase);
CREATE INDEX stint_ended ON stint (ended);
CREATE INDEX stint_began ON stint (began);
CREATE INDEX duty_due_on ON duty (due_on);

-- What there is already: who has it now, or had it when it was closed. That it was open again before is not known any more.
INSERT INTO stint (id, kase, staff, studio, area, kind, grade, how, accepted, began, ended, way, outcome, finished, ontime, back, anew)
  SELECT k.id, k.id, COALESCE(k.owner, 0), COALESCE((SELECT MAX(m.studio) FROM mediator m WHERE m.staff = k.owner), 0), k.area, COALESCE(k.kind, ''), COALESCE(k.grade, ''),
    'taken', k.accepted, k.accepted, CASE WHEN k.state IN ('closed', 'archived') THEN COALESCE(k.closed, k.updated) ELSE 0 END,
    CASE WHEN k.state IN ('closed', 'archived') THEN 'closed' ELSE '' END, CASE WHEN k.state IN ('closed', 'archived') THEN COALESCE(k.outcome, '') ELSE '' END,
    COALESCE(k.finished, 0), COALESCE(k.ontime, 0), 0, 0
  FROM case_file k WHERE k.accepted IS NOT NULL AND k.state NOT IN ('registered', 'dispatched', 'returned', 'arbitration');
