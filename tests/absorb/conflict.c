/* What is known by heart of the staff's numbers (people/numbers.c) misses none of them: whatever adds one, in whichever order, made by
 * another process, rolled back, or at the same moment as the clue. On both engines. */
#include "river.h"
#include <pthread.h>
#include <stdatomic.h>

static int64_t made(struct city *p, const char *type, int64_t up, const struct input *in, size_t nin)
{
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = type, .verb = "create", .parent = up, .area = up ? STR_NONE : STR(COMM), .org = up ? 0 : p->comm, .in = in, .nin = nin }, &d));
	return d.id;
}
#define MADE(t, up, ...) made(p, t, up, (const struct input[]){ __VA_ARGS__ }, sizeof((const struct input[]){ __VA_ARGS__ }) / sizeof(struct input))

static int64_t employee(struct city *p, const char *phone)
{
	static int nth;
	return MADE("staff", 0, IN("name", arena_printf(p->a, "职员%02d", ++nth)), IN("role", "community"), { STR("phone"), str_of(phone ? phone : "") });
}

static int64_t heard(struct city *p, const char *field, const char *v) { return MADE("clue", 0, IN("source", "grid"), IN("text", "争吵"), { str_of(field), str_of(v) }); }

/* How many conflicts keep her from the clue. */
static size_t kept(struct city *p, int64_t staff, int64_t clue)
{
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	const struct filter by[] = { { STR("clue"), arena_fmt(p->a, "%lld", (long long)clue) }, { STR("staff"), arena_fmt(p->a, "%lld", (long long)staff) } };
	NEED_OK(see(&c, &(struct see){ .type = "conflict", .filters = by, .nfilters = 2, .limit = 100 }, &s));
	return s.n;
}

static const char *phone_no(struct city *p, int n) { return arena_printf(p->a, "19900%06d", n); }

static const char *id_no(struct city *p, int n)
{
	static const int weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char *s = arena_printf(p->a, "99058219900101%03dX", n);
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += weight[i] * (s[i] - '0');
	s[17] = "10X98765432"[sum % 11];
	return s;
}

/* The city's store once more, as another process has it. */
static struct city beside(struct city *p, const char *url)
{
	struct city q = *p;
	struct app_options o = { .data_dir = p->dir, .store_url = url };
	q.a = p->a;
	NEED_OK(app_open(&o, types, &q.app, &q.f));
	return q;
}

static void beside_close(struct city *q) { app_close(q->app); }

/* city_open(), and where its store is. */
static const char *open_at(struct city *p)
{
	city_open(p);
	return engine_url(p->a);
}

#define FOUND(field, number, staff) CHECK_INT(kept(p, staff, heard(p, field, number)), 1)
#define NOT_FOUND(field, number, staff) CHECK_INT(kept(p, staff, heard(p, field, number)), 0)

TEST(whatever_adds_a_number_is_known)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t ann = employee(p, phone_no(p, 1)), bea = employee(p, NULL);
	NOT_FOUND("party_a_phone", phone_no(p, 900), ann);       /* from here on all are known by heart */
	FOUND("party_a_phone", phone_no(p, 1), ann);
	FOUND("party_b_phone", "+86 199-0000-0001", ann);
	NEED_OK(DO(actor_system, "staff", "edit", bea, IN("phone", phone_no(p, 2))));
	FOUND("party_b_phone", phone_no(p, 2), bea);
	NEED_OK(DO(who(ROLE_COMMUNITY, COMM, bea, p->comm), "staff", "update", bea, IN("phone", phone_no(p, 3))));
	FOUND("party_a_phone", phone_no(p, 3), bea);
	NOT_FOUND("party_a_phone", phone_no(p, 2), bea);         /* hers no more, though it is still known */
	FOUND("party_a_phone", phone_no(p, 4), employee(p, phone_no(p, 4)));
	/* Kin, by either number; changed, taken back, declared again. */
	int64_t kin = MADE("kin", ann, IN("relation", "sibling"), IN("phone", phone_no(p, 10)));
	FOUND("party_a_phone", phone_no(p, 10), ann);
	NEED_OK(DO(actor_system, "kin", "edit", kin, IN("idno", id_no(p, 10))));
	FOUND("party_b_idno", id_no(p, 10), ann);
	NEED_OK(DO0(actor_system, "kin", "remove", kin));
	NOT_FOUND("party_b_idno", id_no(p, 10), ann);
	NEED_OK(DO0(actor_system, "kin", "restore", kin));
	FOUND("party_b_idno", id_no(p, 10), ann);
	/* Flatmates: of her phone, of the ID number she declared as her own; those who move in, and a number they get. */
	const char *home = num(p, MADE("household", 0, IN("address", "花园路1号"))), *other = num(p, MADE("household", 0, IN("address", "花园路2号")));
	MADE("person", 0, IN("name", "同住人"), IN("phone", phone_no(p, 20)), IN("household", home));
	NOT_FOUND("party_a_phone", phone_no(p, 20), ann);
	MADE("person", 0, IN("name", "她"), IN("phone", phone_no(p, 1)), IN("household", home));
	FOUND("party_a_phone", phone_no(p, 20), ann);
	int64_t guest = MADE("person", 0, IN("name", "客人"), IN("phone", phone_no(p, 21)));
	NOT_FOUND("party_a_phone", phone_no(p, 21), ann);
	NEED_OK(DO(actor_system, "person", "edit", guest, IN("household", home)));
	FOUND("party_a_phone", phone_no(p, 21), ann);
	NEED_OK(DO(actor_system, "person", "edit", guest, IN("idno", id_no(p, 21))));
	FOUND("party_a_idno", id_no(p, 21), ann);
	MADE("person", 0, IN("name", "甲"), IN("phone", phone_no(p, 22)), IN("household", other));
	MADE("person", 0, IN("name", "乙"), IN("idno", id_no(p, 23)), IN("household", other));
	NOT_FOUND("party_a_phone", phone_no(p, 22), bea);
	MADE("kin", bea, IN("relation", "self"), IN("idno", id_no(p, 23)));
	FOUND("party_a_phone", phone_no(p, 22), bea);
	/* A relative's flatmates are no relatives. */
	const char *third = num(p, MADE("household", 0, IN("address", "花园路3号")));
	MADE("person", 0, IN("name", "丙"), IN("phone", phone_no(p, 10)), IN("household", third));
	MADE("person", 0, IN("name", "丁"), IN("phone", phone_no(p, 24)), IN("household", third));
	NOT_FOUND("party_a_phone", phone_no(p, 24), ann);
	/* A party of a case likewise. */
	int64_t kase = new_case(p, "M05", "yellow");
	MADE("party", kase, IN("side", "a"), IN("name", "甲"), IN("phone", phone_no(p, 20)));
	CHECK_INT(kids(p, "conflict", kase).n, 1);
	city_close(p);
}

TEST(what_was_there_before_is_known_at_the_start)
{
	struct city here, *p = &here;
	const char *url = open_at(p);
	int64_t first = 0, last = 0;
	struct ctx c;
	const char *home = num(p, MADE("household", 0, IN("address", "花园路1号")));
	/* More than a page, and more than are asked for at once. */
	for (int i = 0; i < 45; i++) {
		last = employee(p, phone_no(p, 100 + i));
		first = first ? first : last;
		MADE("kin", last, IN("relation", "sibling"), IN("phone", phone_no(p, 200 + i)));
	}
	MADE("kin", last, IN("relation", "self"), IN("idno", id_no(p, 44)));
	MADE("person", 0, IN("name", "她"), IN("idno", id_no(p, 44)), IN("household", home));
	MADE("person", 0, IN("name", "同住人"), IN("phone", phone_no(p, 300)), IN("household", home));
	ctx_at(p, &c, &actor_system);
	struct city q = beside(p, url), *was = p;
	p = &q;
	FOUND("party_a_phone", phone_no(p, 100), first);
	FOUND("party_a_phone", phone_no(p, 200), first);
	FOUND("party_b_phone", phone_no(p, 144), last);
	FOUND("party_b_phone", phone_no(p, 244), last);
	FOUND("party_a_phone", phone_no(p, 300), last);
	NOT_FOUND("party_a_phone", phone_no(p, 301), last);
	beside_close(&q);
	p = was;
	city_close(p);
}

TEST(what_another_process_adds_is_known)
{
	struct city here, *p = &here;
	const char *url = open_at(p);
	struct city q = beside(p, url), *one = p, *two = &q;
	int64_t ann = employee(p, phone_no(p, 1));
	for (int i = 0; i < 6; i++) {
		struct city *by = i % 2 ? one : two;
		NOT_FOUND("party_a_phone", phone_no(p, 900 + i), ann);
		p = by;
		MADE("kin", ann, IN("relation", "sibling"), IN("phone", phone_no(p, 10 + i)));
		p = by == one ? two : one;
		FOUND("party_a_phone", phone_no(p, 10 + i), ann);
	}
	p = one;
	beside_close(&q);
	city_close(p);
}

/* ---- rolled back ---- */

struct undo { struct city *p; int64_t staff; const char *phone; size_t found; };

static enum err add_ask_fail(struct ctx *c, void *arg)
{
	struct undo *u = arg;
	struct city *p = u->p;
	struct done d;
	struct seen s;
	TRY(act(c, &(struct act){ .type = "kin", .verb = "create", .parent = u->staff, INPUTS(IN("relation", "sibling"), { STR("phone"), str_of(u->phone) }) }, &d));
	TRY(act(c, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->comm,
		INPUTS(IN("source", "grid"), IN("text", "x"), { STR("party_a_phone"), str_of(u->phone) }) }, &d));
	const struct filter by = { STR("clue"), arena_fmt(c->a, "%lld", (long long)d.id) };
	TRY(see(c, &(struct see){ .type = "conflict", .filters = &by, .nfilters = 1 }, &s));
	u->found = s.n;
	return fail(c->f, ERR_STATE, NULL, NULL);
}

TEST(what_was_rolled_back_is_not_taken_for_known)
{
	struct city here, *p = &here;
	const char *url = open_at(p);
	struct city q = beside(p, url), *one = p;
	struct ctx c;
	int64_t ann = employee(p, phone_no(p, 1));
	for (int known = 0; known < 2; known++) {      /* before anything was known, and after */
		struct undo u = { .p = p, .staff = ann, .phone = phone_no(p, 10 + known) };
		ctx_at(p, &c, &actor_system);
		CHECK_ERR(ctx_write(&c, add_ask_fail, &u), ERR_STATE);
		CHECK_INT(u.found, 1);                 /* inside the transaction it was one */
		NOT_FOUND("party_a_phone", u.phone, ann);
		p = &q;                                /* the other one makes the change in its place */
		MADE("kin", ann, IN("relation", "sibling"), IN("phone", phone_no(p, 20 + known)));
		p = one;
		FOUND("party_a_phone", phone_no(p, 20 + known), ann);
		FOUND("party_b_phone", phone_no(p, 20 + known), ann);
	}
	beside_close(&q);
	city_close(p);
}

/* ---- at the same moment ---- */

struct meet { struct city *p; _Atomic int *here; pthread_barrier_t *start; int64_t staff; const char *phone; bool kin, wait; int64_t id; enum err e; };

static enum err meet_job(struct ctx *c, void *arg)
{
	struct meet *m = arg;
	struct city *p = m->p;
	struct done d;
	struct input kin[] = { IN("relation", "sibling"), { STR("phone"), str_of(m->phone) } };
	struct input clue[] = { IN("source", "grid"), IN("text", "x"), { STR("party_a_phone"), str_of(m->phone) } };
	TRY(act(c, m->kin ? &(struct act){ .type = "kin", .verb = "create", .parent = m->staff, .in = kin, .nin = 2 }
			  : &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->comm, .in = clue, .nin = 3 }, &d));
	m->id = d.id;
	/* PostgreSQL: neither is committed before both have looked, unless one waits for a row of the other, or it is its second try. */
	if (m->wait) {
		m->wait = false;
		atomic_fetch_add(m->here, 1);
		for (int i = 0; i < 300 && atomic_load(m->here) < 2; i++)
			usleep(1000);
	}
	return OK;
}

static void *meet_thread(void *arg)
{
	struct meet *m = arg;
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	ctx_init(&c, m->p->app, a, &f, &actor_system);
	c.now = m->p->now;
	pthread_barrier_wait(m->start);
	m->e = ctx_write(&c, meet_job, m);
	return NULL;
}

TEST(of_two_at_the_same_moment_one_finds_the_other)
{
	struct city here, *p = &here;
	const char *url = open_at(p);
	struct city q = beside(p, url);
	int64_t ann = employee(p, phone_no(p, 1));
	NOT_FOUND("party_a_phone", phone_no(p, 900), ann);
	for (int i = 0; i < 24; i++) {
		_Atomic int both = 0;
		pthread_barrier_t start;
		pthread_t t[2];
		pthread_barrier_init(&start, NULL, 2);
		/* Two of one process, two of different ones. */
		struct meet m[2] = { { .p = p }, { .p = i % 3 ? p : &q } };
		for (int k = 0; k < 2; k++) {
			m[k].here = &both;
			m[k].start = &start;
			m[k].staff = ann;
			m[k].phone = phone_no(p, 10 + i);
			m[k].kin = k == i % 2;
			m[k].wait = store_is_postgres(p->app->store);
			NEED(pthread_create(&t[k], NULL, meet_thread, &m[k]) == 0);
		}
		for (int k = 0; k < 2; k++)
			pthread_join(t[k], NULL);
		CHECK(m[0].e == OK && m[1].e == OK);
		CHECK_INT(kept(p, ann, m[0].kin ? m[1].id : m[0].id), 1);
		pthread_barrier_destroy(&start);
	}
	beside_close(&q);
	city_close(p);
}

/* ---- what cannot be read ---- */

static enum err break_seal(struct db *d, void *arg, struct fault *f)
{
	return db_exec(d, f, "UPDATE kin SET phone = ? WHERE id = ?", ARGS(VB("\2\1\0\1broken", 10), VI(*(int64_t *)arg)), NULL);
}

TEST(a_seal_that_does_not_open_hides_nobody)
{
	struct city here, *p = &here;
	const char *url = open_at(p);
	int64_t ann = employee(p, NULL), kin = MADE("kin", ann, IN("relation", "sibling"), IN("phone", phone_no(p, 10)));
	p->altered = true;
	NEED_OK(store_write(p->app->store, break_seal, &kin, &p->f));
	struct city q = beside(p, url), *was = p;
	p = &q;
	FOUND("party_a_phone", phone_no(p, 10), ann);
	beside_close(&q);
	p = was;
	city_close(p);
}
