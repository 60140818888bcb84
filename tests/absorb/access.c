/* Who may see what: may() and the SQL of see() object by object; team, approval for children, conflict of interest, emergency
 * opening, the three administrators, hours. On both engines. XA_PAIRS: how many (actor, record) pairs are asked. */
#include "river.h"
#include "record/files.h"
#include "record/inner.h"
#include "record/metrics.h"

/* ---- may() is the filter ---- */

static const struct rtype *const guarded[] = { &clue_type, &case_type, &party_type, &session_type, &agreement_type, &duty_type, &visit_type, &team_type, &glass_type,
					       &conflict_type, &document_type, &clue_document_type };
static const char *const areas[] = { "320582", TOWN, "320582102", COMM, "320582100002", "320582102001" };
#define AREAS ((int)ARRAY_LEN(areas))
#define STAFF 24
struct world { struct city *p; int64_t staff[STAFF], root[400]; size_t nroot; struct rec **r[ARRAY_LEN(guarded)]; size_t n[ARRAY_LEN(guarded)], all; };

static struct str id_str(struct city *p, int64_t v) { return arena_fmt(p->a, "%lld", (long long)v); }

static int64_t some_org(struct city *p, struct rng *g)
{
	const int64_t v[] = { p->fed, p->town, p->comm, p->studio, p->police };
	return v[rng_range(g, 0, 4)];
}

struct scatter { struct world *w; struct rng *g; };

/* Rows of all kinds and windows, past, present and to come. */
static enum err scatter(struct ctx *c, void *arg)
{
	struct scatter *s = arg;
	for (int i = 0; i < 500; i++) {
		struct rec src = { .id = 1000000 + i };
		int64_t since = c->now + rng_range(s->g, -3, 1) * MS_HOUR, until = c->now + rng_range(s->g, -1, 3) * MS_HOUR;
		TRY(access_put(c, &src, s->w->staff[rng_range(s->g, 0, STAFF - 1)], s->w->root[rng_range(s->g, 0, (int)s->w->nroot - 1)], 1u << rng_range(s->g, 0, 3), since,
			       rng_range(s->g, 0, 2) ? until : ACCESS_EVER));
	}
	return OK;
}

static void people_of(struct world *w, struct rng *g)
{
	struct city *p = w->p;
	for (int i = 0; i < STAFF; i++) {
		struct done d;
		NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .area = str_of(areas[rng_range(g, 0, AREAS - 1)]), .org = some_org(p, g),
			INPUTS(IN("name", arena_printf(p->a, "员工%d", i)), IN("role", "community")) }, &d));
		w->staff[i] = d.id;
	}
}

static int64_t person(struct world *w, struct rng *g) { return w->staff[rng_range(g, 0, STAFF - 1)]; }

static int64_t new_record(struct world *w, struct rng *g, const char *type, int64_t parent, const struct input *in, size_t nin)
{
	struct city *p = w->p;
	struct done d;
	struct actor who_made = actor_system;
	who_made.user = person(w, g);
	NEED_OK(run(p, who_made, &(struct act){ .type = type, .verb = "create", .parent = parent, .area = str_of(areas[rng_range(g, 0, AREAS - 1)]), .org = some_org(p, g),
		.owner = rng_range(g, 0, 1) ? person(w, g) : 0, .in = in, .nin = nin }, &d));
	return d.id;
}
#define NEW_REC(t, up, ...) new_record(w, g, t, up, (const struct input[]){ __VA_ARGS__ }, sizeof((const struct input[]){ __VA_ARGS__ }) / sizeof(struct input))

static enum err set_state(struct ctx *c, void *arg)
{
	void **v = arg;
	return db_exec(c->db, c->f, "UPDATE case_file SET state = ? WHERE id = ?", ARGS(VS(str_of(v[0])), VI(*(int64_t *)v[1])), NULL);
}

static void records_of(struct world *w, struct rng *g)
{
	struct city *p = w->p;
	struct ctx c;
	for (int i = 0; i < 30; i++) {
		int64_t clue = NEW_REC("clue", 0, IN("source", "visit"), IN("text", "争吵"), { STR("child_present"), rng_range(g, 0, 2) ? STR("no") : STR("yes") });
		int64_t kase = NEW_REC("case", 0, IN("source", "visit"), IN("summary", "争吵"), IN("kind", "M05"), IN("grade", "yellow"),
				       { STR("child"), rng_range(g, 0, 2) ? STR("0") : STR("1") });
		w->root[w->nroot++] = clue;
		w->root[w->nroot++] = kase;
		NEW_REC("party", kase, IN("side", "a"), IN("name", "甲"));
		NEW_REC("party", kase, IN("side", "b"), IN("name", "乙"));
		NEW_REC("visit", kase, IN("due_on", "2026-12-20"));
		static const struct file_made paper = { .name = "00112233445566778899aabbccddeeff", .type = "txt", .key = "00", .sha256 = "00", .sm3 = "00", .stored = "00" };
		run_file = &paper;
		NEW_REC("document", kase, IN("side", "a"));
		NEW_REC("clue_document", clue, IN("kind", "photo"));
		run_file = NULL;
		const char *state = case_type.states[rng_range(g, 0, (int)case_type.nstates - 1)].name;
		ctx_at(p, &c, &actor_system);
		NEED_OK(ctx_write(&c, set_state, (void *[]){ (void *)(uintptr_t)state, &kase }));
	}
	for (size_t t = 0; t < ARRAY_LEN(guarded); t++) {
		struct seen s;
		ctx_at(p, &c, &actor_system);
		NEED_OK(ctx_read(&c));
		NEED_OK(see(&c, &(struct see){ .type = guarded[t]->name, .limit = 500 }, &s));
		w->r[t] = s.r;
		w->n[t] = s.n;
		w->all += s.n;
	}
}

/* The ids that a filter keeps, newest first. */
static size_t kept_ids(struct ctx *c, const struct rtype *t, enum sight least, int64_t *ids, size_t max)
{
	struct part part[SCOPE_PARTS], shut;
	struct val args[200];
	size_t na = 0, n = scope_parts(c, t, least, part), k = 0;
	ROWS q = NULL;
	bool more;
	BUF_AUTO b = BUF(65536);
	buf_printf(&b, "SELECT r.id FROM %s r WHERE 1 = 1", plan_of(c->app, t)->table);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s(%s%s)%s", i ? " OR " : " AND (", part[i].sql, part[i].more ? part[i].more : "", i + 1 == n ? ")" : "");
		for (size_t j = 0; j < part[i].n; j++)
			args[na++] = part[i].args[j];
	}
	if (shut_part(c, t, &shut)) {
		buf_printf(&b, " AND %s", shut.sql);
		for (size_t j = 0; j < shut.n; j++)
			args[na++] = shut.args[j];
	}
	buf_cstr(&b, " ORDER BY r.id DESC");
	NEED_OK(db_rows(c->db, c->f, b.p, args, na, &q));
	for (;;) {
		NEED_OK(rows_next(q, &more));
		if (!more)
			return k;
		NEED(k < max);
		ids[k++] = rows_int(q, 0);
	}
}

static void compare(struct world *w, struct ctx *c, size_t t)
{
	int64_t some[500], full[500];
	struct seen s;
	size_t nf = kept_ids(c, guarded[t], SIGHT_FULL, full, ARRAY_LEN(full)), ns = kept_ids(c, guarded[t], SIGHT_MASKED, some, ARRAY_LEN(some)), at = 0, af = 0;
	NEED_OK(see(c, &(struct see){ .type = guarded[t]->name, .limit = 500 }, &s));
	CHECK_INT(s.n, guarded[t]->unlisted ? 0 : ns);
	for (size_t i = 0; i < w->n[t]; i++) {
		enum may m = may(c, guarded[t], "view", w->r[t][i]);
		bool sees = at < ns && some[at] == w->r[t][i]->id, reads = af < nf && full[af] == w->r[t][i]->id;
		bool listed = guarded[t]->unlisted ? sees : at < s.n && s.r[at]->id == w->r[t][i]->id;
		if (sees != (m != MAY_HIDE) || reads != (m == MAY_ALLOW) || listed != sees)
			printf("# %s as %s: filter %d %d, may %d\n", guarded[t]->name, role_name(c->actor->role), sees, reads, (int)m);
		CHECK(sees == (m != MAY_HIDE) && reads == (m == MAY_ALLOW) && listed == sees);
		CHECK(m != MAY_DENY);
		at += sees;
		af += reads;
	}
}

/* Both sides of the property stand on the actor's rows in memory: these are the table's of this moment, no others. */
static void compare_rows(struct world *w, struct ctx *c)
{
	const struct rtype *t = &clue_type;
	for (size_t i = 0; i < w->nroot; i++) {
		struct rec r = { .t = t, .id = w->root[i] };
		unsigned bits = 0;
		NEED_OK(access_bits(c, c->actor->user, w->root[i], &bits));
		CHECK_INT(access_mine(c, t, &r), bits);
	}
}

TEST(may_is_the_filter)
{
	struct city here, *p = &here;
	struct world *w;
	struct rng rng = { 11 }, *g = &rng;
	int64_t want = getenv("XA_PAIRS") ? atoll(getenv("XA_PAIRS")) : 100000, pairs = 0;
	city_open(p);
	w = NEW(p->a, struct world);
	w->p = p;
	people_of(w, g);
	records_of(w, g);
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, scatter, &(struct scatter){ w, g }));
	p->altered = true;
	while (pairs < want) {
		ARENA a = arena_new(0);
		struct actor who_asks = who((enum role)rng_range(g, ROLE_CITIZEN, ROLE_COUNT - 1), areas[rng_range(g, 0, AREAS - 1)], rng_range(g, 0, 20) ? person(w, g) : 0,
					    rng_range(g, 0, 9) ? some_org(p, g) : 0);
		who_asks.until = rng_range(g, 0, 15) ? 0 : p->now + rng_range(g, -1, 1) * MS_HOUR;
		fault_clear(&p->f);
		ctx_init(&c, p->app, a, &p->f, &who_asks);
		c.now = p->now;
		NEED_OK(ctx_read(&c));
		for (size_t t = 0; t < ARRAY_LEN(guarded); t++)
			compare(w, &c, t);
		if (who_asks.user)
			compare_rows(w, &c);
		pairs += (int64_t)w->all;
	}
	printf("# %lld pairs\n", (long long)pairs);
	city_close(p);
}

/* ---- the team ---- */

static enum sight sight_at(struct city *p, struct actor w, const char *type, int64_t id)
{
	enum sight s;
	(void)!peek(p, w, type, id, &s);
	return s;
}

TEST(a_team_by_name_and_day)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	struct actor head = who(ROLE_COMMUNITY, COMM, CARLA, p->comm), helper = who(ROLE_MEDIATOR, TOWN, 77, p->town), mate = who(ROLE_COMMUNITY, COMM, 31, p->comm);
	CHECK_INT(sight_at(p, TOWNW, "case", id), SIGHT_FULL);
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->comm))));
	CHECK_INT(sight_at(p, TOWNW, "case", id), SIGHT_MASKED);     /* dispatched elsewhere: no longer hers to read */
	CHECK_INT(sight_at(p, mate, "case", id), SIGHT_FULL);        /* her unit must choose who takes it */
	NEED_OK(DO0(head, "case", "accept", id));
	CHECK_INT(sight_at(p, head, "case", id), SIGHT_FULL);
	CHECK_INT(sight_at(p, mate, "case", id), SIGHT_MASKED);      /* chosen: the others of the unit see that it is there */
	CHECK_ERR(DO(mate, "case", "note", id, IN("note", "x")), ERR_DENIED);
	NEED_OK(ADD(head, "party", id, &d, IN("side", "a"), IN("name", "李一")));
	int64_t party = d.id;
	CHECK_ERR(peek(p, helper, "case", id, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_ERR(ADD(mate, "team", id, &d, IN("staff", "31"), IN("part", "co_mediator"), IN("reason", "x")), ERR_DENIED);
	CHECK_ERR(ADD(helper, "team", id, &d, IN("staff", "77"), IN("part", "co_mediator"), IN("reason", "x")), ERR_NOT_FOUND);
	NEED_OK(ADD(head, "team", id, &d, IN("staff", "77"), IN("part", "psychologist"), IN("until", "2026-11-26"), IN("reason", "需要心理疏导")));
	CHECK_ERR(ADD(head, "team", id, NULL, IN("staff", "77"), IN("part", "lawyer"), IN("reason", "x")), ERR_INVALID);
	CHECK_INT(sight_at(p, helper, "case", id), SIGHT_FULL);
	CHECK_INT(sight_at(p, helper, "party", party), SIGHT_FULL);
	CHECK_OK(ADD(helper, "session", id, NULL, IN("form", "face"), IN("held", "2026-11-24 08:30"), IN("present", "一方"), IN("rights_told", "1"), IN("text", "谈了")));
	p->now += 3 * MS_DAY;
	CHECK_INT(sight_at(p, helper, "case", id), SIGHT_NONE);      /* its last day has passed */
	CHECK_INT(sight_at(p, helper, "party", party), SIGHT_NONE);
	p->now -= 3 * MS_DAY;
	CHECK_INT(sight_at(p, helper, "case", id), SIGHT_FULL);
	NEED_OK(DO0(head, "team", "remove", d.id));
	CHECK_INT(sight_at(p, helper, "case", id), SIGHT_NONE);      /* taken off: from the next request on */
	CHECK_ERR(DO(helper, "case", "note", id, IN("note", "x")), ERR_NOT_FOUND);
	/* Given back: the unit that had it sees nothing of it, its head neither. */
	city_close(p);
}

TEST(returned_and_gone)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	struct actor pol = who(ROLE_LIAISON, CITY, POL, p->police);
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->police))));
	CHECK_INT(sight_at(p, pol, "case", id), SIGHT_FULL);
	NEED_OK(DO(pol, "case", "return", id, IN("return_reason", "wrong_duty"), IN("note", "不归我们"), IN("proposed", num(p, p->studio))));
	CHECK_INT(sight_at(p, pol, "case", id), SIGHT_NONE);
	CHECK_INT(sight_at(p, TOWNW, "case", id), SIGHT_FULL);
	city_close(p);
}

/* ---- a child is concerned ---- */

TEST(a_child_needs_approval)
{
	struct city here, *p = &here;
	struct done d;
	struct ctx c;
	int told;
	city_open(p);
	NEED_OK(ADD(TOWNW, "case", 0, &d, IN("source", "school"), IN("summary", "孩子身上有伤"), IN("kind", "M10"), IN("grade", "yellow"), IN("child", "1")));
	int64_t id = d.id;
	CHECK_INT(sight_at(p, TOWNW, "case", id), SIGHT_FULL);       /* the responsible desk itself */
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->studio))));
	CHECK_INT(sight_at(p, MEIW, "case", id), SIGHT_MASKED);      /* nobody has assigned her */
	NEED_OK(DO0(MEIW, "case", "accept", id));
	CHECK_INT(sight_at(p, MEIW, "case", id), SIGHT_MASKED);      /* taking it oneself is no approval */
	int64_t row = 0;
	struct seen s = kids(p, "team", id);
	for (size_t i = 0; i < s.n; i++)
		row = rec_int(s.r[i], "staff") == MEI && rec_in(s.r[i], "active") ? s.r[i]->id : row;
	CHECK_ERR(DO(MEIW, "team", "renew", row, IN("reason", "我自己")), ERR_DENIED);
	NEED_OK(DO(TOWNW, "team", "renew", row, IN("reason", "指派承办，需要了解孩子情况")));
	struct rec *m = get(p, "team", row);
	CHECK_INT(rec_int(m, "approver"), TINA);
	CHECK_INT(day_of(rec_int(m, "approved_until")), day_of(p->now) + 90);
	CHECK_INT(sight_at(p, MEIW, "case", id), SIGHT_FULL);
	p->now += 84 * MS_DAY;
	ctx_at(p, &c, &actor_system);
	NEED_OK(absorb_remind(&c, &told));
	CHECK_INT(told, 1);
	ctx_at(p, &c, &actor_system);
	NEED_OK(absorb_remind(&c, &told));
	CHECK_INT(told, 0);                                           /* once */
	p->now += 8 * MS_DAY;
	CHECK_INT(sight_at(p, MEIW, "case", id), SIGHT_MASKED);      /* run out: masked until renewed */
	NEED_OK(DO(TOWNW, "team", "renew", row, IN("reason", "续批")));
	CHECK_INT(sight_at(p, MEIW, "case", id), SIGHT_FULL);
	/* Assigned by the federation's desk: that is the approval. */
	int64_t other = new_case(p, "M05", "yellow");
	take(p, other);
	NEED_OK(ADD(MEIW, "party", other, NULL, IN("side", "a"), IN("name", "小孩"), IN("birth", "2015-05-01")));
	CHECK_INT(rec_int(get(p, "case", other), "child"), 1);       /* somebody under 18 makes it one */
	CHECK_INT(sight_at(p, MEIW, "case", other), SIGHT_FULL);
	p->now += 91 * MS_DAY;
	CHECK_INT(sight_at(p, MEIW, "case", other), SIGHT_MASKED);
	city_close(p);
}

/* ---- conflict of interest ---- */

static int64_t employee(struct city *p, const char *role, const char *area, int64_t org, const char *phone)
{
	struct done d;
	static int nth;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = org, .area = str_of(area),
		INPUTS(IN("name", arena_printf(p->a, "职员%02d", ++nth)), IN("role", role), { STR("phone"), str_of(phone ? phone : "") }) }, &d));
	return d.id;
}

static bool shut_out(struct city *p, struct actor w, const char *type, int64_t id)
{
	struct ctx c;
	struct rec *r;
	struct seen s;
	int64_t n = 0;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	if (see_one(&c, type, id, &r) != ERR_NOT_FOUND)
		return false;
	fault_clear(&p->f);
	const struct filter by = { STR("id"), id_str(p, id) };
	NEED_OK(see(&c, &(struct see){ .type = type, .filters = &by, .nfilters = 1 }, &s));
	NEED_OK(see_count(&c, &(struct see){ .type = type, .filters = &by, .nfilters = 1 }, 10, &n));
	CHECK_INT(ref_label(&c, type, id).n, 0);
	return s.n == 0 && n == 0;
}

static bool told(struct city *p, struct actor w, int64_t rid)
{
	struct ctx c;
	struct notice *v;
	size_t n;
	bool hit = false;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(notice_list(&c, 200, &v, &n));
	for (size_t i = 0; i < n; i++)
		hit |= v[i].rid == rid;
	int64_t unread;
	NEED_OK(notice_count(&c, 99, &unread));
	CHECK(!hit || unread > 0);
	return hit;
}

/* By both ways of counting, which agree. */
static int64_t counted(struct city *p, struct actor w, const char *metric)
{
	struct ctx c;
	struct tally_row *t;
	struct tally_month_row *m;
	size_t n, nm;
	int64_t days = 0, month = 0;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(tally_read(&c, &(struct tally_ask){ .metric = metric, .from_day = 0, .to_day = 40000, .area = STR(TOWN), .by_grade = true }, &t, &n));
	for (size_t i = 0; i < n; i++)
		days += t[i].n;
	NEED_OK(tally_month_read(&c, 2026, 11, STR(TOWN), &m, &nm));
	for (size_t i = 0; i < nm; i++)
		month += str_is(m[i].metric, metric) && str_is(m[i].dim, "area") ? m[i].n : 0;
	CHECK_INT(days, month);
	return days;
}

static bool found_by(struct city *p, struct actor w, const char *type, const char *field, const char *v)
{
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_same(&c, type, field, str_of(v), &s));
	return s.n > 0;
}

TEST(her_own_family_is_kept_from_her)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	int64_t sec = employee(p, "secadmin", CITY, p->fed, NULL);
	int64_t anna = employee(p, "mediator", COMM, p->studio, "19900000101"), bea = employee(p, "town", TOWN, p->town, "19900000102"),
		cora = employee(p, "community", COMM, p->comm, "19900000103");
	struct actor a = who(ROLE_MEDIATOR, COMM, anna, p->studio), b = who(ROLE_TOWN, TOWN, bea, p->town), k = who(ROLE_COMMUNITY, COMM, cora, p->comm),
		     s = who(ROLE_SECADMIN, CITY, sec, p->fed);
	/* By hand: a relative of hers. Nobody but she reads that. */
	NEED_OK(ADD(b, "kin", bea, &d, IN("relation", "sibling"), IN("name", "弟弟"), IN("phone", "19900000202")));
	CHECK_ERR(peek(p, s, "kin", d.id, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_ADMIN, CITY, 90, p->fed), "kin", d.id, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_ERR(ADD(a, "kin", bea, &d, IN("relation", "self"), IN("phone", "19900000999")), ERR_DENIED);
	/* A resident of her household. */
	NEED_OK(run(p, actor_system, &(struct act){ .type = "household", .verb = "create", .area = STR(COMM), INPUTS(IN("address", "花园路1号")) }, &d));
	const char *home = num(p, d.id);
	NEED_OK(run(p, actor_system, &(struct act){ .type = "person", .verb = "create", .area = STR(COMM), INPUTS(IN("name", "她"), IN("phone", "19900000103"), IN("household", home)) }, &d));
	NEED_OK(run(p, actor_system, &(struct act){ .type = "person", .verb = "create", .area = STR(COMM), INPUTS(IN("name", "同住人"), IN("phone", "19900000203"), IN("household", home)) }, &d));
	/* One case, and each of the three becomes a party's relation in turn. */
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), INPUTS(IN("source", "visit"), IN("text", "争吵打骂"), IN("party_a_phone", "19900000101")) }, &d));
	int64_t clue = d.id;
	CHECK(sight_at(p, TOWNW, "clue", clue) == SIGHT_FULL && !shut_out(p, b, "clue", clue));
	NEED_OK(DO(TOWNW, "clue", "confirm", clue, IN("family", "1"), IN("kind", "M05"), IN("grade", "yellow")));
	NEED_OK(DO0(TOWNW, "clue", "open", clue));
	int64_t id = rec_int(get(p, "clue", clue), "case_file");
	/* Assigning her is refused, without a reason. */
	CHECK_ERR(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->studio)), IN("owner", num(p, anna))), ERR_INVALID);
	CHECK(strstr(p->f.fields[0].msg, "cannot be assigned") != NULL && strcmp(p->f.fields[0].field, "owner") == 0);
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->studio)), IN("owner", num(p, MEI))));
	CHECK(shut_out(p, a, "case", id) && shut_out(p, a, "clue", clue));      /* the unit's own people see it, she does not */
	CHECK(!told(p, a, id) && told(p, MEIW, id) && !told(p, b, id) && !told(p, who(ROLE_ADMIN, CITY, 90, p->studio), id));
	NEED_OK(DO0(MEIW, "case", "accept", id));
	CHECK(!shut_out(p, b, "case", id) && !shut_out(p, k, "case", id));
	NEED_OK(ADD(MEIW, "party", id, &d, IN("side", "b"), IN("name", "乙"), IN("phone", "19900000202")));
	int64_t party = d.id;
	CHECK(shut_out(p, b, "case", id) && shut_out(p, b, "clue", clue) && shut_out(p, b, "party", party) && !shut_out(p, k, "case", id));
	NEED_OK(DO(MEIW, "party", "edit", party, IN("side", "b"), IN("phone", "19900000203")));
	CHECK(shut_out(p, k, "case", id) && shut_out(p, k, "party", party));
	CHECK_ERR(DO(k, "case", "note", id, IN("note", "x")), ERR_NOT_FOUND);
	CHECK_ERR(ADD(k, "party", id, &d, IN("side", "a"), IN("name", "x")), ERR_NOT_FOUND);
	CHECK_ERR(ADD(k, "glass", id, &d, IN("reason", "life"), IN("why", "一二三四五六七八九十"), IN("use_for", "x")), ERR_NOT_FOUND);
	/* What is sealed in it is not there for her, nor an opening of it. */
	NEED_OK(ADD(CITYW, "vault", id, &d, IN("kind", "shelter"), IN("kept", "向阳路918号")));
	int64_t entry = d.id;
	NEED_OK(ADD(CITYW, "opening", entry, &d, IN("reason", "送达人身安全保护令，需要知道地址")));
	struct actor bc = who(ROLE_CITY, CITY, bea, p->fed);
	CHECK_ERR(peek(p, bc, "vault", entry, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, bc, "opening", d.id, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_OK(peek(p, CITYW, "opening", d.id, &(enum sight){ 0 }));
	/* Not in her figures, and in everybody else's. */
	CHECK_INT(counted(p, TOWNW, METRIC_CASE_OPEN) - counted(p, b, METRIC_CASE_OPEN), 1);
	CHECK_INT(counted(p, TOWNW, METRIC_CLUE_IN) - counted(p, b, METRIC_CLUE_IN), 1);
	/* Nor found by its number or a party's phone. */
	CHECK(!found_by(p, b, "party", "phone", "19900000203") && found_by(p, TOWNW, "party", "phone", "19900000203"));
	/* The security administrator is told, and alone may lift it; she reads no case. */
	struct ctx c;
	struct seen rows;
	ctx_at(p, &c, &s);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "conflict" }, &rows));
	CHECK_INT(rows.n, 4);                                                    /* clue, case, and the two relatives */
	CHECK(told(p, s, rows.r[0]->id));
	CHECK_ERR(peek(p, s, "case", id, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, k, "conflict", rows.r[0]->id, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK(rows.r[0]->owner == cora);
	NEED_OK(DO(s, "conflict", "lift", rows.r[0]->id, IN("why", "号码已换人")));
	CHECK(!shut_out(p, k, "case", id));
	city_close(p);
}

TEST(who_works_on_it_and_turns_out_related)
{
	struct city here, *p = &here;
	struct done d;
	struct due *due;
	size_t n;
	struct ctx c;
	city_open(p);
	int64_t mia = employee(p, "mediator", COMM, p->studio, "19900000301");
	struct actor m = who(ROLE_MEDIATOR, COMM, mia, p->studio), head = who(ROLE_LIAISON, COMM, POL, p->studio);
	int64_t id = new_case(p, "M05", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->studio)), IN("owner", num(p, mia))));
	NEED_OK(DO0(m, "case", "accept", id));
	NEED_OK(ADD(m, "party", id, &d, IN("side", "a"), IN("name", "甲"), IN("phone", "19900000401")));
	ctx_at(p, &c, &m);
	NEED_OK(ctx_read(&c));
	NEED_OK(due_mine(&c, SC_OWN, false, 10, &due, &n));
	CHECK(n == 1 || n == 2);
	/* She declares her sister's number: from that moment it is gone, clocks and notices with it, and her unit is told. */
	NEED_OK(ADD(m, "kin", mia, &d, IN("relation", "sibling"), IN("phone", "19900000401")));
	CHECK(shut_out(p, m, "case", id) && !told(p, m, id) && told(p, head, id));
	ctx_at(p, &c, &m);
	NEED_OK(ctx_read(&c));
	NEED_OK(due_mine(&c, SC_OWN, false, 10, &due, &n));
	CHECK_INT(n, 0);
	/* By her own word. */
	int64_t other = new_case(p, "M05", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", other, IN("org", num(p, p->studio)), IN("owner", num(p, mia))));
	NEED_OK(DO(m, "case", "recuse", other, IN("note", "当事人是我老同学")));
	CHECK(shut_out(p, m, "case", other));
	NEED_OK(DO(head, "case", "reassign", other, IN("owner", num(p, MEI))));
	CHECK_INT(sight_at(p, MEIW, "case", other), SIGHT_FULL);
	CHECK_ERR(DO(head, "case", "reassign", other, IN("owner", num(p, mia))), ERR_INVALID);
	city_close(p);
}

/* ---- emergency opening ---- */

TEST(an_emergency_opens_one_case_for_hours)
{
	struct city here, *p = &here;
	struct done d;
	struct ctx c;
	city_open(p);
	int64_t sec = employee(p, "secadmin", CITY, p->fed, NULL), aud = employee(p, "auditor", CITY, p->fed, NULL);
	struct actor s = who(ROLE_SECADMIN, CITY, sec, p->fed), w = who(ROLE_AUDITOR, CITY, aud, p->fed);
	int64_t id = new_case(p, "M05", "yellow"), other = new_case(p, "M05", "yellow");
	take(p, id);
	take(p, other);
	NEED_OK(SESSION(id, "face"));
	int64_t session = kids(p, "session", id).r[0]->id;
	CHECK_ERR(ADD(CITYW, "glass", id, &d, IN("reason", "life"), IN("why", "太短"), IN("use_for", "通知派出所")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "glass", id, &d, IN("reason", "life"), IN("why", "对方又上门来闹，联系不上人"), IN("use_for", "通知派出所")), ERR_STATE);
	CHECK_ERR(ADD(s, "glass", id, &d, IN("reason", "life"), IN("why", "对方又上门来闹，联系不上人"), IN("use_for", "通知派出所")), ERR_NOT_FOUND);
	NEED_OK(ADD(CITYW, "glass", id, &d, IN("reason", "life"), IN("why", "对方又上门来闹，联系不上人"), IN("use_for", "通知派出所")));
	int64_t glass = d.id;
	CHECK(told(p, MEIW, id) && told(p, s, glass) && told(p, w, glass));
	CHECK_INT(sight_at(p, CITYW, "case", id), SIGHT_FULL);
	CHECK_INT(sight_at(p, CITYW, "session", session), SIGHT_FULL);
	CHECK_INT(sight_at(p, CITYW, "case", other), SIGHT_MASKED);                 /* exactly that one */
	CHECK_INT(sight_at(p, who(ROLE_CITY, CITY, 31, p->fed), "case", id), SIGHT_MASKED);   /* and to her alone */
	CHECK_ERR(DO(CITYW, "case", "note", id, IN("note", "x")), ERR_DENIED);       /* to read, not to write */
	/* Each read names it. */
	struct actor city = CITYW;
	struct journal_row *j;
	size_t n;
	ctx_at(p, &c, &city);
	NEED_OK(ctx_read(&c));
	struct rec *r;
	NEED_OK(see_one(&c, "case", id, &r));
	CHECK_INT(access_glass(&c, r), glass);
	NEED_OK(journal_view(&c, r));
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_find(&c, &(struct journal_ask){ .limit = 1 }, &j, &n));
	CHECK(n == 1 && str_is(j[0].verb, "view") && str_find(j[0].body, id_str(p, glass)) > 0);
	/* Four hours, then it is shut. */
	p->now += 4 * MS_HOUR + MS_MINUTE;
	CHECK_INT(sight_at(p, CITYW, "case", id), SIGHT_MASKED);
	CHECK_ERR(DO0(CITYW, "glass", "end", glass), ERR_STATE);
	/* Not judged within the day: it climbs. By whoever else, once. */
	p->now += 21 * MS_HOUR;
	int climbed;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(due_escalate(&c, &climbed));
	CHECK(climbed > 0 && clock_of(p, "glass", glass, "glass.judge")->level == 1);
	CHECK_ERR(DO(CITYW, "glass", "justify", glass, IN("words", "我自己看行")), ERR_DENIED);
	NEED_OK(DO(s, "glass", "blame", glass, IN("words", "主办人当时在岗，没有先联系")));
	CHECK_STR(get(p, "glass", glass)->state, "unjustified");
	CHECK_INT(clock_of(p, "glass", glass, "glass.judge")->state, DUE_MET);
	CHECK(told(p, CITYW, glass));
	/* Given back early. */
	NEED_OK(ADD(CITYW, "glass", other, &d, IN("reason", "absent"), IN("why", "对方又上门来闹，联系不上人"), IN("use_for", "通知派出所")));
	CHECK_INT(sight_at(p, CITYW, "case", other), SIGHT_FULL);
	NEED_OK(DO0(CITYW, "glass", "end", d.id));
	CHECK_INT(sight_at(p, CITYW, "case", other), SIGHT_MASKED);
	city_close(p);
}

/* ---- the three administrators; hours ---- */

TEST(three_administrators_read_no_case)
{
	static const struct rtype *const closed[] = { &clue_type, &case_type, &party_type, &session_type, &agreement_type, &duty_type, &visit_type, &household_type, &person_type,
						      &kin_type };
	static const enum role three[] = { ROLE_ADMIN, ROLE_SECADMIN, ROLE_AUDITOR };
	struct city here, *p = &here;
	struct done d;
	for (size_t t = 0; t < ARRAY_LEN(closed) - 1; t++)
		for (size_t k = 0; k < ARRAY_LEN(three); k++) {
			for (size_t i = 0; i < closed[t]->nread; i++)
				CHECK(!(closed[t]->read[i].roles & 1u << three[k]));
			for (size_t i = 0; i < closed[t]->nsteps; i++)
				CHECK(closed[t]->steps[i].flags & STEP_INTERNAL || !(closed[t]->steps[i].roles & 1u << three[k]));
			CHECK(role_ceiling(three[k]) < case_type.level);
		}
	city_open(p);
	struct actor boss = who(ROLE_ADMIN, CITY, 90, p->fed);
	NEED_OK(run(p, boss, &(struct act){ .type = "staff", .verb = "create", .area = STR(CITY), .org = p->fed, INPUTS(IN("name", "赵一"), IN("role", "auditor"), IN("phone", "19900000501")) }, &d));
	int64_t first = d.id;
	CHECK_ERR(run(p, boss, &(struct act){ .type = "staff", .verb = "create", .area = STR(CITY), .org = p->fed, INPUTS(IN("name", "赵一"), IN("role", "secadmin"), IN("phone", "19900000501")) }, &d), ERR_INVALID);
	CHECK(strcmp(p->f.fields[0].field, "role") == 0);
	CHECK_ERR(DO(boss, "staff", "edit", first, IN("role", "secadmin")), ERR_INVALID);
	CHECK_ERR(run(p, boss, &(struct act){ .type = "staff", .verb = "create", .area = STR(CITY), .org = p->fed, INPUTS(IN("name", "值班账号"), IN("role", "hotline")) }, &d), ERR_INVALID);
	CHECK(strcmp(p->f.fields[0].field, "name") == 0);
	city_close(p);
}

TEST(after_her_last_day_nothing_opens)
{
	struct city here, *p = &here;
	struct done d;
	struct actor w;
	struct ctx c;
	city_open(p);
	clock_fix(civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 }));
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .area = STR(TOWN), .org = p->town,
		INPUTS(IN("name", "临时"), IN("role", "town"), IN("leaves", "2026-11-25"), IN("hours", "08:30-17:30")) }, &d));
	int64_t id = new_case(p, "M05", "yellow");
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(people_actor(p->app, c.db, p->a, d.id, &w, &p->f));
	CHECK_INT(w.until, civil_ms((struct civil){ 2026, 11, 24, 17, 30, 0 }));
	CHECK_INT(sight_at(p, w, "case", id), SIGHT_FULL);
	p->now = w.until;
	CHECK_INT(sight_at(p, w, "case", id), SIGHT_NONE);     /* in the middle of a session */
	clock_fix(civil_ms((struct civil){ 2026, 11, 24, 18, 0, 0 }));
	CHECK_ERR(people_actor(p->app, c.db, p->a, d.id, &w, &p->f), ERR_AUTH);
	clock_fix(civil_ms((struct civil){ 2026, 11, 25, 9, 0, 0 }));
	CHECK_OK(people_actor(p->app, c.db, p->a, d.id, &w, &p->f));
	clock_fix(civil_ms((struct civil){ 2026, 11, 26, 9, 0, 0 }));
	CHECK_ERR(people_actor(p->app, c.db, p->a, d.id, &w, &p->f), ERR_AUTH);
	clock_fix(0);
	CHECK_ERR(DO(who(ROLE_ADMIN, CITY, 90, 0), "staff", "edit", d.id, IN("hours", "9-5")), ERR_INVALID);
	city_close(p);
}
