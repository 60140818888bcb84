-- Sources of public posts and what came from them (src/sense/outlet.h). outlet is a record; the rest are the machine's own books.
-- A post is no record of the river: nobody wrote it here, and it is deleted when its days are over.

CREATE TABLE outlet (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name TEXT, kind TEXT, address BLOB, path TEXT, purpose TEXT, basis TEXT, basis_note TEXT, keep_days INTEGER, every INTEGER, note TEXT, mark TEXT
) STRICT;
CREATE INDEX outlet_parent ON outlet (parent);
CREATE INDEX outlet_org ON outlet (org, state);
CREATE INDEX outlet_owner ON outlet (owner);
CREATE INDEX outlet_creator ON outlet (creator);
CREATE INDEX outlet_area ON outlet (area);
CREATE INDEX outlet_town ON outlet (town);
CREATE INDEX outlet_comm ON outlet (comm);
CREATE INDEX outlet_mark ON outlet (mark);

-- How it goes: due_ms is the next try (and, while one is under way, until when nobody else tries).
CREATE TABLE outlet_run (
  outlet INTEGER PRIMARY KEY, kind TEXT NOT NULL, live INTEGER NOT NULL, every INTEGER NOT NULL, keep_days INTEGER NOT NULL, due_ms INTEGER NOT NULL,
  tried_ms INTEGER NOT NULL, good_ms INTEGER NOT NULL, new_ms INTEGER NOT NULL, fails INTEGER NOT NULL, bad_ms INTEGER NOT NULL, why TEXT, arg TEXT, note TEXT,
  etag TEXT, modified TEXT, place TEXT, told_ms INTEGER NOT NULL, burst_ms INTEGER NOT NULL, burst_n INTEGER NOT NULL, burst_usual INTEGER NOT NULL
) STRICT;
CREATE INDEX outlet_run_due ON outlet_run (live, due_ms);

CREATE TABLE outlet_hour (outlet INTEGER NOT NULL, hour INTEGER NOT NULL, posts INTEGER NOT NULL, stories INTEGER NOT NULL, PRIMARY KEY (outlet, hour)) STRICT;

CREATE TABLE post (
  id INTEGER PRIMARY KEY, outlet INTEGER NOT NULL, area TEXT NOT NULL, seen_ms INTEGER NOT NULL, said_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, body BLOB NOT NULL,
  sha BLOB NOT NULL, sig BLOB, letters INTEGER NOT NULL, story INTEGER NOT NULL, copies INTEGER NOT NULL, alarm INTEGER NOT NULL, alert TEXT NOT NULL,
  state TEXT NOT NULL, clue INTEGER, done_by INTEGER, done_ms INTEGER
) STRICT;
CREATE INDEX post_outlet ON post (outlet, id);
CREATE INDEX post_story ON post (story);
CREATE INDEX post_seen ON post (outlet, seen_ms);
CREATE INDEX post_alarm ON post (alarm, id);

-- What has come already, by a keyed hash of the source's own name for it: outlives the post, so that what was deleted does not come again.
CREATE TABLE post_ref (outlet INTEGER NOT NULL, ref BLOB NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (outlet, ref)) STRICT;
CREATE INDEX post_ref_ms ON post_ref (ms);

-- Keys by which like texts are found (src/text/minhash.c).
CREATE TABLE post_band (band INTEGER NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (band, story)) STRICT;
CREATE INDEX post_band_story ON post_band (story);

-- What a site allows machines to fetch (RFC 9309), kept for a day.
CREATE TABLE outlet_robots (origin TEXT PRIMARY KEY, ms INTEGER NOT NULL, state INTEGER NOT NULL, body TEXT) STRICT;
