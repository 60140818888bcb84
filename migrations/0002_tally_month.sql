-- The months of the tally, rolled up by the report's own dimensions, so that a monthly table reads some thousand rows
-- however many cases there are.  level 6: a city (scope: its 6 digits), 9: a town.  dim 'area': key is the place one step
-- below; 'source', 'kind': the code, rows without one left out.  month: year * 12 + month.

CREATE TABLE tally_month (
  month INTEGER NOT NULL, level INTEGER NOT NULL, scope TEXT NOT NULL, metric TEXT NOT NULL, dim TEXT NOT NULL, key TEXT NOT NULL,
  grade TEXT NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (month, level, scope, metric, dim, key, grade, outcome)
) STRICT, WITHOUT ROWID;

-- What was counted before this table was; the days are numbered from 1970, the arithmetic is that of the civil calendar.
WITH a AS (SELECT metric, area, source, kind, grade, outcome, n, (day + 719468) / 146097 AS era, (day + 719468) % 146097 AS doe FROM tally),
b AS (SELECT a.*, (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365 AS yoe FROM a),
d AS (SELECT b.*, doe - (365 * yoe + yoe / 4 - yoe / 100) AS doy FROM b),
m AS (SELECT metric, area, source, kind, grade, outcome, n, (yoe + era * 400) * 12 + (5 * doy + 2) / 153 + 3 AS month FROM d)
INSERT INTO tally_month (month, level, scope, metric, dim, key, grade, outcome, n)
SELECT month, 6, SUBSTR(area, 1, 6), metric, 'area', SUBSTR(area, 1, 9), grade, outcome, CAST(SUM(n) AS INTEGER) FROM m
  GROUP BY month, SUBSTR(area, 1, 6), metric, SUBSTR(area, 1, 9), grade, outcome
UNION ALL SELECT month, 6, SUBSTR(area, 1, 6), metric, 'source', source, grade, outcome, CAST(SUM(n) AS INTEGER) FROM m
  WHERE source <> '' GROUP BY month, SUBSTR(area, 1, 6), metric, source, grade, outcome
UNION ALL SELECT month, 6, SUBSTR(area, 1, 6), metric, 'kind', kind, grade, outcome, CAST(SUM(n) AS INTEGER) FROM m
  WHERE kind <> '' GROUP BY month, SUBSTR(area, 1, 6), metric, kind, grade, outcome
UNION ALL SELECT month, 9, SUBSTR(area, 1, 9), metric, 'area', area, grade, outcome, CAST(SUM(n) AS INTEGER) FROM m
  WHERE LENGTH(area) >= 9 GROUP BY month, SUBSTR(area, 1, 9), metric, area, grade, outcome
UNION ALL SELECT month, 9, SUBSTR(area, 1, 9), metric, 'source', source, grade, outcome, CAST(SUM(n) AS INTEGER) FROM m
  WHERE LENGTH(area) >= 9 AND source <> '' GROUP BY month, SUBSTR(area, 1, 9), metric, source, grade, outcome
UNION ALL SELECT month, 9, SUBSTR(area, 1, 9), metric, 'kind', kind, grade, outcome, CAST(SUM(n) AS INTEGER) FROM m
  WHERE LENGTH(area) >= 9 AND kind <> '' GROUP BY month, SUBSTR(area, 1, 9), metric, kind, grade, outcome;
