/* Why: the made-up city comes in by the door that real work comes in by, so that whatever it shows can really happen: each
 * act as the person who would do it, at its moment, with every check, clock, tally and line of the journal.
 * Invariants: the same seed, scale and end, and key, give the same records and the same journal; a refused act stops the load. */
#include "cli/demo_inner.h"
#include "people/login.h"
#include "people/people.h"
#include <stdio.h>
#include <stdlib.h>

char *demo_password(struct app *app, struct arena *a)
{
	struct fault f = { 0 };
	struct db *d;
	ROWS q = NULL;
	bool more;
	if (store_reader(app->store, &d, &f) != OK || db_rows(d, &f, "SELECT value FROM setting WHERE name = 'demo_password'", NOARGS, &q) != OK ||
	    rows_next(q, &more) != OK || !more)
		return arena_printf(a, "%s", "");
	return arena_cstr(a, rows_text(q, 0));
}

struct str demo_int(struct ctx *c, int64_t v) { return id_text(c, v); }

struct str demo_day(struct ctx *c, int64_t ms) { return date_str(c->a, ms); }

struct str demo_moment(struct ctx *c, int64_t ms)
{
	BUF_AUTO b = BUF(64);
	datetime_put(&b, ms);
	return arena_str(c->a, buf_view(&b));
}

void demo_progress(const struct loader *l, const char *what, int64_t done, int64_t all)
{
	enum { WIDTH = 40 };
	char bar[WIDTH + 1];
	if (!l->o->progress || all <= 0)
		return;
	int full = (int)(done * WIDTH / all);
	memset(bar, '#', (size_t)full);
	memset(bar + full, '.', (size_t)(WIDTH - full));
	bar[WIDTH] = 0;
	fprintf(stderr, "\r[%s] %3d%% %s\033[K%s", bar, (int)(done * 100 / all), tr(l->o->lang, what), done >= all ? "\n" : "");
	fflush(stderr);
}

/* ---- acting ---- */

static struct actor actor_of(const struct loader *l, const struct demo_act *w)
{
	if (w->by == DEMO_SYSTEM) {
		struct actor s = actor_system;
		s.face = "demo";
		return s;
	}
	if (w->by >= 0)
		return l->who[w->by];
	struct actor citizen = { .role = ROLE_CITIZEN, .face = "demo" };
	snprintf(citizen.area, sizeof citizen.area, "%s", w->area ? w->area : "");
	return citizen;
}

/* What the door said, for whoever mends the story: verb, type and the fields' messages. */
static enum err refused(struct ctx *c, const struct demo_act *w, const struct actor *who, enum err e)
{
	BUF_AUTO b = BUF(2000);
	struct fault was = *c->f;
	buf_printf(&b, "%s.%s by %s: ", w->act.type, w->act.verb, role_name(who->role));
	buf_cstr(&b, was.msg ? was.msg : err_text(e));
	buf_printf(&b, " %s", was.detail);
	for (int i = 0; i < was.nfields; i++)
		buf_printf(&b, "; %s: %s %s", was.fields[i].field, was.fields[i].msg, was.fields[i].arg);
	fault_clear(c->f);
	return fail(c->f, e, was.msg, "%s", b.p);
}

#define INPUTS_MOST 32

enum err demo_do(struct loader *l, struct ctx *c, const struct demo_act *w, struct done *ret)
{
	struct actor who = actor_of(l, w);
	struct input in[INPUTS_MOST];
	struct act a = w->act;
	struct done d;
	size_t n = 0;
	for (size_t i = 0; i < w->act.nin; i++)
		if (w->act.in[i].value.n) {
			must(n < INPUTS_MOST);
			in[n++] = w->act.in[i];
		}
	a.in = in;
	a.nin = n;
	c->actor = &who;
	c->now = w->ms;
	enum err e = act(c, &a, &d);
	c->actor = &actor_system;
	l->acts++;
	if (e != OK)
		return refused(c, w, &who, e);
	if (ret)
		*ret = d;
	return OK;
}

struct ctx demo_ctx(struct loader *l, const struct ctx *job)
{
	struct ctx c = *job;
	arena_reset(l->a);
	c.a = l->a;
	c.labels = NULL;
	c.access = NULL;
	c.actor = &actor_system;
	return c;
}

struct task { struct loader *l; enum err (*fn)(struct ctx *c, struct loader *l); bool ran; };

static enum err run_task(struct ctx *c, void *arg)
{
	struct task *t = arg;
	/* What a batch learnt (ids, where a story stands) is kept outside the store, so it cannot be told twice. */
	if (t->ran)
		return fail(c->f, ERR_STATE, N_("Somebody else is writing to this database. Please load the made-up city into one that nobody uses."), NULL);
	t->ran = true;
	return t->fn(c, t->l);
}

enum err demo_job(struct loader *l, enum err (*fn)(struct ctx *c, struct loader *l))
{
	struct task t = { l, fn, false };
	struct ctx c;
	ctx_init(&c, l->app, l->batch, l->f, &actor_system);
	return ctx_write(&c, run_task, &t);
}

/* ---- log-ins ---- */

/* Four syllables that are easy to type and to say; what stands here is made up. */
static void pass_phrase(uint32_t seed, char ret[40])
{
	static const char *const syllables[] = { "an", "ping", "he", "mu", "le", "kang", "ning", "shun", "xin", "yue", "hao", "jia", "tian", "lan", "qing", "yun",
						 "mei", "feng", "hua", "lin", "chun", "yang", "bao", "shan", "hai", "xing", "ming", "rui", "zhu", "song", "he", "tong" };
	struct rng r = { seed * UINT64_C(0x9E3779B97F4A7C15) + 77 };
	const char *s[4];
	for (int i = 0; i < 4; i++)
		s[i] = syllables[rng_range(&r, 0, (int64_t)ARRAY_LEN(syllables) - 1)];
	snprintf(ret, 40, "%s-%s-%s-%s", s[0], s[1], s[2], s[3]);
}

struct logins { char phrase[40], hash[PASSWORD_HASH_MAX]; };

static enum err add_logins(struct ctx *c, void *arg)
{
	void **p = arg;
	struct loader *l = p[0];
	const struct logins *k = p[1];
	const struct demo_posts *o = &l->posts;
	const struct { const char *name; int staff; } posts[] = {
		{ "city", o->city }, { "town", o->town }, { "community", o->community }, { "grid", o->grid }, { "mediator", o->mediator }, { "hotline", o->hotline },
		{ "police", o->police }, { "court", o->court }, { "civil", o->civil }, { "leader", o->leader }, { "auditor", o->auditor }, { "admin", o->admin }, { "secadmin", o->secadmin },
	};
	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		TRY(login_create(c->db, l->staff[posts[i].staff], str_of(posts[i].name), c->f));
		TRY(login_put_hash(c->db, l->staff[posts[i].staff], k->hash, false, c->f));
	}
	/* They have kept up with their notices until the day before. */
	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		c->actor = &l->who[posts[i].staff];
		c->now = l->o->end - MS_DAY;
		TRY(notice_read_all(c));
	}
	c->actor = &actor_system;
	/* Last of all: a load that broke off is no demo city. */
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('demo_password', ?, ?)",
		       ARGS(VS(str_of(k->phrase)), VI(l->o->end)), NULL);
}

static enum err open_logins(struct loader *l)
{
	struct logins k;
	struct ctx c;
	pass_phrase(l->o->seed, k.phrase);
	TRY(password_hash(str_of(k.phrase), PASSWORD_QUICK, k.hash, l->f));
	ctx_init(&c, l->app, l->batch, l->f, &actor_system);
	return ctx_write(&c, add_logins, (void *[]){ l, &k });
}

/* ---- the whole ---- */

static enum err must_be_empty(struct app *app, struct fault *f)
{
	struct db *d;
	int64_t n = 0;
	TRY(store_reader(app->store, &d, f));
	TRY(db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM (SELECT 1 FROM staff LIMIT 1) x", NOARGS, &n, NULL));
	return n ? fail(f, ERR_STATE, N_("There is data already. The made-up city goes into an empty folder only."), NULL) : OK;
}

static enum err load(struct loader *l)
{
	TRY(demo_plan_new(l->o->seed, l->o->scale, l->o->end, &l->plan, l->f));
	l->n = demo_counts(l->plan);
	l->posts = demo_posts(l->plan);
	TRY(demo_load_city(l));
	TRY(demo_load_events(l));
	TRY(demo_load_sides(l));
	TRY(demo_load_public(l));
	TRY(demo_load_protect(l));
	TRY(demo_load_children(l));
	TRY(demo_load_studios(l));
	TRY(demo_load_counsel(l));
	TRY(demo_load_referral(l));
	return open_logins(l);
}

enum err demo_load(struct app *app, const struct demo_options *o, struct fault *f)
{
	struct loader l = { .app = app, .o = o, .f = f };
	TRY(must_be_empty(app, f));
	/* Rows for six million households would not fit; ids and stories of scale 100 do. */
	l.keep = arena_new((size_t)2 << 30);
	l.batch = arena_new(0);
	l.a = arena_new(0);
	id_seed(o->seed);
	enum err e = load(&l);
	if (e != OK && o->progress)
		fputc('\n', stderr);
	demo_plan_free(l.plan);
	arena_free(l.keep);
	arena_free(l.batch);
	arena_free(l.a);
	return e;
}
