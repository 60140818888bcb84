/* A city in a folder for the tests of the wings: units, people, one act at a time. */
#ifndef XA_TESTS_RIVER_H
#define XA_TESTS_RIVER_H
#include "absorb/absorb.h"
#include "people/people.h"
#include "people/twin.h"
#include "sense/outlet.h"
#include "record/inner.h"
#include "report/export.h"
#include "sense/clue.h"
#include "sense/learn.h"
#include "sense/phrase.h"
#include "sense/warning.h"
#include "../test.h"
#include "../engine.h"
#include <unistd.h>

static const struct rtype *const types[] = {
	&org_type, &staff_type, &grid_type, &studio_type, &mediator_type, &household_type, &person_type, &clue_type, &call_type, &warning_type, &tie_type, &correction_type, &case_type, &party_type,
	&session_type, &agreement_type, &duty_type, &visit_type, &message_type, &document_type, &clue_document_type, &vault_type, &opening_type, &export_type, &team_type, &glass_type,
	&conflict_type, &kin_type, &assessment_type, &safetyplan_type, &letter_type, &order_type, &stay_type, &evidence_type, &mandatory_type,
	&room_type, &leave_type, &training_type, &avoid_type, &certificate_type, &holiday_list_type, &handover_type, &supervision_type, &booking_type, &feed_type,
	&counsel_type, &counsellor_type, &talk_type, &consult_type, &petition_type, &guidance_type, &lesson_type, &joint_type, &joint_part_type, &custody_type, &referral_type, &commission_type, &signature_type, &issued_type, &office_paper_type, &office_scan_type, &twin_type, &outlet_type, &post_type, &model_type, &phrase_type, NULL,
};
struct city { char dir[64]; struct app *app; struct arena *a; struct fault f; bool altered; int64_t fed, town, comm, studio, police, court, civil, now; };
#define CITY "320582"
#define TOWN "320582100"
#define COMM "320582100001"
enum { ANNA = 11, TINA, CARLA, MEI, POL };   /* users: city, town, community, mediator, liaison */

static struct actor who(enum role role, const char *area, int64_t user, int64_t org)
{
	struct actor w = { .role = role, .user = user, .org = org, .face = "test", .proved = PROVED_ALWAYS };
	snprintf(w.area, sizeof w.area, "%s", area);
	return w;
}
#define CITYW who(ROLE_CITY, CITY, ANNA, p->fed)
#define TOWNW who(ROLE_TOWN, TOWN, TINA, p->town)
#define COMMW who(ROLE_COMMUNITY, COMM, CARLA, p->comm)
#define MEIW who(ROLE_MEDIATOR, COMM, MEI, p->studio)

static void ctx_at(struct city *p, struct ctx *c, const struct actor *w)
{
	fault_clear(&p->f);
	ctx_init(c, p->app, p->a, &p->f, w);
	if (p->now)
		c->now = p->now;
}

static const struct file_made *run_file;      /* of the acts to come: record/files.h */
static bool asks_fresh(const struct act *in)
{
	for (const struct rtype *const *t = types; *t; t++)
		for (size_t i = 0; strcmp((*t)->name, in->type) == 0 && i < (*t)->nsteps; i++)
			if (strcmp((*t)->steps[i].verb, in->verb) == 0 && (*t)->steps[i].flags & STEP_FRESH)
				return true;
	return false;
}

/* Whatever a test does that reaches far is first tried by who has not shown lately that it is she: that must be refused, and for
 * that reason alone when she may do it (S6). */
static enum err run(struct city *p, struct actor w, const struct act *in, struct done *ret)
{
	struct ctx c;
	struct done d;
	if (w.role != ROLE_SYSTEM && w.proved == PROVED_ALWAYS && asks_fresh(in)) {
		struct actor *stale = NEW(p->a, struct actor);
		*stale = w;
		stale->proved = 0;
		ctx_at(p, &c, stale);
		enum err e = act_now(&c, in, &d);
		must(e != OK);
		struct actor *kept = NEW(p->a, struct actor);
		*kept = w;
		ctx_at(p, &c, kept);
		enum err again = act_now(&c, in, ret ? ret : &d);
		must(again == OK ? e == ERR_FRESH : e == again);
		return again;
	}
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	c.file = run_file;
	enum err e = act_now(&c, in, ret ? ret : &d);
	if (getenv("XA_TEST_LOUD") && e != OK)
		printf("# %s.%s: %s, %s / %s %s\n", in->type, in->verb, err_name(e), p->f.msg ? p->f.msg : "", p->f.nfields ? p->f.fields[0].field : "", p->f.detail);
	return e;
}
#define IN(n, v) { STR(n), str_of(v) }
#define DO(w, t, v, i, ...) run(p, w, &(struct act){ .type = t, .verb = v, .id = i, INPUTS(__VA_ARGS__) }, NULL)
#define DO0(w, t, v, i) run(p, w, &(struct act){ .type = t, .verb = v, .id = i }, NULL)
#define ADD(w, t, up, d, ...) run(p, w, &(struct act){ .type = t, .verb = "create", .parent = up, INPUTS(__VA_ARGS__) }, d)
static char *num(struct city *p, int64_t v) { return arena_printf(p->a, "%lld", (long long)v); }

__attribute__((unused)) static struct rec *get(struct city *p, const char *type, int64_t id)
{
	struct ctx c;
	struct rec *r;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, type, id, &r));
	return r;
}
__attribute__((unused)) static enum err peek(struct city *p, struct actor w, const char *type, int64_t id, enum sight *ret)
{
	struct ctx c;
	struct rec *r;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	enum err e = see_one(&c, type, id, &r);
	*ret = e == OK ? r->sight : SIGHT_NONE;
	return e;
}
__attribute__((unused)) static struct due *clock_of(struct city *p, const char *type, int64_t id, const char *rule)
{
	struct ctx c;
	struct due *d, *hit = NULL;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(due_list(&c, type, id, &d, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(d[i].rule, rule))
			hit = &d[i];
	NEED(hit != NULL);
	return hit;
}
__attribute__((unused)) static struct seen kids(struct city *p, const char *type, int64_t parent)
{
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_children(&c, type, parent, &s));
	return s;
}
static int64_t unit(struct city *p, const char *area, const char *kind)
{
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "org", .verb = "create", .area = str_of(area),
		INPUTS(IN("name", kind), IN("kind", kind)) }, &d));
	return d.id;
}
static bool city_fast;      /* nothing is flushed: for tests of thousands of acts that are not about durability */
/* The people whom the tests speak for by number are of the staff, as everybody who acts is. */
static enum err people_of_tests(struct ctx *c, void *arg)
{
	static const int ids[] = { ANNA, TINA, CARLA, MEI, POL, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 55, 77, 90 };
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		const struct rtype *t = type_find(c->app, STR("staff"));
		struct rec r = { .t = t, .id = ids[i], .version = 1, .state = STR("active"), .area = STR("320582"), .owner = ids[i], .v = NEWN(c->a, struct value, t->nfields) };
		rec_set_str(&r, "role", STR("community"));
		TRY(rec_write_new(c, plan_of(c->app, t), &r));
		TRY(journal_act(c, t, "create", NULL, &r, journal_body(c, NULL, &r)));
	}
	return OK;
}
static void city_open(struct city *p)
{
	memset(p, 0, sizeof *p);
	static const char form[] = "/tmp/xa-city-XXXXXX";
	memcpy(p->dir, form, sizeof form);
	NEED(mkdtemp(p->dir) != NULL);
	p->a = arena_new(0);
	struct app_options o = { .data_dir = p->dir, .fast_unsafe = city_fast };
	o.store_url = test_store(p->a);
	enum err e = app_open(&o, types, &p->app, &p->f);
	if (e != OK)
		printf("# %s: %s\n", err_name(e), p->f.detail);
	NEED(e == OK);
	p->now = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	struct ctx c;
	ctx_init(&c, p->app, p->a, &p->f, &actor_system);
	NEED_OK(ctx_write(&c, people_of_tests, NULL));
	p->fed = unit(p, CITY, "city");
	p->town = unit(p, TOWN, "town");
	p->comm = unit(p, COMM, "community");
	p->studio = unit(p, COMM, "studio");
	p->police = unit(p, CITY, "police");
	p->court = unit(p, CITY, "court");
	p->civil = unit(p, CITY, "civil");
}
static void city_close(struct city *p)
{
	int64_t cells, wrong = 1;
	struct str first;
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	struct rows_report r;
	NEED_OK(record_verify(&c, NULL, &r));
	if (r.wrong && !p->altered)
		printf("# %s\n", r.first);
	CHECK(!r.wrong || p->altered);
	app_close(p->app);
	CHECK(system(arena_printf(p->a, "rm -rf '%s'", p->dir)) == 0);
	arena_free(p->a);
}
__attribute__((unused)) static int64_t new_case(struct city *p, const char *kind, const char *grade)
{
	struct done d;
	NEED_OK(ADD(TOWNW, "case", 0, &d, IN("source", "visit"), IN("summary", "两人争吵"), IN("kind", kind), IN("grade", grade)));
	return d.id;
}
__attribute__((unused)) static void take(struct city *p, int64_t id)
{
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->studio)), IN("owner", num(p, MEI)), IN("choice", "known")));
	NEED_OK(DO0(MEIW, "case", "accept", id));
}
#define SESSION(up, form) ADD(MEIW, "session", up, NULL, IN("form", form), IN("held", "2026-11-24 08:30"), IN("present", "双方"), \
			      IN("rights_told", "1"), IN("text", "谈了"))
/* Agreement in force; gives its id. */
static int64_t agree(struct city *p, int64_t id)
{
	struct done d;
	NEED_OK(ADD(MEIW, "agreement", id, &d, IN("form", "written"), IN("facts", "事实"), IN("terms", "条款"), IN("performance", "按月")));
	NEED_OK(DO(MEIW, "agreement", "sign", d.id, IN("signed_on", "2026-11-24"), IN("parties_signed", "1"), IN("mediator_signed", "1"), IN("sealed", "1")));
	return d.id;
}
__attribute__((unused)) static void settle(struct city *p, int64_t id)
{
	NEED_OK(SESSION(id, "separate"));
	agree(p, id);
	NEED_OK(DO(MEIW, "case", "settle", id, IN("outcome", "written")));
}
#endif
