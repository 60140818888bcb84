-- Orders of family-education guidance and their lessons (src/absorb/guidance.c).

CREATE TABLE guidance_order (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  child INTEGER, guardian INTEGER, kind TEXT, office INTEGER, grade TEXT, child_name BLOB, guardian_name BLOB, guardian_idno BLOB, grounds TEXT, facts BLOB,
  prior INTEGER, note BLOB, officer BLOB, issued_on INTEGER, until INTEGER, first_until INTEGER, hours INTEGER, content BLOB, served_at INTEGER, refused INTEGER,
  witness BLOB, objected_on INTEGER, objection TEXT, agency INTEGER, plan BLOB, held INTEGER, missed INTEGER, minutes INTEGER, middle TEXT, middle_text BLOB,
  extend_reason BLOB, breach_on INTEGER, breach_note BLOB, breaches INTEGER, handled TEXT, result TEXT, final_text BLOB, decline TEXT
) STRICT;
CREATE INDEX guidance_order_parent ON guidance_order (parent);
CREATE INDEX guidance_order_area ON guidance_order (area);
CREATE INDEX guidance_order_town ON guidance_order (town);
CREATE INDEX guidance_order_comm ON guidance_order (comm);
CREATE INDEX guidance_order_org ON guidance_order (org);
CREATE INDEX guidance_order_owner ON guidance_order (owner);
CREATE INDEX guidance_order_creator ON guidance_order (creator);

CREATE TABLE guidance_lesson (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  guidance INTEGER, at INTEGER, minutes INTEGER, way TEXT, topic BLOB, teacher BLOB, place BLOB, attended TEXT, attitude TEXT, child_state BLOB, text BLOB, note BLOB
) STRICT;
CREATE INDEX guidance_lesson_parent ON guidance_lesson (parent);
CREATE INDEX guidance_lesson_area ON guidance_lesson (area);
CREATE INDEX guidance_lesson_town ON guidance_lesson (town);
CREATE INDEX guidance_lesson_comm ON guidance_lesson (comm);
CREATE INDEX guidance_lesson_org ON guidance_lesson (org);
CREATE INDEX guidance_lesson_owner ON guidance_lesson (owner);
CREATE INDEX guidance_lesson_creator ON guidance_lesson (creator);
CREATE INDEX guidance_lesson_at ON guidance_lesson (at);
