/* Why: a duty officer has ten minutes for what a city says of its families: danger first, each story once, one press for each.
 * Invariants: nothing here decides or names a person; an address is shown, never opened from here, so that a site does not learn who reads it; that she
 * looked is in the journal. */
#include "desk/post_pages.h"
#include "safe/safe.h"
#include "sense/outlet.h"
#include "templates.h"

enum { CARDS = 30, HEAD = 400 /* characters of a post on the list */ };

/* ---- sources ---- */

static void put_outlet(struct ctx *c, const struct rec *r, const struct outlet_state *s, struct outlet_row *ret)
{
	static const char *const word[] = { [OUTLET_NEVER] = N_("Nothing came yet"), [OUTLET_GOOD] = N_("Comes as usual"), [OUTLET_QUIET] = N_("Quieter than usual"), [OUTLET_FAILS] = N_("Cannot be read"),
		[OUTLET_SHUT] = N_("Fetching is not opened"), [OUTLET_OFF] = N_("Not watched now") };
	*ret = (struct outlet_row){ .name = rec_show(c, r, field_at(r->t, "name")), .url = arena_fmt(c->a, "/outlet/%lld", (long long)r->id), .kind = rec_show(c, r, field_at(r->t, "kind")),
		.state = str_of(TRC(c, word[s->health])), .day = s->posts_day, .week = s->posts_week, .kept = s->kept_week, .bad = s->health == OUTLET_FAILS || s->health == OUTLET_QUIET || s->health == OUTLET_SHUT,
		.fine = s->health == OUTLET_GOOD };
	if (s->why.n)
		ret->why = face_text(c, arena_cstr(c->a, s->why), arena_cstr(c->a, s->arg));
	if (s->good)
		ret->good = datetime_str(c->a, s->good);
	if (s->due && (s->health == OUTLET_GOOD || s->health == OUTLET_FAILS || s->health == OUTLET_QUIET) && !str_is(r->v[field_at(r->t, "kind")].s, "push"))
		ret->due = datetime_str(c->a, s->due);
}

enum err outlet_rows(struct ctx *c, struct outlet_list *ret)
{
	struct seen s;
	*ret = (struct outlet_list){ 0 };
	if (!type_readable(c, type_find(c->app, STR("outlet"))))
		return OK;
	TRY(see(c, &(struct see){ .type = "outlet", .filters = (struct filter[]){ { STR("state"), STR("watched|paused") } }, .nfilters = 1, .oldest = true, .limit = 100 }, &s));
	ret->v = NEWN(c->a, struct outlet_row, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct outlet_state h;
		TRY(outlet_state_of(c, s.r[i], &h));
		put_outlet(c, s.r[i], &h, &ret->v[ret->n++]);
		ret->off |= h.health == OUTLET_SHUT;
	}
	return OK;
}

enum err outlet_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct outlet_state h;
	struct str kind = rec_str(c, r, "kind");
	struct outlet_panel m = { .id = id_text(c, r->id), .push = str_is(kind, "push"), .file = str_is(kind, "file"), .may = may(c, r->t, "edit", r) == MAY_ALLOW };
	TRY(outlet_state_of(c, r, &h));
	put_outlet(c, r, &h, &m.s);
	BUF_AUTO b = BUF((size_t)1 << 18);
	t_outlet_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}

struct keying { int64_t id; char *key; };
static enum err make_key(struct ctx *c, void *arg)
{
	struct keying *k = arg;
	return outlet_key_new(c, k->id, k->key);
}

/* The key is shown on this one answer, and nowhere again. */
static enum err key_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	char key[TOKEN_TEXT];
	struct keying k = { req_path_id(rq, "id"), key };
	struct rec *r;
	TRY(ctx_write(c, make_key, &k));
	TRY(ctx_read(c));
	TRY(see_one(c, "outlet", k.id, &r));
	struct key_page m = { rec_show(c, r, field_at(r->t, "name")), arena_fmt(c->a, "/outlet/%lld", (long long)r->id), arena_str(c->a, str_of(key)) };
	TRY(face_shell(rq, N_("Key of the source")));
	t_key_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- posts ---- */

static struct narrative words_of(struct ctx *c, const struct rec *r, size_t chars, bool *ret_cut)
{
	struct str text = rec_str(c, r, "text"), head = utf8_head(text, chars);
	*ret_cut = head.n < text.n;
	return text.n ? narrative_of(c, head, rec_str(c, r, "triage")) : (struct narrative){ 0 };
}

enum err post_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct post_panel m = { .covered = rec_int(r, "covered"), .gone = rec_in(r, "gone") };
	struct rec *o;
	bool cut;
	if (r->sight != SIGHT_FULL)
		return OK;
	m.words = words_of(c, r, OUTLET_TEXT, &cut);
	TRY(see_if(c, "outlet", rec_int(r, "outlet"), &o));
	if (o && !m.gone)
		m.keep_until = date_str(c->a, r->created + rec_int(o, "keep_days") * MS_DAY);
	BUF_AUTO b = BUF((size_t)1 << 20);
	t_post_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}

static enum err put_card(struct ctx *c, const struct rec *head, struct post_card *ret)
{
	struct rec *r;
	TRY(see_one(c, "post", head->id, &r));
	struct str grade = rec_str(c, r, "grade");
	*ret = (struct post_card){ .id = id_text(c, r->id), .version = id_text(c, r->version), .url = arena_fmt(c->a, "/post/%lld", (long long)r->id), .title = rec_show(c, r, field_at(r->t, "title")),
		.topics = rec_show(c, r, field_at(r->t, "topics")), .area = area_label(c, r->area), .source = ref_label(c, "outlet", rec_int(r, "outlet")), .found = datetime_str(c->a, r->created),
		.link = rec_str(c, r, "link"), .light = grade.n ? arena_cstr(c->a, grade) : NULL, .copies = rec_int(r, "copies"), .alarm = rec_int(r, "alarm"), .covered = rec_int(r, "covered") };
	if (rec_has(r, "said"))
		ret->said = datetime_str(c->a, rec_int(r, "said"));
	ret->words = words_of(c, r, HEAD, &ret->cut);
	return OK;
}

/* Danger first, then the newest. */
static enum err put_cards(struct ctx *c, struct post_page *m)
{
	m->v = NEWN(c->a, struct post_card, CARDS + 1);
	for (int alarm = 1; alarm >= 0 && m->n < CARDS; alarm--) {
		struct seen s;
		const struct filter by[] = { { STR("state"), STR("new") }, { STR("alarm"), alarm ? STR("1") : STR("0") } };
		TRY(see(c, &(struct see){ .type = "post", .filters = by, .nfilters = 2, .limit = CARDS - (int)m->n }, &s));
		for (size_t i = 0; i < s.n; i++)
			TRY(put_card(c, s.r[i], &m->v[m->n++]));
		m->alarms += alarm ? (int64_t)s.n : 0;
		m->more |= s.next != 0;
	}
	return m->n ? journal_later(c, "list", "post", 0, arena_fmt(c->a, "{\"n\":%zu}", m->n)) : OK;
}

static enum err put_bursts(struct ctx *c, struct post_page *m)
{
	struct outlet_burst *v;
	size_t n;
	TRY(outlet_bursts(c, &v, &n));
	m->burst = NEWN(c->a, struct str, n + 1);
	for (size_t i = 0; i < n && i < 10; i++) {
		struct str topic = code_label(c->app->codes, "post_topic", v[i].topic, c->lang), area = v[i].area.n > 6 ? area_label(c, v[i].area) : str_of(TRC(c, N_("the whole city")));
		m->burst[m->nburst++] = arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s（%.*s）：今天%lld条，平日每天%.1f条" : "%.*s (%.*s): %lld today, usually %.1f a day", (int)topic.n, topic.p, (int)area.n, area.p,
						  (long long)v[i].today, v[i].usual);
	}
	return OK;
}

static enum err show(struct req *rq, struct resp *rs, struct post_page *m)
{
	struct ctx *c = ctx_of(rq);
	TRY(ctx_read(c));
	TRY(put_cards(c, m));
	TRY(put_bursts(c, m));
	TRY(outlet_rows(c, &m->outlets));
	m->why = options_code(c, "post_aside", STR_NONE, &m->nwhy);
	TRY(face_shell(rq, N_("Public posts to be read")));
	t_post_page(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err posts_get(struct req *rq, struct resp *rs)
{
	struct post_page m = { 0 };
	return show(rq, rs, &m);
}

/* Each through the ordinary step. all: the quiet ones that stood on the page, as read. */
static enum err posts_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct post_page m = { 0 };
	struct str act = req_param(rq, "do"), why = req_param(rq, "why");
	bool all = str_is(act, "all");
	int64_t done = 0, refused = 0;
	struct done d;
	if (!all && !str_is(act, "read") && !str_is(act, "aside") && !str_is(act, "to_clue"))
		return fail(c->f, ERR_INVALID, NULL, "do");
	for (size_t i = rq->nquery; i < rq->nparams; i++) {
		struct str version, id = str_cut(rq->params[i].value, ':', &version);
		struct act in = { .type = "post", .verb = all ? "read" : arena_cstr(c->a, act) };
		if (!str_is(rq->params[i].name, "post") || !str_int(id, &in.id) || !str_int(version, &in.version) || in.version <= 0)
			continue;
		if (str_is(act, "aside")) {
			in.in = NEW(c->a, struct input);
			*(struct input *)(uintptr_t)in.in = (struct input){ STR("why"), why };
			in.nin = 1;
		}
		enum err e = act_now(c, &in, &d);
		done += e == OK;
		refused += e != OK;
		if (e != OK)
			m.outcome = desk_why_not(c, e);
		fault_clear(c->f);
	}
	m.refused = refused > 0;
	if (done && str_is(act, "to_clue")) {
		struct rec *r;
		TRY(ctx_read(c));
		TRY(see_one(c, "post", d.id, &r));
		m.outcome = str_of(TRC(c, N_("A clue was made; it lies on the desk of its place.")));
		m.outcome_url = arena_fmt(c->a, "/clue/%lld", (long long)rec_int(r, "clue"));
	} else if (done && !refused) {
		m.outcome = str_is(act, "aside") ? str_of(TRC(c, N_("Put aside."))) : arena_fmt(c->a, c->lang == LANG_ZH ? "已阅%lld条。" : "%lld read.", (long long)done);
	}
	return show(rq, rs, &m);
}

const struct route post_routes[] = {
	XA_ROUTE("GET", "/posts", posts_get, ROUTE_READ, 0, R(CITY)),
	XA_ROUTE("POST", "/posts", posts_post, ROUTE_SLOW, 0, R(CITY)),
	XA_ROUTE("POST", "/outlet/{id}/key", key_post, ROUTE_SLOW, 0, R(CITY)),
	{ 0 },
};
