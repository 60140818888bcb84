/* Why: two years of lives for clues and cases, in order of time, without keeping them.
 * Invariants: a story's life is a function of seed and number; the heap holds one small entry a living story and the life is
 * made anew for each event; events of a story never go back in time and their order is one its lifecycle allows. */
#include "people/demo_inner.h"
#include <stdlib.h>

#define BEATS 40
struct beat { int64_t ms; enum demo_verb verb; int staff, nth, mediator; const char *code, *form; };

/* What a story is from its first hour. */
struct head {
	int64_t household, birth, merge;   /* merge: the story into whose clue it goes, or -1 */
	bool family;
	const char *source, *kind, *other; /* other: code of not_family */
	struct str grade, signals, line;
	int comm, town;
};
struct life { struct head h; struct beat b[BEATS]; int n; int64_t at; bool agreed; };

static const char *const verb_names[DEMO_VERBS] = {
	"clue", "screen", "not_family", "refer", "answer", "merge", "open", "dispatch", "return", "accept", "contact", "session", "agreement", "finish",
	"duty", "visit", "close", "archive",
};
const char *demo_verb_name(enum demo_verb v) { return v < DEMO_VERBS ? verb_names[v] : "?"; }

struct weighted { const char *code; int weight; };

static const char *draw(struct rng *r, const struct weighted *w)
{
	int all = 0, k;
	for (const struct weighted *x = w; x->code; x++)
		all += x->weight;
	k = demo_pick(r, all);
	while ((k -= w->weight) >= 0)
		w++;
	return w->code;
}

static const struct weighted kinds[] = {
	{ "M01", 22 }, { "M02", 8 }, { "M03", 14 }, { "M04", 4 }, { "M05", 6 }, { "M06", 9 }, { "M07", 4 }, { "M08", 6 }, { "M09", 1 }, { "M10", 2 },
	{ "M11", 4 }, { "M12", 3 }, { "M13", 6 }, { "M14", 5 }, { "M15", 4 }, { "M16", 4 }, { "M17", 3 }, { "M18", 1 }, { "M19", 1 }, { "M99", 2 }, { 0 } };
static const struct weighted family_sources[] = {
	{ "hotline12345", 24 }, { "hotline12338", 14 }, { "grid", 18 }, { "building", 6 }, { "home", 5 }, { "police", 10 }, { "court", 3 }, { "civil", 4 },
	{ "school", 2 }, { "visit", 6 }, { "wechat", 6 }, { "web", 2 }, { 0 } };
static const struct weighted other_sources[] = { { "hotline12345", 70 }, { "wechat", 10 }, { "web", 8 }, { "visit", 6 }, { "hotline12338", 6 }, { 0 } };
static const struct weighted others[] = {
	{ "neighbour", 18 }, { "labour", 12 }, { "estate", 16 }, { "consumer", 10 }, { "medical", 4 }, { "traffic", 7 }, { "school", 7 }, { "contract", 5 },
	{ "finance", 4 }, { "land", 4 }, { "enforcement", 3 }, { "advice", 12 }, { "praise", 3 }, { "spam", 3 }, { "other", 4 }, { 0 } };

static int64_t nominal(const struct demo_plan *p, int64_t i)
{
	return p->start + (int64_t)((double)(p->end - p->start) * ((double)i / (double)p->stories));
}

/* ---- what the demo posts have before them ---- */

#define SHOW_DAYS 75
#define SHOW_MOST 48
enum show { SHOW_NONE = -1, SHOW_GRID, SHOW_HOTLINE, SHOW_POLICE, SHOW_ACCEPT, SHOW_MEDIATE, SHOW_VISITS, SHOW_STATION, SHOW_DISPATCH, SHOW_RETURNED, SHOW_RULING, SHOWS };

static int64_t show_from(const struct demo_plan *p) { return p->stories - p->stories * SHOW_DAYS / 730; }

/* A few of the latest stories happen in the grid of the demo posts and have come to a certain point. */
static enum show shown(const struct demo_plan *p, int64_t i)
{
	int64_t from = show_from(p), step = (p->stories - from) / SHOW_MOST;
	if (step < 1)
		step = 1;
	return i < from || (i - from) % step ? SHOW_NONE : (enum show)((i - from) / step % SHOWS);
}

/* How long ago it began, in hours: so long that its point is reached and not so long that it is forgotten. */
static int64_t shown_birth(const struct demo_plan *p, enum show q, struct rng *r)
{
	static const int hours[SHOWS][2] = { { 3, 70 }, { 2, 40 }, { 4, 60 }, { 100, 190 }, { 400, 600 }, { 1100, 1500 }, { 200, 330 }, { 75, 170 }, { 80, 170 }, { 110, 200 } };
	int64_t at = p->end - rng_range(r, hours[q][0] * 60, hours[q][1] * 60) * MS_MINUTE, day = day_start(day_of(at));
	/* Not in the small hours: the afternoon before. */
	return at < day + 7 * MS_HOUR ? day - rng_range(r, 3 * 60, 10 * 60) * MS_MINUTE : at;
}

/* Where such a story ends for now: after which of its steps. */
static bool shown_until(enum show q, enum demo_verb v)
{
	static const enum demo_verb until[SHOWS] = { DEMO_CLUE, DEMO_CLUE, DEMO_SCREEN, DEMO_DISPATCH, DEMO_SESSION, DEMO_VERBS, DEMO_CONTACT, DEMO_OPEN, DEMO_RETURN, DEMO_ACCEPT };
	return until[q] == v;
}

/* The households of the demo posts' community; what the grid worker reports happens in her own grid. */
static void shown_homes(const struct demo_plan *p, enum show q, int64_t *lo, int64_t *hi)
{
	int64_t from = p->comm[p->show_comm].comprehensive0, to = p->show_comm + 1 < p->comms ? p->comm[p->show_comm + 1].comprehensive0 : p->ncomprehensive;
	if (q == SHOW_GRID)
		to = from + 1;
	*lo = (from * p->households + p->ncomprehensive - 1) / p->ncomprehensive;
	*hi = (to * p->households - 1) / p->ncomprehensive;
	must(*lo <= *hi);
}

/* A household that fits the kind: somebody old for support of parents, a couple for a marriage. */
static int64_t fitting(const struct demo_plan *p, struct arena *a, struct rng *r, const char *kind, int64_t lo, int64_t hi)
{
	bool old = strcmp(kind, "M08") == 0, child = strcmp(kind, "M10") == 0 || strcmp(kind, "M14") == 0;
	int64_t i = 0;
	for (int k = 0; k < 12; k++) {
		struct demo_household h;
		bool elder = false, minor = false;
		/* Some come again and again: a tenth of all stories fall on a fiftieth of the households. */
		i = demo_chance(r, 10) && hi - lo >= 50 ? lo + rng_range(r, 0, (hi - lo + 1) / 50 - 1) * 50 : rng_range(r, lo, hi);
		demo_household(p, a, i, &h);
		for (int m = 0; m < h.size; m++) {
			elder |= h.member[m].age >= 60;
			minor |= h.member[m].age < 18;
		}
		if (old ? elder : child ? minor && h.size > 1 : h.size > 1 && h.member[0].age < 68)
			break;
	}
	return i;
}

static void head_of(const struct demo_plan *p, struct arena *a, int64_t i, struct head *ret)
{
	struct rng r = demo_rng(p, 'T', i);
	struct head h = { .merge = -1 };
	int64_t day = day_start(day_of(nominal(p, i)));
	enum show q = shown(p, i);
	int64_t lo = 0, hi = p->households - 1;
	h.family = demo_chance(&r, 70) || q != SHOW_NONE;
	h.kind = draw(&r, kinds);
	h.source = draw(&r, h.family ? family_sources : other_sources);
	h.other = draw(&r, others);
	h.birth = day + 7 * MS_HOUR + rng_range(&r, 0, 15 * 60) * MS_MINUTE;
	if (q != SHOW_NONE) {
		h.source = q == SHOW_GRID ? "grid" : q == SHOW_HOTLINE ? "hotline12345" : q == SHOW_POLICE ? "police" : h.source;
		h.birth = shown_birth(p, q, &r);
		shown_homes(p, q, &lo, &hi);
	}
	h.household = fitting(p, a, &r, h.kind, lo, hi);
	struct str line = demo_word(p->words, h.family ? "clues" : "others", h.family ? h.kind : h.other, &r);
	if (h.family) {
		h.grade = str_cut(line, '\t', &line);
		h.signals = str_cut(line, '\t', &line);
	} else {
		h.grade = STR("blue");
	}
	h.line = line;
	int merged = demo_pick(&r, 100);
	*ret = h;
	/* A second voice about the same trouble, some days later. */
	if (h.family && merged < 6 && i > 30 && q == SHOW_NONE) {
		for (int64_t j = i - 1; j > i - 25; j--) {
			struct rng rj = demo_rng(p, 'T', j);
			if (!demo_chance(&rj, 70))
				continue;
			struct head first;
			struct rng rk = demo_rng(p, 'J', j);
			/* Only one that is not merged itself may take another in: asked by its own rule without going deeper. */
			head_of(p, a, j, &first);
			if (first.merge >= 0 || !first.family || first.birth >= h.birth || demo_chance(&rk, 20))
				continue;
			ret->merge = j;
			ret->household = first.household;
			ret->kind = first.kind;
			ret->grade = first.grade;
			ret->signals = first.signals;
			ret->line = demo_word(p->words, "clues", first.kind, &r);
			str_cut(ret->line, '\t', &ret->line);
			str_cut(ret->line, '\t', &ret->line);
			break;
		}
	}
}

/* ---- a life ---- */

/* The next working hour at or after ms: weekdays 8:30 to 17:30. */
static int64_t office(int64_t ms, struct rng *r)
{
	for (;;) {
		int32_t d = day_of(ms);
		int64_t from = day_start(d) + 510 * MS_MINUTE, to = day_start(d) + 1050 * MS_MINUTE;
		int wd = day_weekday(d);
		if (wd != 0 && wd != 6 && ms < to)
			return ms >= from ? ms : from + rng_range(r, 0, 60) * MS_MINUTE;
		ms = day_start(d + 1);
	}
}

static struct beat *beat(struct life *l, int64_t ms, enum demo_verb verb, int staff)
{
	must(l->n < BEATS);
	if (l->n && ms <= l->b[l->n - 1].ms)
		ms = l->b[l->n - 1].ms + MS_MINUTE;
	l->at = ms;
	l->b[l->n] = (struct beat){ .ms = ms, .verb = verb, .staff = staff, .mediator = -1 };
	return &l->b[l->n++];
}

static int64_t later(struct life *l, struct rng *r, int lo_min, int hi_min, bool hurry)
{
	int64_t t = l->at + rng_range(r, lo_min, hi_min) * MS_MINUTE;
	return hurry ? t : office(t, r);
}

static int reporter_staff(const struct demo_plan *p, const struct head *h, struct rng *r, const struct demo_household *home)
{
	switch (h->source[0]) {
	case 'h':
		if (strcmp(h->source, "home") == 0)
			return p->comm[h->comm].staff0;
		return p->hotline0 + demo_pick(r, p->hotlines);
	case 'g': return home->worker;
	case 'p': return demo_chance(r, 80) ? p->town[h->town].liaison : p->liaison_police;
	case 'c': return strcmp(h->source, "court") == 0 ? p->liaison_court : p->liaison_civil;
	case 's': return p->liaison_education;
	case 'w': return -1;
	default: return p->comm[h->comm].staff0;
	}
}

static int pick_mediator(const struct demo_plan *p, const struct head *h, struct rng *r)
{
	const struct demo_area *t = &p->town[h->town];
	if (t->mediators)
		return t->mediator0 + demo_pick(r, t->mediators);
	return demo_pick(r, p->nmediators);
}

static void visits(struct life *l, struct rng *r, int staff, bool red, bool good)
{
	static const struct weighted calm[] = { { "calm", 50 }, { "performed", 34 }, { "part", 8 }, { "unsettled", 6 }, { "unsafe", 1 }, { "unreachable", 1 }, { 0 } };
	static const struct weighted uneasy[] = { { "unsettled", 40 }, { "court", 30 }, { "relapse", 12 }, { "unreachable", 8 }, { "calm", 10 }, { 0 } };
	static const struct weighted pleased[] = { { "good", 70 }, { "fair", 18 }, { "bad", 2 }, { "none", 10 }, { 0 } };
	static const int days[] = { 7, 30, 90 };
	int64_t from = l->at;
	for (int i = 0; i < 3; i++) {
		int late = demo_chance(r, 12) ? demo_pick(r, 12) : -demo_pick(r, 2);
		int due = red && i == 0 ? 3 : days[i];
		struct beat *b = beat(l, office(from + (due + late) * MS_DAY - MS_HOUR, r), DEMO_VISIT, staff);
		b->nth = days[i];
		b->code = red && demo_chance(r, 4) ? "violence" : draw(r, good ? calm : uneasy);
		b->form = draw(r, pleased);
	}
}

static void duties(struct life *l, struct rng *r, int staff)
{
	/* The first term has a date; how it is kept is known a few weeks on. */
	struct beat *b = beat(l, office(l->at + rng_range(r, 10, 30) * MS_DAY, r), DEMO_DUTY, staff);
	b->nth = 0;
	b->code = demo_chance(r, 82) ? "done" : demo_chance(r, 60) ? "part" : "late";
}

static void mediate(const struct demo_plan *p, struct life *l, struct rng *r, int staff, bool surely)
{
	static const struct weighted good[] = { { "written", 48 }, { "oral", 24 }, { "reconciled", 22 }, { "parted", 6 }, { 0 } };
	static const struct weighted bad[] = { { "failed", 45 }, { "lawsuit", 35 }, { "withdrawn", 14 }, { "unreachable", 6 }, { 0 } };
	bool red = str_is(l->h.grade, "red"), violent = strcmp(l->h.kind, "M03") == 0 || red;
	bool works = demo_chance(r, violent ? 64 : 80) || surely;
	int sessions = 1 + demo_pick(r, 3) + !works;
	/* A few drag on beyond the thirty days. */
	int days = demo_chance(r, 9) && !surely ? 14 : 6;
	for (int i = 0; i < sessions; i++) {
		struct beat *b = beat(l, later(l, r, 2 * 1440, (days + 1) * 1440, false), DEMO_SESSION, staff);
		b->nth = i + 1;
		/* Never face to face where there is violence. */
		b->form = violent ? (demo_chance(r, 60) ? "counsel" : "separate") : demo_chance(r, 55) ? "face" : demo_chance(r, 40) ? "separate" : demo_chance(r, 50) ? "home" : "phone";
		b->code = i + 1 < sessions ? (violent ? "counsel" : i ? "next" : "first") : violent ? "counsel" : works ? "agreed" : "failed";
	}
	const char *outcome = draw(r, works ? good : bad);
	if (violent && works && strcmp(outcome, "reconciled") == 0)
		outcome = "parted";
	l->agreed = strcmp(outcome, "written") == 0 || strcmp(outcome, "oral") == 0;
	if (l->agreed)
		beat(l, later(l, r, 30, 300, false), DEMO_AGREEMENT, staff)->form = outcome;
	beat(l, later(l, r, 20, 200, false), DEMO_FINISH, staff)->code = outcome;
	int64_t finished = l->at;
	int first = l->n;
	if (l->agreed)
		duties(l, r, staff);
	l->at = finished;
	/* The duty lies between the visits: sorted after. */
	struct life v = { .at = finished };
	visits(&v, r, staff, red, works);
	for (int i = 0; i < v.n; i++) {
		int k = l->n++;
		must(l->n <= BEATS);
		for (; k > first && l->b[k - 1].ms > v.b[i].ms; k--)
			l->b[k] = l->b[k - 1];
		l->b[k] = v.b[i];
	}
	for (int i = first; i < l->n; i++)
		if (l->b[i].ms <= l->b[i - 1].ms)
			l->b[i].ms = l->b[i - 1].ms + MS_MINUTE;
	l->at = l->b[l->n - 1].ms;
	beat(l, later(l, r, 600, 4 * 1440, false), DEMO_CLOSE, staff);
	beat(l, later(l, r, 1440, 8 * 1440, false), DEMO_ARCHIVE, p->comm[l->h.comm].staff0);
}

static void as_case(const struct demo_plan *p, struct life *l, struct rng *r, int officer, enum show q)
{
	static const struct weighted why[] = { { "load", 30 }, { "conflict", 20 }, { "wrong_area", 30 }, { "unclear", 20 }, { 0 } };
	bool hurry = str_is(l->h.grade, "red"), slow = demo_chance(r, 7);
	int m = pick_mediator(p, &l->h, r);
	if (q != SHOW_NONE) {
		slow = false;
		m = q == SHOW_STATION ? -1 : p->town[p->show_town].mediator0;
	}
	beat(l, later(l, r, 5, 40, hurry), DEMO_OPEN, officer);
	struct beat *b = beat(l, later(l, r, 3, hurry ? 30 : 400, hurry), DEMO_DISPATCH, officer);
	b->mediator = m;
	b->nth = 1;
	bool back = q == SHOW_NONE ? demo_chance(r, 8) : q == SHOW_RETURNED || q == SHOW_RULING;
	if (back) {
		b = beat(l, later(l, r, 20, 500, hurry), DEMO_RETURN, p->mediator[m].staff);
		b->code = draw(r, why);
		int again = pick_mediator(p, &l->h, r);
		if (again == m)
			again = (m + 1) % p->nmediators;
		m = again;
		b->mediator = m;
		b = beat(l, later(l, r, 20, 300, hurry), DEMO_DISPATCH, officer);
		b->mediator = m;
		b->nth = 2;
	}
	/* Some go to the police station of the town, whose officer then leads. */
	int staff = m >= 0 ? p->mediator[m].staff : p->town[l->h.town].liaison;
	/* Slow ones are late: the board must have its red lights. */
	beat(l, later(l, r, slow ? 3000 : 10, slow ? 9000 : hurry ? 50 : 400, hurry), DEMO_ACCEPT, staff)->mediator = m;
	beat(l, later(l, r, hurry ? 20 : 120, hurry ? 110 : slow ? 12000 : 2800, hurry), DEMO_CONTACT, staff)->mediator = m;
	mediate(p, l, r, staff, q == SHOW_VISITS);
}

static void live(const struct demo_plan *p, struct arena *a, int64_t i, struct life *l)
{
	static const struct weighted ends[] = { { "answered", 60 }, { "unfounded", 12 }, { "unreachable", 14 }, { "withdrawn", 14 }, { 0 } };
	struct demo_household home;
	struct rng r = demo_rng(p, 'L', i);
	*l = (struct life){ 0 };
	head_of(p, a, i, &l->h);
	demo_household(p, a, l->h.household, &home);
	l->h.comm = p->grid[home.grid].comm;
	l->h.town = p->comm[l->h.comm].town;
	enum show q = shown(p, i);
	int reporter = reporter_staff(p, &l->h, &r, &home);
	beat(l, l->h.birth, DEMO_CLUE, q == SHOW_HOTLINE ? p->posts.hotline : q == SHOW_POLICE ? p->posts.police : reporter);
	bool red = str_is(l->h.grade, "red"), orange = str_is(l->h.grade, "orange"), late = demo_chance(&r, 6);
	int officer = red ? p->city0 + demo_pick(&r, p->cities) : p->town[l->h.town].staff0 + demo_pick(&r, 3);
	if (q != SHOW_NONE)
		officer = red ? p->posts.city : p->posts.town;
	int64_t t = later(l, &r, 5, late ? 6000 : red ? 55 : orange ? 230 : 600, red);
	if (!l->h.family) {
		beat(l, t, DEMO_NOT_FAMILY, officer)->form = "hotline12345";
		l->b[l->n - 1].code = l->h.other;
		return;
	}
	beat(l, t, DEMO_SCREEN, officer);
	if (l->h.merge >= 0) {
		beat(l, later(l, &r, 2, 60, red), DEMO_MERGE, officer);
		return;
	}
	bool blue = str_is(l->h.grade, "blue");
	int fate = demo_pick(&r, 100);
	if (red || q != SHOW_NONE || fate < (blue ? 5 : orange ? 76 : 48)) {
		as_case(p, l, &r, officer, q);
	} else if (orange ? fate < 86 : fate > 94) {
		beat(l, later(l, &r, 10, 400, false), DEMO_REFER, officer)->form = orange ? "police" : demo_chance(&r, 50) ? "legal_aid" : "civil";
	} else {
		beat(l, later(l, &r, 10, 900, false), DEMO_ANSWER, officer)->code = blue ? "answered" : draw(&r, ends);
	}
}

/* Some of the latest work lies where it is: waiting, late, or not yet looked at. Without it a workbench would show only what
 * happens to be under way this hour. */
static void leave_lying(const struct demo_plan *p, int64_t i, struct life *l)
{
	struct rng r = demo_rng(p, 'Z', i);
	int done = 0;
	enum show q = shown(p, i);
	if (q != SHOW_NONE) {
		while (done < l->n && !shown_until(q, l->b[done].verb))
			done++;
		if (done < l->n)
			l->n = done + 1;
		return;
	}
	if (l->h.birth < p->end - 75 * MS_DAY || !demo_chance(&r, l->h.birth > p->end - 5 * MS_DAY ? 45 : 16))
		return;
	while (done < l->n && l->b[done].ms <= p->end)
		done++;
	if (done > 1)
		l->n = 1 + demo_pick(&r, done);
}

static void life_of(const struct demo_plan *p, struct arena *a, int64_t i, struct life *l)
{
	live(p, a, i, l);
	leave_lying(p, i, l);
}

/* ---- telling it ---- */

/* Who speaks and about whom: by what the line says of them. */
static void cast(const struct life *l, const struct demo_household *home, struct rng *r, struct demo_event *e)
{
	bool she = true;
	static const char *const hers[] = { "前妻", "妻子与", "嫂子", "班主任" };
	for (size_t k = 0; k < ARRAY_LEN(hers); k++)
		she &= str_find(l->h.line, str_of(hers[k])) < 0;
	e->reporter = e->other = -1;
	for (int m = 0; m < home->size; m++) {
		if (home->member[m].age < 18)
			continue;
		bool girl = str_is(home->member[m].sex, "2");
		if (girl == she && e->reporter < 0)
			e->reporter = m;
		else if (girl != she && e->other < 0)
			e->other = m;
	}
	if (e->reporter < 0)
		e->reporter = e->other >= 0 ? e->other : 0;
	if (e->other == e->reporter)
		e->other = -1;
	/* A neighbour calls about a household that is not hers. */
	if (str_find(l->h.line, STR("邻居{name}")) >= 0 || str_find(l->h.line, STR("班主任")) >= 0) {
		e->other = home->size > 1 && e->other < 0 ? 0 : e->other;
		e->reporter = -1;
	}
	(void)r;
}

static int years_married(const struct demo_household *home) { return home->member[0].age > 28 ? (home->member[0].age - 26 > 40 ? 40 : home->member[0].age - 26) : 2; }

static struct str told(const struct demo_plan *p, struct arena *a, struct str line, const struct life *l, const struct demo_household *home, struct demo_event *e, int64_t amount)
{
	struct rng r = demo_rng(p, 'F', e->story);
	int child = 9;
	for (int m = 0; m < home->size; m++)
		if (home->member[m].age < 18)
			child = home->member[m].age < 3 ? 3 : home->member[m].age;
	const struct demo_fill fill[] = {
		{ "name", e->name.n ? e->name : STR("反映人") }, { "other", e->other_name }, { "comm", p->comm[l->h.comm].name },
		{ "years", arena_fmt(a, "%d", years_married(home)) }, { "money", arena_fmt(a, "%d", 3 + demo_pick(&r, 26)) },
		{ "child", arena_fmt(a, "%d", child) }, { "amount", arena_fmt(a, "%lld", (long long)(amount / 100)) },
	};
	return demo_filled(a, line, fill, ARRAY_LEN(fill));
}

static void terms(const struct demo_plan *p, struct arena *a, const struct life *l, const struct demo_household *home, struct demo_event *e)
{
	struct rng r = demo_rng(p, 'Q', e->story);
	int n = 2 + demo_chance(&r, 40);
	for (int i = 0; i < n && i < DEMO_TERMS; i++) {
		struct str line = demo_word(p->words, "terms", i ? "common" : l->h.kind, &r), kind = str_cut(line, '\t', &line);
		int64_t amount = str_is(kind, "pay") ? rng_range(&r, 5, 40) * 10000 : 0;
		struct str text = told(p, a, line, l, home, e, amount);
		bool again = false;
		for (int k = 0; k < e->nterms; k++)
			again |= str_eq(e->term[k].text, text);
		if (again)
			continue;
		e->term[e->nterms++] = (struct demo_term){ kind, text, amount, str_is(kind, "keep") ? 0 : day_start(day_of(e->ms) + 30) };
	}
}

static struct str text_of(const struct demo_plan *p, struct arena *a, const struct life *l, const struct beat *b, const struct demo_household *home, struct demo_event *e, struct rng *r)
{
	const char *file = "parts", *section = NULL;
	switch (b->verb) {
	case DEMO_CLUE: {
		struct str t = told(p, a, l->h.line, l, home, e, 0);
		if (!l->h.family || demo_chance(r, 45))
			return t;
		struct str more = demo_word(p->words, "parts", "detail", r);
		return arena_fmt(a, "%.*s%.*s", (int)t.n, t.p, (int)more.n, more.p);
	}
	case DEMO_SCREEN: case DEMO_MERGE: section = "screen"; break;
	case DEMO_NOT_FAMILY: case DEMO_REFER: section = "refer"; break;
	case DEMO_ANSWER: section = strcmp(b->code, "unfounded") == 0 ? "unfounded" : "answer"; break;
	case DEMO_DISPATCH: section = "dispatch"; break;
	case DEMO_RETURN: section = "return"; break;
	case DEMO_CONTACT: section = strcmp(l->h.kind, "M03") == 0 ? "contact-violence" : "contact"; break;
	case DEMO_SESSION: file = "sessions"; section = b->code; break;
	case DEMO_FINISH: file = "sessions"; section = l->agreed || strcmp(b->code, "reconciled") == 0 || strcmp(b->code, "parted") == 0 ? "agreed" : "failed"; break;
	case DEMO_VISIT: file = "visits"; section = b->code; break;
	case DEMO_CLOSE: file = "visits"; section = "closed"; break;
	default: return STR("");
	}
	return told(p, a, demo_word(p->words, file, section, r), l, home, e, 0);
}

static void tell(const struct demo_plan *p, struct arena *a, int64_t story, int at, const struct life *l, struct demo_event *e)
{
	const struct beat *b = &l->b[at];
	struct rng r = demo_rng(p, 'E', story * BEATS + at), rs = demo_rng(p, 'N', story);
	struct demo_household home;
	demo_household(p, a, l->h.household, &home);
	*e = (struct demo_event){
		.ms = b->ms, .story = story, .other_story = l->h.merge, .household = l->h.household, .verb = b->verb, .staff = b->staff, .nth = b->nth,
		.org = -1, .mediator = b->mediator, .family = l->h.family, .source = l->h.source, .kind = l->h.family ? l->h.kind : NULL,
		.grade = arena_cstr(a, l->h.grade), .code = b->verb == DEMO_SESSION ? NULL : b->code, .form = b->form, .signals = l->h.signals, .area = home.area,
	};
	cast(l, &home, &rs, e);
	struct str stranger = demo_name(p->words, a, &rs, demo_surname(p->words, &rs), demo_chance(&rs, 60));
	struct str absent = demo_name(p->words, a, &rs, demo_surname(p->words, &rs), demo_chance(&rs, 50));
	e->name = e->reporter >= 0 ? home.member[e->reporter].name : stranger;
	e->phone = e->reporter >= 0 ? home.member[e->reporter].phone : demo_phone(a, 9990000 - 1 - story % 1000000);
	e->other_name = e->other >= 0 ? home.member[e->other].name : absent;
	/* Some give no name, above all on the net. */
	bool anonymous = demo_chance(&rs, l->h.source[0] == 'w' ? 35 : l->h.source[0] == 'h' ? 6 : 0);
	if (b->mediator >= 0)
		e->org = p->studio[p->mediator[b->mediator].studio].org;
	else if (b->verb == DEMO_DISPATCH)
		e->org = p->town[l->h.town].police;
	if (b->verb == DEMO_AGREEMENT)
		terms(p, a, l, &home, e);
	if (anonymous && b->verb == DEMO_CLUE)
		e->name = e->phone = STR("");
	e->text = text_of(p, a, l, b, &home, e, &r);
}

/* ---- the heap ---- */

static bool before(const struct demo_waiting *x, const struct demo_waiting *y) { return x->ms != y->ms ? x->ms < y->ms : x->story < y->story; }

static void sift_down(struct demo_plan *p)
{
	size_t i = 0;
	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= p->nheap)
			return;
		if (k + 1 < p->nheap && before(&p->heap[k + 1], &p->heap[k]))
			k++;
		if (!before(&p->heap[k], &p->heap[i]))
			return;
		struct demo_waiting t = p->heap[i];
		p->heap[i] = p->heap[k];
		p->heap[k] = t;
		i = k;
	}
}

static void push(struct demo_plan *p, struct demo_waiting w)
{
	VEC_PUSH(p->a, p->heap, p->nheap, p->capheap, w);
	for (size_t i = p->nheap - 1; i && before(&p->heap[i], &p->heap[(i - 1) / 2]); i = (i - 1) / 2) {
		struct demo_waiting t = p->heap[i];
		p->heap[i] = p->heap[(i - 1) / 2];
		p->heap[(i - 1) / 2] = t;
	}
}

bool demo_event_next(struct demo_plan *p, struct arena *a, struct demo_event *ret)
{
	struct life *l = NEW(a, struct life);
	/* A story begins on the day of its slot or later: those whose day has not come cannot be next. Of the latest, some begin
	 * earlier, so they come into the heap together. */
	int64_t from = show_from(p);
	while (p->next_story < p->stories &&
	       (!p->nheap || day_start(day_of(nominal(p, p->next_story < from ? p->next_story : from))) <= p->heap[0].ms)) {
		struct head h;
		head_of(p, a, p->next_story, &h);
		push(p, (struct demo_waiting){ h.birth, p->next_story++, 0 });
	}
	while (p->nheap && p->heap[0].ms <= p->end) {
		struct demo_waiting w = p->heap[0];
		life_of(p, a, w.story, l);
		tell(p, a, w.story, w.beat, l, ret);
		if (w.beat + 1 < l->n) {
			p->heap[0].ms = l->b[w.beat + 1].ms;
			p->heap[0].beat++;
		} else {
			p->heap[0] = p->heap[--p->nheap];
		}
		sift_down(p);
		return true;
	}
	return false;
}

void demo_events_rewind(struct demo_plan *p)
{
	p->nheap = 0;
	p->next_story = 0;
}
