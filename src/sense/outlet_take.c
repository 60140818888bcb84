/* Why: of what is said in public a city's federation needs one post in a hundred, once, and without the neighbours' telephone numbers.
 * Invariants: each post is screened by itself before it is folded, for a copy may hold the one sentence more that matters; what concerns nobody here
 * leaves a number and nothing else; a post comes in once, however often it is sent; names and numbers are covered unless somebody may be in danger. */
#include "base/chance.h"
#include "people/people.h"
#include "safe/safe.h"
#include "sense/clue.h"
#include "sense/extract.h"
#include "sense/import.h"
#include "sense/outlet.h"
#include "sense/triage.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CHUNK = 40, STORIES = 1 << 15, BACK = 2000 /* stories read at the start */, TELL = 10 /* notices a chunk */, BURST_DAYS = 28, BURST_LEAST = 5, BURST_KNOWN = 14 };
#define BURST_CHANCE 0.001
static const int64_t loud[] = { 20, 100, 500 };      /* times posted at which it is told */

/* What all of a server's sources share: one reads at a time. */
struct stories { struct held held; pthread_mutex_t lock; struct fold *fold; struct patterns *topics; struct extract_places *places; const struct code **topic; size_t ntopics; bool filled; struct arena *a; };

static void stories_free(struct held *h)
{
	struct stories *w = (struct stories *)h;
	fold_free(w->fold);
	patterns_free(w->topics);
	extract_places_free(w->places);
	pthread_mutex_destroy(&w->lock);
	arena_free(w->a);
	free(w);
}

/* The words stand in the table; what is a sign of Hyperscan in them is meant as itself. */
static struct str literal(struct arena *a, struct str word)
{
	BUF_AUTO b = BUF(4096);
	struct str n = text_normalise(a, word).text;
	for (size_t i = 0; i < n.n; i++) {
		if (strchr(".^$*+?()[]{}|\\/", n.p[i]) && n.p[i])
			buf_char(&b, '\\');
		buf_char(&b, n.p[i]);
	}
	return arena_str(a, buf_view(&b));
}

static enum err stories_of(struct ctx *c, struct stories **ret)
{
	struct held *h = atomic_load(&c->app->stories);
	if (h) {
		*ret = (struct stories *)h;
		return OK;
	}
	struct stories *w = xalloc(sizeof *w);
	size_t n = 0, np = 0, cap = 0;
	w->held.free = stories_free;
	pthread_mutex_init(&w->lock, NULL);
	w->a = arena_new(0);
	w->fold = fold_new(STORIES);
	w->places = sense_places(c);
	const struct code *k = codes_list(c->app->codes, "post_topic", &n);
	struct pattern *p = NULL;
	w->topic = NEWN(w->a, const struct code *, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct str rest = code_more(c->app->codes, "post_topic", k[i].code, "words");
		w->topic[w->ntopics++] = &k[i];
		while (rest.n) {
			struct str word = str_trim(str_cut(rest, '|', &rest));
			if (word.n)
				VEC_PUSH(w->a, p, np, cap, ((struct pattern){ (uint32_t)i, arena_cstr(w->a, literal(w->a, word)) }));
		}
	}
	enum err e = patterns_compile(p, np, &w->topics, c->f);
	if (e == OK && !atomic_compare_exchange_strong(&c->app->stories, &h, &w->held)) {
		stories_free(&w->held);
		w = (struct stories *)h;
	} else if (e != OK) {
		stories_free(&w->held);
	}
	*ret = e == OK ? w : NULL;
	return e;
}

/* What was kept before the program started is a story still. */
static enum err fill(struct ctx *c, struct stories *w)
{
	int64_t after = 0;
	struct minhash m;
	for (size_t done = 0; !w->filled && done < BACK;) {
		ARENA a = arena_new(0);
		struct ctx page = *c;
		struct seen s;
		page.a = a;
		page.labels = NULL;
		TRY(see(&page, &(struct see){ .type = "post", .after = after, .limit = 200 }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct rec *r;
			TRY(see_one(&page, "post", s.r[i]->id, &r));
			if (minhash_of(triage_prepare(a, rec_str(&page, r, "text")).text, &m) && fold_find(w->fold, &m) == 0)
				fold_put(w->fold, &m, r->id);
		}
		done += s.n ? s.n : BACK;
		after = s.next;
		if (!after)
			break;
	}
	w->filled = true;
	return OK;
}

/* ---- one post ---- */

struct news {
	struct str ref, title, text, link, topics, digest, area;
	struct sense_verdict v;
	bool alarm, covered, told_apart;
	struct minhash sig;
	int64_t story;       /* it is a copy of; 0: of none that is kept */
	size_t like;         /* or of an earlier one of the same chunk: its place from 1 */
	int64_t said, id, copies;
	bool again;
};
struct chunk { const struct rec *outlet; struct news *v; size_t n; struct outlet_taken t; struct str *gone; size_t ngone; };

static struct str topics_in(struct ctx *c, struct stories *w, struct str prepared, bool *ret_alarm)
{
	struct hit *h;
	size_t n;
	BUF_AUTO b = BUF(1024);
	bool *seen = NEWN(c->a, bool, w->ntopics + 1);
	patterns_scan(w->topics, c->a, prepared, &h, &n);
	for (size_t i = 0; i < n; i++)
		seen[h[i].id] = true;
	for (size_t i = 0; i < w->ntopics; i++)
		if (seen[i]) {
			buf_printf(&b, "%s%.*s", b.n ? "," : "", (int)w->topic[i]->code.n, w->topic[i]->code.p);
			*ret_alarm |= str_is(code_more(c->app->codes, "post_topic", w->topic[i]->code, "level"), "2");
		}
	return arena_str(c->a, buf_view(&b));
}

struct swap { struct str was, is; };

static void add_swap(struct ctx *c, struct swap **v, size_t *n, size_t *cap, struct str was, struct str is)
{
	if (was.n >= 3 && is.p && !str_eq(was, is))
		VEC_PUSH(c->a, *v, *n, *cap, ((struct swap){ was, is }));
}

/* All places of what was found once: a name said with 叫 stands alone in the next sentence. */
static struct str swapped(struct ctx *c, struct str s, const struct swap *v, size_t n)
{
	BUF_AUTO b = BUF((size_t)1 << 20);
	for (size_t i = 0; i < s.n;) {
		const struct swap *best = NULL;
		for (size_t k = 0; k < n; k++)
			if (v[k].was.n <= s.n - i && memcmp(v[k].was.p, s.p + i, v[k].was.n) == 0 && (!best || v[k].was.n > best->was.n))
				best = &v[k];
		if (best)
			buf_str(&b, best->is);
		else
			buf_char(&b, s.p[i]);
		i += best ? best->was.n : 1;
	}
	return arena_str(c->a, buf_view(&b));
}

static void look_through(struct ctx *c, struct news *w, const struct extract_places *places, bool cover)
{
	struct extracts x;
	struct swap *v = NULL;
	size_t n = 0, cap = 0;
	extract_text(c->a, w->text, day_of(c->now), places, &x);
	for (size_t i = 0; i < x.n; i++) {
		struct str words = { w->text.p + x.v[i].from, x.v[i].to - x.v[i].from };
		switch (x.v[i].kind) {
		case EXTRACT_PHONE: add_swap(c, &v, &n, &cap, words, mask_phone(c->a, words)); break;
		case EXTRACT_IDNO: add_swap(c, &v, &n, &cap, words, mask_idno(c->a, words)); break;
		case EXTRACT_PERSON: add_swap(c, &v, &n, &cap, x.v[i].value, mask_name(c->a, x.v[i].value)); break;
		case EXTRACT_PLACE: {
			struct str area = sense_area_of(c, words);
			if (area.n > w->area.n && area_within(area, arena_cstr(c->a, w->area)))
				w->area = area.n > 9 ? (struct str){ area.p, 9 } : area;
			if (strpbrk(arena_cstr(c->a, words), "0123456789"))
				add_swap(c, &v, &n, &cap, words, mask_address(c->a, words));
			break;
		}
		default: break;
		}
	}
	if (!cover || !n)
		return;
	w->text = utf8_head(swapped(c, w->text, v, n), OUTLET_TEXT);
	w->title = utf8_head(swapped(c, w->title, v, n), 200);
	w->covered = true;
}

static bool grave(struct str grade) { return str_is(grade, "red") || str_is(grade, "orange"); }

/* False: it concerns nobody here. */
static enum err screen(struct ctx *c, struct stories *s, const struct outlet_item *i, struct news *w, bool *ret)
{
	const struct sense_judge *j = c->app->triage;
	struct str whole = i->title.n && !str_starts(i->text, arena_cstr(c->a, i->title)) ? arena_fmt(c->a, "%.*s\n%.*s", (int)i->title.n, i->title.p, (int)i->text.n, i->text.p ? i->text.p : "") : i->text;
	struct norm prepared = triage_prepare(c->a, whole);
	*w = (struct news){ .title = i->title.n ? i->title : utf8_head(i->text, 40), .text = whole, .link = i->link, .said = i->said, .area = w->area, .ref = w->ref };
	if (j)
		TRY(j->run(j, c, whole, &w->v));
	w->topics = topics_in(c, s, prepared.text, &w->alarm);
	bool danger = grave(w->v.grade);
	w->alarm |= danger;
	*ret = w->v.family || w->topics.n || danger;
	if (!*ret)
		return OK;
	w->digest = sha256_str(c->a, whole);
	look_through(c, w, s->places, !danger);
	if (w->covered && j) {      /* its places are those of the words that are kept */
		struct sense_verdict kept;
		TRY(j->run(j, c, w->text, &kept));
		w->v.json = kept.json;
	}
	w->told_apart = minhash_of(prepared.text, &w->sig);
	w->story = w->told_apart ? fold_find(s->fold, &w->sig) : 0;
	return OK;
}

/* ---- writing ---- */

static struct str flag(bool on) { return on ? STR("1") : STR("0"); }

static enum err put_new(struct ctx *c, const struct rec *outlet, struct news *w, bool tell)
{
	struct done d;
	TRY(act_inner(c, &(struct act){ .type = "post", .verb = "create", .area = w->area, .org = outlet->org,
		INPUTS(INPUT("outlet", id_text(c, outlet->id)), INPUT("title", w->title), INPUT("text", w->text), INPUT("link", w->link), INPUT("said", w->said ? datetime_str(c->a, w->said) : STR_NONE),
		       INPUT("topics", w->topics), INPUT("family", flag(w->v.family)), INPUT("grade", w->v.family || grave(w->v.grade) ? w->v.grade : STR_NONE), INPUT("alarm", flag(w->alarm)), INPUT("signals", w->v.signals),
		       INPUT("triage", w->v.json), INPUT("digest", w->digest), INPUT("covered", flag(w->covered))) }, &d));
	w->id = d.id;
	return tell ? notice_put(c, 0, d.rec->org, d.rec, N_("A public post speaks of danger: please read it now")) : OK;
}

static enum err count_topics(struct ctx *c, const struct news *w)
{
	for (struct str rest = w->topics; rest.n;) {
		struct str topic = str_cut(rest, ',', &rest);
		TRY(db_exec(c->db, c->f, "INSERT INTO post_count (day, area, topic, n, told) VALUES (?, ?, ?, 1, 0) ON CONFLICT (day, area, topic) DO UPDATE SET n = post_count.n + 1",
			    ARGS(VI(day_of(c->now)), VS(w->area), VS(topic)), NULL));
	}
	return OK;
}

/* A copy of a story: counted on it, and told when it spreads. */
static enum err put_copies(struct ctx *c, int64_t id, int64_t more)
{
	struct rec *r;
	struct done d;
	TRY(see_if(c, "post", id, &r));
	if (!r)
		return OK;
	int64_t was = rec_int(r, "copies"), now = was + more;
	TRY(act_inner(c, &(struct act){ .type = "post", .verb = "again", .id = id, INPUTS(INPUT("copies", id_text(c, now)), INPUT("last", datetime_str(c->a, c->now))) }, &d));
	for (size_t i = 0; i < ARRAY_LEN(loud); i++)
		if (was < loud[i] && now >= loud[i] && !rec_in(r, "gone"))
			return notice_put(c, 0, r->org, r, N_("A public post spreads: it was posted many times"));
	return OK;
}

static enum err take_ref(struct ctx *c, int64_t outlet, struct str ref, bool *ret)
{
	int64_t n = 0;
	TRY(db_exec(c->db, c->f, "INSERT INTO post_ref (outlet, ref, ms) VALUES (?, ?, ?) ON CONFLICT (outlet, ref) DO NOTHING", ARGS(VI(outlet), VB(ref.p, ref.n), VI(c->now)), &n));
	*ret = n == 1;
	return OK;
}

static enum err write_chunk(struct ctx *c, void *arg)
{
	struct chunk *k = arg;
	int tell = 0;
	k->t = (struct outlet_taken){ 0 };
	for (size_t i = 0; i < k->ngone; i++) {
		bool first;
		TRY(take_ref(c, k->outlet->id, k->gone[i], &first));
		*(first ? &k->t.dropped : &k->t.again) += 1;
	}
	for (size_t i = 0; i < k->n; i++) {
		struct news *w = &k->v[i];
		bool first;
		w->id = w->copies = 0;
		TRY(take_ref(c, k->outlet->id, w->ref, &first));
		w->again = !first;
		int64_t story = w->story ? w->story : w->like ? k->v[w->like - 1].id : 0;
		struct news *of = w->like ? &k->v[w->like - 1] : NULL;
		if (!first) {
			k->t.again++;
		} else if (story) {
			k->t.copies++;
			*(of && of->id ? &of->copies : &w->copies) += 1;
		} else {
			TRY(put_new(c, k->outlet, w, w->alarm && tell++ < TELL));
			TRY(count_topics(c, w));
			k->t.kept++;
		}
	}
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].copies)
			TRY(put_copies(c, k->v[i].id ? k->v[i].id : k->v[i].story, k->v[i].copies));
	return db_exec(c->db, c->f, "INSERT INTO outlet_day (outlet, day, posts, kept) VALUES (?, ?, ?, ?) ON CONFLICT (outlet, day) DO UPDATE SET posts = outlet_day.posts + EXCLUDED.posts, kept = outlet_day.kept + EXCLUDED.kept",
		       ARGS(VI(k->outlet->id), VI(day_of(c->now)), VI(k->t.kept + k->t.copies + k->t.dropped), VI(k->t.kept)), NULL);
}

/* ---- a source's posts ---- */

static struct str ref_of(struct ctx *c, const struct outlet_item *i)
{
	unsigned char h[32];
	struct str s = i->ref.n ? i->ref : arena_fmt(c->a, "%.*s\n%.*s", (int)i->title.n, i->title.p ? i->title.p : "", (int)i->text.n, i->text.p ? i->text.p : "");
	sha256(s, h);
	return arena_str(c->a, (struct str){ (const char *)h, 16 });
}

static enum err came_before(struct ctx *c, int64_t outlet, struct str ref, bool *ret)
{
	int64_t ms = 0;
	return db_int(c->db, c->f, "SELECT ms FROM post_ref WHERE outlet = ? AND ref = ?", ARGS(VI(outlet), VB(ref.p, ref.n)), &ms, ret);
}

static enum err take_chunk(struct ctx *c, struct stories *s, const struct rec *outlet, const struct outlet_item *v, size_t n, struct outlet_taken *t)
{
	struct chunk k = { .outlet = outlet, .v = NEWN(c->a, struct news, n + 1), .gone = NEWN(c->a, struct str, n + 1) };
	TRY(ctx_read(c));
	for (size_t i = 0; i < n; i++) {
		struct news *w = &k.v[k.n];
		bool was, mine;
		w->ref = ref_of(c, &v[i]);
		w->area = outlet->area;
		TRY(came_before(c, outlet->id, w->ref, &was));
		if (was) {
			t->again++;
			continue;
		}
		struct str ref = w->ref;
		TRY(screen(c, s, &v[i], w, &mine));
		if (!mine) {
			k.gone[k.ngone++] = ref;
			continue;
		}
		for (size_t o = 0; o < k.n && !w->story && !w->like && w->told_apart; o++)
			if (!k.v[o].story && !k.v[o].like && k.v[o].told_apart && minhash_same(&k.v[o].sig, &w->sig))
				w->like = o + 1;
		k.n++;
	}
	if (!k.n && !k.ngone)
		return OK;
	TRY(ctx_write(c, write_chunk, &k));
	for (size_t i = 0; i < k.n; i++)
		if (k.v[i].id && k.v[i].told_apart)
			fold_put(s->fold, &k.v[i].sig, k.v[i].id);
	t->kept += k.t.kept;
	t->copies += k.t.copies;
	t->dropped += k.t.dropped;
	t->again += k.t.again;
	return OK;
}

/* ---- more than usual ---- */

static enum err bursts_of(struct ctx *c, bool untold, struct outlet_burst **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	size_t n = 0, cap = 0;
	int32_t today = day_of(c->now);
	int64_t first = today;
	struct outlet_burst *v = NULL;
	/* Watched for too short a time, nothing is usual. */
	TRY(db_int(c->db, c->f, "SELECT CAST(COALESCE(MIN(day), 0) AS INTEGER) FROM outlet_day", NOARGS, &first, NULL));
	*ret = NULL;
	*ret_n = 0;
	if (!first || today - first < BURST_KNOWN)
		return OK;
	int64_t days = today - first < BURST_DAYS ? today - first : BURST_DAYS;
	TRY(db_rows(c->db, c->f, "SELECT t.topic, t.area, t.n, CAST(COALESCE((SELECT SUM(o.n) FROM post_count o WHERE o.area = t.area AND o.topic = t.topic AND o.day < t.day AND o.day >= ?), 0) AS INTEGER) "
		    "FROM post_count t WHERE t.day = ? AND t.n >= ? AND t.told <= ? ORDER BY t.n DESC, t.area, t.topic",
		    ARGS(VI(today - BURST_DAYS), VI(today), VI(BURST_LEAST), VI(untold ? 0 : 1)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct outlet_burst b = { .topic = arena_str(c->a, rows_text(q, 0)), .area = arena_str(c->a, rows_text(q, 1)), .today = rows_int(q, 2), .usual = (double)rows_int(q, 3) / (double)days };
		if (poisson_at_least(b.today, b.usual) < BURST_CHANCE && (untold || area_within(b.area, c->actor->area)))
			VEC_PUSH(c->a, v, n, cap, b);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err outlet_bursts(struct ctx *c, struct outlet_burst **ret, size_t *ret_n) { return bursts_of(c, false, ret, ret_n); }

static enum err tell_bursts(struct ctx *c, void *arg)
{
	struct outlet_burst *v;
	size_t n;
	int64_t org = 0;
	(void)arg;
	TRY(bursts_of(c, true, &v, &n));
	for (size_t i = 0; i < n; i++) {
		struct seen s;
		TRY(people_org_for(c, (struct str){ v[i].area.p, v[i].area.n > 6 ? 6 : v[i].area.n }, "city", &org));
		TRY(see(c, &(struct see){ .type = "post", .filters = (struct filter[]){ { STR("topics"), v[i].topic }, { STR("area"), v[i].area } }, .nfilters = 2, .limit = 1 }, &s));
		if (org && s.n)
			TRY(notice_put(c, 0, org, s.r[0], N_("More public posts about one topic than usual today")));
		TRY(db_exec(c->db, c->f, "UPDATE post_count SET told = 1 WHERE day = ? AND area = ? AND topic = ?", ARGS(VI(day_of(c->now)), VS(v[i].area), VS(v[i].topic)), NULL));
	}
	return OK;
}

/* ---- the whole of a lot ---- */

enum err outlet_take(struct ctx *asked, const struct rec *outlet, const struct outlet_posts *posts, struct outlet_taken *ret)
{
	struct ctx c = ctx_inside(asked);
	struct stories *s;
	enum err e = OK;
	*ret = (struct outlet_taken){ .seen = (int64_t)(posts->n + posts->bad), .bad = (int64_t)posts->bad };
	TRY(stories_of(&c, &s));
	pthread_mutex_lock(&s->lock);
	e = ctx_read(&c);
	if (e == OK)
		e = fill(&c, s);
	for (size_t i = 0; i < posts->n && e == OK; i += CHUNK) {
		ARENA a = arena_new(0);
		struct ctx in = c;
		in.a = a;
		in.labels = NULL;
		e = take_chunk(&in, s, outlet, posts->v + i, posts->n - i < CHUNK ? posts->n - i : CHUNK, ret);
	}
	pthread_mutex_unlock(&s->lock);
	if (e == OK && ret->kept)
		e = ctx_write(&c, tell_bursts, NULL);
	return e;
}

/* ---- forgetting ---- */

static enum err forget_one(struct ctx *c, void *arg)
{
	struct done d;
	return act_inner(c, &(struct act){ .type = "post", .verb = "forget", .id = *(int64_t *)arg }, &d);
}

static enum err forget_of(struct ctx *c, int64_t outlet, int64_t before)
{
	for (;;) {
		ARENA a = arena_new(0);
		struct ctx page = *c;
		struct seen s;
		page.a = a;
		page.labels = NULL;
		const struct filter by[] = { { STR("outlet"), id_text(&page, outlet) }, { STR("state"), STR("new|read|aside|clue") }, { STR("created_to"), datetime_str(a, before) } };
		TRY(ctx_read(&page));
		TRY(see(&page, &(struct see){ .type = "post", .filters = by, .nfilters = 3, .oldest = true, .limit = 100 }, &s));
		for (size_t i = 0; i < s.n; i++)
			TRY(ctx_write(&page, forget_one, &s.r[i]->id));
		if (s.n < 100)
			return OK;
	}
}

static enum err sweep(struct ctx *c, void *arg)
{
	(void)arg;
	TRY(db_exec(c->db, c->f, "DELETE FROM post_ref WHERE ms < ?", ARGS(VI(c->now - 400 * MS_DAY)), NULL));
	TRY(db_exec(c->db, c->f, "DELETE FROM outlet_day WHERE day < ?", ARGS(VI(day_of(c->now) - 400)), NULL));
	return db_exec(c->db, c->f, "DELETE FROM post_count WHERE day < ?", ARGS(VI(day_of(c->now) - 400)), NULL);
}

enum err outlet_forget_job(struct ctx *asked, struct str arg)
{
	struct ctx c = ctx_inside(asked);
	int64_t after = 0;
	(void)arg;
	do {
		struct seen s;
		TRY(ctx_read(&c));
		TRY(see(&c, &(struct see){ .type = "outlet", .after = after, .limit = 100 }, &s));
		for (size_t i = 0; i < s.n; i++)
			TRY(forget_of(&c, s.r[i]->id, c.now - rec_int(s.r[i], "keep_days") * MS_DAY));
		after = s.next;
	} while (after);
	return ctx_write(&c, sweep, NULL);
}
