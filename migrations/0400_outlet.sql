-- Monitoring of public opinion (src/sense/outlet.h): sources, and the public posts of theirs that concern the federation. The tables after the two
-- records are the machine's own books: nobody wrote what stands in them.

CREATE TABLE outlet (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name TEXT, kind TEXT, url BLOB, path TEXT, purpose TEXT, basis TEXT, basis_note TEXT, keep_days INTEGER, every INTEGER, note TEXT, mark TEXT
) STRICT;
CREATE INDEX outlet_parent ON outlet (parent);
CREATE INDEX outlet_org ON outlet (org, state);
CREATE INDEX outlet_owner ON outlet (owner);
CREATE INDEX outlet_creator ON outlet (creator);
CREATE INDEX outlet_area ON outlet (area);
CREATE INDEX outlet_town ON outlet (town);
CREATE INDEX outlet_comm ON outlet (comm);
CREATE INDEX outlet_mark ON outlet (mark);

CREATE TABLE post (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  outlet INTEGER, title BLOB, text BLOB, link BLOB, said INTEGER, copies INTEGER, last INTEGER, topics TEXT, family INTEGER, grade TEXT, alarm INTEGER,
  signals TEXT, triage BLOB, digest TEXT, covered INTEGER, why TEXT, note BLOB, clue INTEGER
) STRICT;
CREATE INDEX post_parent ON post (parent);
CREATE INDEX post_org ON post (org, state);
CREATE INDEX post_owner ON post (owner);
CREATE INDEX post_creator ON post (creator);
CREATE INDEX post_area ON post (area);
CREATE INDEX post_town ON post (town);
CREATE INDEX post_comm ON post (comm);
CREATE INDEX post_outlet ON post (outlet, state);
CREATE INDEX post_clue ON post (clue);

-- How a source goes. due_ms: the next try; while one is under way, until when nobody else tries.
CREATE TABLE outlet_run (
  outlet INTEGER PRIMARY KEY, kind TEXT NOT NULL, live INTEGER NOT NULL, every INTEGER NOT NULL, keep_days INTEGER NOT NULL, due_ms INTEGER NOT NULL,
  tried_ms INTEGER NOT NULL, good_ms INTEGER NOT NULL, new_ms INTEGER NOT NULL, fails INTEGER NOT NULL, why TEXT, arg TEXT, etag TEXT, modified TEXT, place TEXT
) STRICT;
CREATE INDEX outlet_run_due ON outlet_run (live, due_ms);

CREATE TABLE outlet_day (outlet INTEGER NOT NULL, day INTEGER NOT NULL, posts INTEGER NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY (outlet, day)) STRICT;

-- What has come already, by a hash of the source's own name for it: outlives the post, so that what was forgotten does not come again.
CREATE TABLE post_ref (outlet INTEGER NOT NULL, ref BLOB NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (outlet, ref)) STRICT;
CREATE INDEX post_ref_ms ON post_ref (ms);

-- New stories a day, place and topic, and of which more was told than usual.
CREATE TABLE post_count (day INTEGER NOT NULL, area TEXT NOT NULL, topic TEXT NOT NULL, n INTEGER NOT NULL, told INTEGER NOT NULL, PRIMARY KEY (day, area, topic)) STRICT;

-- What a site allows machines to fetch (RFC 9309), kept for a day. state: enum robots_state.
CREATE TABLE outlet_robots (origin TEXT PRIMARY KEY, ms INTEGER NOT NULL, state INTEGER NOT NULL, body TEXT) STRICT;
