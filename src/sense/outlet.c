/* Why: public words may be watched only for a purpose, by law, and not for long: each source says which, who entered it, and when it forgets.
 * Invariants: a post is read by the city federation alone; it becomes a clue only by a person's step, and its evidence goes with it; a source's
 * address is sealed, for it may hold a key. */
#include "safe/safe.h"
#include "sense/clue.h"
#include "sense/import.h"
#include "sense/outlet.h"

#define KEEP_USUAL 90
#define KEEP_MOST 180
#define EVERY_USUAL 30

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
static const struct field outlet_fields[] = {
	F("name", "Name of the source", F_TEXT, .flags = FF_NEED | FF_LIST, .max = 60),
	F("kind", "How it comes", F_CODE, .of = "outlet_kind", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("url", "Address of the feed", F_TEXT, .secrecy = S_SEALED, .max = NET_URL_MAX, .help = N_("For RSS, Atom and JSON: https://…, as the site or the supplier names it.")),
	F("path", "File in the folder “feeds”", F_TEXT, .max = 80, .help = N_("For files: its name, such as posts.jsonl; the administrator lets it be written there.")),
	F("purpose", "What it is watched for", F_TEXT, .flags = FF_NEED | FF_LIST, .max = 200),
	F("basis", "Legal basis", F_CODE, .of = "outlet_basis", .flags = FF_NEED | FF_FILTER, .standard = "个人信息保护法 13"),
	F("basis_note", "Contract or instruction", F_TEXT, .max = 200),
	F("keep_days", "Days kept", F_INT, .min = 1, .max = KEEP_MOST, .help = N_("1 to 180; 90 when nothing is said. Then the words are destroyed; what became a clue stays there.")),
	F("every", "Minutes between two looks", F_INT, .min = 5, .max = 1440, .help = N_("5 to 1440; 30 when nothing is said.")),
	F("note", "Note", F_TEXT, .max = 200),
	F("mark", "Fingerprint of the key", F_TEXT, .flags = FF_SYSTEM | FF_FILTER | FF_UNSHOWN, .max = 32),
};
static const struct state outlet_states[] = { { "watched", N_("Watched"), true, "green" }, { "paused", N_("Watching paused"), true, "yellow" }, { "ended", N_("No longer watched"), false, NULL } };

static bool kind_is(const struct rec *r, const char *kind) { return str_is(r->v[field_at(r->t, "kind")].s, kind); }

static bool file_name(struct str s)
{
	bool ok = s.n > 0 && s.p[0] != '.';
	for (size_t i = 0; i < s.n; i++)
		ok &= (s.p[i] >= '0' && s.p[i] <= '9') || ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z') || s.p[i] == '.' || s.p[i] == '_' || s.p[i] == '-';
	return ok;
}

static enum err outlet_whole(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct net_url u;
	(void)old;
	if (outlet_fetched(c, rec_str(c, now, "kind"))) {
		if (!net_url_parse(c->a, rec_str(c, now, "url"), &u))
			fault_field(c->f, "url", N_("Please give the whole address: https://…, without a name or password, Chinese characters as %XX."), NULL);
	} else {
		rec_clear(now, "url");
	}
	if (!kind_is(now, "file"))
		rec_clear(now, "path");
	else if (!file_name(rec_str(c, now, "path")))
		fault_field(c->f, "path", N_("Please give the file's name alone: letters, digits, “.”, “_”, “-”."), NULL);
	if (!rec_has(now, "keep_days"))
		rec_set_int(now, "keep_days", KEEP_USUAL);
	if (!rec_has(now, "every"))
		rec_set_int(now, "every", EVERY_USUAL);
	return OK;
}

/* Looked at at once when it is new, changed or going on. */
static enum err outlet_book(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool moved = old && (rec_changed(c, old, now, "url") || rec_changed(c, old, now, "path"));
	TRY(db_exec(c->db, c->f,
		    "INSERT INTO outlet_run (outlet, kind, live, every, keep_days, due_ms, tried_ms, good_ms, new_ms, fails) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0) "
		    "ON CONFLICT (outlet) DO UPDATE SET live = EXCLUDED.live, every = EXCLUDED.every, keep_days = EXCLUDED.keep_days, due_ms = EXCLUDED.due_ms, fails = 0, why = NULL, arg = NULL",
		    ARGS(VI(now->id), VS(rec_str(c, now, "kind")), VI(rec_in(now, "watched")), VI(rec_int(now, "every")), VI(rec_int(now, "keep_days")), VI(c->now)), NULL));
	return moved ? db_exec(c->db, c->f, "UPDATE outlet_run SET etag = NULL, modified = NULL, place = NULL WHERE outlet = ?", ARGS(VI(now->id)), NULL) : OK;
}

#define WATCH R(CITY)
#define OUTLET_SAID "name! kind! url path purpose! basis! basis_note keep_days every note"
static const struct step outlet_steps[] = {
	{ .from = "", .verb = "create", .to = "watched", .label = N_("New source"), .roles = WATCH, .scope = SC_AREA, .fields = OUTLET_SAID, .effect = outlet_book, .flags = STEP_PRIMARY },
	{ .from = "watched|paused", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = WATCH, .scope = SC_AREA, .fields = OUTLET_SAID, .effect = outlet_book },
	{ .from = "watched", .verb = "pause", .to = "paused", .label = N_("Pause"), .roles = WATCH, .scope = SC_AREA, .fields = "note!", .effect = outlet_book },
	{ .from = "paused", .verb = "resume", .to = "watched", .label = N_("Go on"), .roles = WATCH, .scope = SC_AREA, .fields = "note", .effect = outlet_book },
	{ .from = "watched|paused", .verb = "end", .to = "ended", .label = N_("Watch no longer"), .roles = WATCH, .scope = SC_AREA, .fields = "note!", .effect = outlet_book, .flags = STEP_DANGER },
	{ .from = "watched|paused", .verb = "key", .to = "=", .label = N_("New key"), .roles = WATCH, .scope = SC_AREA, .fields = "mark!", .flags = STEP_INTERNAL },
};
static const struct grant outlet_grants[] = { { WATCH, SC_AREA, SIGHT_FULL }, { R(AUDITOR), SC_ALL, SIGHT_MASKED } };

const struct rtype outlet_type = {
	.name = "outlet", .label = N_("Source of public posts"), .plural = N_("Sources of public posts"), .title = "name", .fields = outlet_fields, .nfields = ARRAY_LEN(outlet_fields),
	.states = outlet_states, .nstates = ARRAY_LEN(outlet_states), .steps = outlet_steps, .nsteps = ARRAY_LEN(outlet_steps), .read = outlet_grants, .nread = ARRAY_LEN(outlet_grants),
	.level = 2, .check = outlet_whole,
};

/* ---- the key of who pushes ---- */

static struct str mark_of(struct ctx *c, struct str key)
{
	unsigned char h[16];
	blind_index(c->app->keys, "outlet", key, h);
	return hex_str(c->a, h, 16);
}

enum err outlet_key_new(struct ctx *c, int64_t id, char key[TOKEN_TEXT])
{
	struct rec *r;
	struct done d;
	TRY(see_one(c, "outlet", id, &r));
	if (may(c, r->t, "edit", r) != MAY_ALLOW)
		return fail(c->f, ERR_DENIED, NULL, NULL);
	if (!kind_is(r, "push") || !rec_in(r, "watched|paused"))
		return fail(c->f, ERR_STATE, N_("Only a source that is pushed to us has a key."), NULL);
	token_new(key);
	return act_inner(c, &(struct act){ .type = "outlet", .verb = "key", .id = id, INPUTS(INPUT("mark", mark_of(c, str_of(key)))) }, &d);
}

enum err outlet_by_key(struct ctx *c, struct str key, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	if (key.n < 20 || key.n > 100)
		return fail(c->f, ERR_AUTH, N_("This key is not known."), NULL);
	const struct filter by[] = { { STR("mark"), mark_of(c, key) }, { STR("state"), STR("watched") } };
	TRY(see(&in, &(struct see){ .type = "outlet", .filters = by, .nfilters = 2, .limit = 2 }, &s));
	if (s.n != 1)
		return fail(c->f, ERR_AUTH, N_("This key is not known."), NULL);
	*ret = s.r[0];
	return OK;
}

/* ---- posts ---- */

static const struct field post_fields[] = {
	F("outlet", "Source of public posts", F_REF, .of = "outlet", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("title", "Title", F_TEXT, .secrecy = S_SEALED, .flags = FF_LIST, .max = 200),
	F("text", "Text of the post", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = OUTLET_TEXT),
	F("link", "Address of the post", F_TEXT, .secrecy = S_SEALED, .max = 1000),
	F("said", "Published", F_TIME, .flags = FF_ONCE),
	F("copies", "Times posted", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = INT32_MAX),
	F("last", "Last posted", F_TIME, .flags = FF_SYSTEM),
	F("topics", "Topics", F_CODES, .of = "post_topic", .flags = FF_ONCE | FF_LIST | FF_FILTER),
	F("family", "Family matter", F_BOOL, .flags = FF_ONCE),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_ONCE | FF_LIST | FF_FILTER),
	F("alarm", "Speaks of danger", F_BOOL, .flags = FF_ONCE | FF_FILTER),
	F("signals", "Signals", F_CODES, .of = "signal", .flags = FF_ONCE),
	F("triage", "Why the engine thinks so", F_JSON, .secrecy = S_SEALED, .flags = FF_HEAVY | FF_UNSHOWN),
	F("digest", "SHA-256 of the post as it came", F_TEXT, .flags = FF_ONCE, .max = 64),
	F("covered", "Names and numbers were covered", F_BOOL, .flags = FF_ONCE),
	F("why", "Why it was put aside", F_CODE, .of = "post_aside", .flags = FF_SYSTEM | FF_FILTER),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 200),
	F("clue", "Clue", F_REF, .of = "clue", .flags = FF_SYSTEM | FF_FILTER),
};
static const struct state post_states[] = {
	{ "new", N_("Unread post"), true, "yellow" }, { "read", N_("Post was read"), false, NULL }, { "aside", N_("Post put aside"), false, NULL },
	{ "clue", N_("Post became a clue"), false, "green" }, { "gone", N_("Forgotten after its days"), false, NULL },
};

/* What makes it evidence stands with the words: where, when, and the hash by which the post can be told again. */
static struct str with_evidence(struct ctx *c, const struct rec *r)
{
	struct str text = rec_str(c, r, "text"), link = rec_str(c, r, "link"), digest = rec_str(c, r, "digest"), name = ref_label(c, "outlet", rec_int(r, "outlet"));
	struct str said = rec_has(r, "said") ? datetime_str(c->a, rec_int(r, "said")) : str_of(TRC(c, N_("not said"))), seen = datetime_str(c->a, r->created);
	BUF_AUTO b = BUF((size_t)1 << 18);
	text = utf8_head(text, OUTLET_TEXT - 1600);
	buf_str(&b, text);
	buf_cstr(&b, "\n\n");
	buf_msg(&b, TRC(c, N_("[Public post, kept as evidence] Source: %s. Address: %s.")), name, link.n ? link : STR("–"));
	buf_char(&b, ' ');
	buf_msg(&b, TRC(c, N_("Published: %s; found: %s.")), said, seen);
	buf_char(&b, ' ');
	buf_msg(&b, TRC(c, N_("Times posted: %s; SHA-256 as it came: %s.")), id_text(c, rec_int(r, "copies")), digest);
	return arena_str(c->a, buf_view(&b));
}

static enum err make_clue(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	struct done d = { 0 };
	int64_t clue = 0, desk = 0;
	(void)old;
	TRY(see_one(&in, "post", now->id, &r));
	struct str ref = utf8_head(rec_str(&in, r, "digest"), 32);
	TRY(sense_external(c, STR("media"), ref, &clue));
	if (!clue) {
		TRY(sense_desk_for(c, now->area, &desk));
		TRY(act_inner(c, &(struct act){ .type = "clue", .verb = "create", .area = now->area, .org = desk ? desk : now->org,
			INPUTS(INPUT("source", STR("media")), INPUT("external_id", ref), INPUT("title", utf8_head(rec_str(&in, r, "title"), 80)), INPUT("text", with_evidence(&in, r)),
			       INPUT("received", datetime_str(c->a, c->now))) }, &d));
		clue = d.id;
	}
	return act_inner(c, &(struct act){ .type = "post", .verb = "link", .id = now->id, INPUTS(INPUT("clue", id_text(c, clue))) }, &d);
}

static enum err forget(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const words[] = { "title", "text", "link", "triage", "note" };
	(void)c, (void)old;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		rec_clear(now, words[i]);
	return OK;
}

static enum err came(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "copies", 1);
	rec_set_int(now, "last", c->now);
	return OK;
}

static const struct step post_steps[] = {
	{ .from = "", .verb = "create", .to = "new", .label = N_("Post found"), .roles = R(SYSTEM), .scope = SC_ALL,
	  .fields = "outlet! title text! link said topics family grade alarm signals triage digest! covered", .prepare = came, .flags = STEP_INTERNAL },
	{ .from = "new|read|aside|clue|gone", .verb = "again", .to = "=", .label = N_("Posted again"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "copies! last!", .flags = STEP_INTERNAL },
	{ .from = "new|read|aside", .verb = "to_clue", .to = "clue", .label = N_("Make it a clue"), .roles = WATCH, .scope = SC_AREA, .fields = "area", .effect = make_clue, .flags = STEP_PRIMARY },
	{ .from = "clue", .verb = "link", .to = "=", .label = N_("Written down"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "clue!", .flags = STEP_INTERNAL },
	{ .from = "new", .verb = "read", .to = "read", .label = N_("Read, nothing to do"), .roles = WATCH, .scope = SC_AREA, .fields = "note" },
	{ .from = "new|read", .verb = "aside", .to = "aside", .label = N_("Not for us"), .roles = WATCH, .scope = SC_AREA, .fields = "why! note" },
	{ .from = "read|aside", .verb = "reopen", .to = "new", .label = N_("Look at it again"), .roles = WATCH, .scope = SC_AREA, .fields = "note" },
	{ .from = "new|read|aside|clue", .verb = "forget", .to = "gone", .label = N_("Days are over"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "", .prepare = forget, .flags = STEP_INTERNAL },
};
static const struct grant post_grants[] = { { WATCH, SC_AREA, SIGHT_FULL } };

const struct rtype post_type = {
	.name = "post", .label = N_("Public post"), .plural = N_("Public posts"), .title = "title", .fields = post_fields, .nfields = ARRAY_LEN(post_fields), .states = post_states,
	.nstates = ARRAY_LEN(post_states), .steps = post_steps, .nsteps = ARRAY_LEN(post_steps), .read = post_grants, .nread = ARRAY_LEN(post_grants), .level = 3,
};
