/* Why: each post sees first what waits for it, what is late, what it supervises, and one big button for what it does most.
 * The table below is the whole of it: a post is a row. */
#include "desk/inner.h"
#include "report/month.h"
#include "templates.h"
#include <stdio.h>

/* What waits: a list of a type. filters: "state=new" …; "me" and "unit" stand for the actor, "week" for a day seven days on. */
struct waiting { const char *label, *type, *filters; bool quiet; /* no word of it when there is nothing */ const char *more, *more_url; /* a way of its own through the list */ };
struct bench {
	unsigned roles;
	const char *big_label, *big_url;
	enum scope mine, watch;        /* clocks shown as my own, and as what I supervise */
	struct waiting wait[12];
	struct waiting tiles[5];
};

static const struct bench benches[] = {
	{ R(CITY) | R(TOWN), N_("Screen clues"), "/clue?state=new", SC_ORG, SC_AREA,
	  { { N_("Clues to screen"), "clue", "state=new" }, { N_("Cases to dispatch"), "case", "state=registered|returned" },
	    { N_("Cases to decide on"), "case", "state=arbitration" }, { N_("Commissions of the court to be placed"), "commission", "state=asked", true } },
	  { { N_("Clues to screen"), "clue", "state=new" }, { N_("Red grade, open"), "case", "grade=red&open=1" },
	    { N_("Cases under way"), "case", "open=1" }, { N_("Visits of this week"), "visit", "state=planned&due_on_to=week" } } },
	{ R(COMMUNITY), N_("Report a clue"), "/clue/new", SC_ORG, SC_AREA,
	  { { N_("Clues to screen"), "clue", "state=new" }, { N_("Cases to accept"), "case", "state=dispatched&org=unit" }, { N_("Cases under way"), "case", "open=1" } },
	  { { N_("Clues to screen"), "clue", "state=new" }, { N_("Cases under way"), "case", "open=1" }, { N_("Visits of this week"), "visit", "state=planned&due_on_to=week" } } },
	{ R(GRID), N_("Report a clue"), "/clue/new", SC_OWN, SC_NONE,
	  { { N_("Visits of this week"), "visit", "state=planned&due_on_to=week" }, { N_("Clues I reported"), "clue", "creator=me" } },
	  { { N_("Visits of this week"), "visit", "state=planned&due_on_to=week" }, { N_("Clues I reported"), "clue", "creator=me" } } },
	{ R(MEDIATOR), N_("My cases"), "/case?open=1&owner=me", SC_OWN, SC_NONE,
	  { { N_("Cases to accept"), "case", "state=dispatched&owner=me" }, { N_("My cases under way"), "case", "open=1&owner=me" }, { N_("Visits of this week"), "visit", "state=planned&owner=me&due_on_to=week", .more = N_("One after the other"), .more_url = "/visits/next" }, { N_("Couples I counsel"), "counsel", "open=1&owner=me", true }, { N_("Commissions that I carry out"), "commission", "state=appointed|working|demanded&owner=me", true } },
	  { { N_("Cases to accept"), "case", "state=dispatched&owner=me" }, { N_("My cases under way"), "case", "open=1&owner=me" }, { N_("Visits of this week"), "visit", "state=planned&owner=me&due_on_to=week" } } },
	{ R(HOTLINE), N_("Take a call"), "/intake", SC_OWN, SC_NONE,
	  { { N_("Calls I took"), "clue", "creator=me" } },
	  { { N_("Calls I took"), "clue", "creator=me" }, { N_("Waiting for screening"), "clue", "state=new&creator=me" }, { N_("Referred back"), "clue", "state=referred&creator=me" } } },
	{ R(LIAISON), N_("Report a clue"), "/clue/new", SC_ORG, SC_NONE,
	  { { N_("Warning letters of my unit"), "letter", "open=1&org=unit", true }, { N_("Protection orders of my unit"), "order", "open=1&org=unit", true }, { N_("Mandatory reports to my unit"), "mandatory", "open=1&org=unit", true },
	    { N_("Orders of guidance of my unit"), "guidance", "open=1&org=unit", true },
	    { N_("Commissions of my court"), "commission", "open=1&org=unit", true },
	    { N_("What my unit is asked for"), "referral", "state=asked|accepted&org=unit", true },
	    { N_("Appointments to make"), "counsel", "state=asked&org=unit", true }, { N_("Couples received here"), "counsel", "open=1&org=unit", true }, { N_("Petitions of my unit"), "petition", "open=1&org=unit", true },
	    { N_("Cases of my unit"), "case", "open=1&org=unit" }, { N_("Clues for my unit"), "clue", "org=unit&open=1" } },
	  { { N_("Cases of my unit"), "case", "open=1&org=unit" }, { N_("Clues for my unit"), "clue", "org=unit&open=1" } } },
	{ R(LEADER), N_("Monthly table"), "/report/month", SC_NONE, SC_NONE, { { 0 } }, { { 0 } } },
	{ R(AUDITOR), N_("Read the journal"), "/journal", SC_NONE, SC_NONE, { { N_("Emergency openings to judge"), "glass", "state=opened" } },
	  { { N_("Emergency openings to judge"), "glass", "state=opened" } } },
	{ R(SECADMIN), N_("Staff"), "/staff", SC_NONE, SC_NONE,
	  { { N_("Emergency openings to judge"), "glass", "state=opened" }, { N_("Conflicts of interest"), "conflict", "state=early|active" } },
	  { { N_("Emergency openings to judge"), "glass", "state=opened" }, { N_("Conflicts of interest"), "conflict", "state=early|active" }, { N_("Staff"), "staff", "open=1" } } },
	{ R(ADMIN), N_("Staff"), "/staff", SC_NONE, SC_NONE, { { N_("Staff"), "staff", "" } },
	  { { N_("Staff"), "staff", "open=1" }, { N_("Units"), "org", "open=1" }, { N_("Studios"), "studio", "open=1" } } },
};

/* "state=new&owner=me" into filters. */
static size_t filters_of(struct ctx *c, const char *text, struct filter *f, size_t max)
{
	struct str rest = str_of(text);
	size_t n = 0;
	while (rest.p && n < max) {
		struct str one = str_cut(rest, '&', &rest), value, name = str_cut(one, '=', &value);
		if (!value.n)
			continue;
		if (str_is(value, "me"))
			value = arena_fmt(c->a, "%lld", (long long)c->actor->user);
		else if (str_is(value, "unit"))
			value = arena_fmt(c->a, "%lld", (long long)c->actor->org);
		else if (str_is(value, "week"))
			value = date_str(c->a, c->now + 7 * MS_DAY);
		f[n++] = (struct filter){ name, value };
	}
	return n;
}

static struct str list_url(struct ctx *c, const struct waiting *w)
{
	struct filter f[6];
	size_t n = filters_of(c, w->filters, f, ARRAY_LEN(f));
	BUF_AUTO b = BUF(1024);
	buf_printf(&b, "/%s", w->type);
	for (size_t i = 0; i < n; i++) {
		buf_char(&b, i ? '&' : '?');
		buf_str(&b, f[i].field);
		buf_char(&b, '=');
		html_url_part(&b, f[i].value);
	}
	return arena_str(c->a, buf_view(&b));
}

static enum err add_tiles(struct req *rq, const struct bench *b, struct workbench *m)
{
	struct ctx *c = ctx_of(rq);
	m->tiles = NEWN(c->a, struct tile, ARRAY_LEN(b->tiles));
	for (size_t i = 0; i < ARRAY_LEN(b->tiles) && b->tiles[i].label; i++) {
		const struct waiting *w = &b->tiles[i];
		struct filter f[6];
		struct see q = { .type = w->type, .filters = f };
		if (!type_readable(c, type_find(c->app, str_of(w->type))))
			continue;
		q.nfilters = filters_of(c, w->filters, f, ARRAY_LEN(f));
		struct tile t = { .label = str_of(TRC(c, w->label)), .url = list_url(c, w) };
		TRY(see_count(c, &q, 1000, &t.n));
		t.more = t.n == 1000;
		t.light = strstr(w->filters, "grade=red") && t.n ? "red" : NULL;
		m->tiles[m->ntiles++] = t;
	}
	return OK;
}

/* Who reads no records reads figures: this month's, each with the month before. */
static enum err add_figures(struct req *rq, struct workbench *m)
{
	struct ctx *c = ctx_of(rq);
	struct civil d = civil_of(c->now);
	struct month t;
	TRY(month_make(c, d.year, d.month, STR_NONE, &t));
	if (!month_inside(c))
		month_small(&t);
	m->tiles = NEWN(c->a, struct tile, FIG_SHOWN);
	for (int f = 0; f < FIG_SHOWN; f++) {
		const int64_t *now = t.total.n[MONTH_NOW];
		struct str before = month_figure(c, &t.total, MONTH_BEFORE, (enum month_fig)f);
		m->tiles[m->ntiles++] = (struct tile){ .label = str_of(TRC(c, month_figs[f].label)), .url = STR("/report/month"), .n = now[f], .light = f == FIG_RED && now[f] ? "red" : NULL,
			.shown = month_figure(c, &t.total, MONTH_NOW, (enum month_fig)f), .hint = arena_fmt(c->a, "%s %.*s", TRC(c, N_("Month before")), (int)before.n, before.p) };
	}
	m->figures = true;
	return OK;
}

static enum err add_lists(struct req *rq, const struct bench *b, struct workbench *m)
{
	struct ctx *c = ctx_of(rq);
	m->lists = NEWN(c->a, struct list_page, ARRAY_LEN(b->wait));
	for (size_t i = 0; i < ARRAY_LEN(b->wait) && b->wait[i].label; i++) {
		const struct waiting *w = &b->wait[i];
		struct filter f[6];
		struct list_page one;
		if (!type_readable(c, type_find(c->app, str_of(w->type))))
			continue;
		TRY(desk_list(rq, &(struct see){ .type = w->type, .filters = f, .nfilters = filters_of(c, w->filters, f, ARRAY_LEN(f)), .limit = 8 }, &one));
		if (w->quiet && !one.nrows)
			continue;
		one.title = str_of(TRC(c, w->label));
		one.next_url = one.next_url.n ? list_url(c, w) : STR_NONE;
		if (w->more && one.nrows) {
			one.new_url = str_of(w->more_url);
			one.new_label = str_of(TRC(c, w->more));
		}
		m->lists[m->nlists++] = one;
	}
	return OK;
}

struct clocks { struct due *d; size_t n; };
#define CLOCKS 12

/* The records of these clocks that she may open: one statement a type, however many clocks. */
static enum err clock_records(struct ctx *c, const struct clocks *k, size_t n, struct map *ret)
{
	for (const struct rtype *const *t = c->app->types; *t; t++) {
		BUF_AUTO ids = BUF(2048);
		struct seen s;
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < k[i].n; j++)
				if (str_is(k[i].d[j].type, (*t)->name))
					buf_printf(&ids, "%s%lld", ids.n ? "|" : "", (long long)k[i].d[j].rid);
		const struct filter by = { STR("id"), buf_view(&ids) };
		if (!ids.n)
			continue;
		TRY(see(c, &(struct see){ .type = (*t)->name, .filters = &by, .nfilters = 1, .limit = 2 * CLOCKS }, &s));
		for (size_t i = 0; i < s.n; i++) {
			map_puti(ret, s.r[i]->id, s.r[i]);
			if (s.r[i]->parent && (*t)->parent)
				ref_want(c, (*t)->parent, s.r[i]->parent);
		}
	}
	return OK;
}

static void clock_rows(struct ctx *c, const struct clocks *k, const struct map *records, struct clock_row **ret, size_t *ret_n)
{
	*ret = NEWN(c->a, struct clock_row, k->n + 1);
	for (size_t i = 0; i < k->n; i++) {
		const struct rec *r = map_geti(records, k->d[i].rid);
		/* A clock on what one may not open is not shown. */
		if (!r || !str_is(k->d[i].type, r->t->name))
			continue;
		struct clock_row row = clock_row(c, &k->d[i]);
		row.title = r->parent && r->t->parent ? ref_label(c, r->t->parent, r->parent) : r->number.n ? r->number : rec_title(c, r);
		(*ret)[(*ret_n)++] = row;
	}
}

static enum err add_clocks(struct req *rq, const struct bench *b, struct workbench *m)
{
	struct ctx *c = ctx_of(rq);
	struct clocks k[2] = { 0 };
	struct map *records = map_new(c->a);
	if (b->mine != SC_NONE)
		TRY(due_mine(c, b->mine, false, CLOCKS, &k[0].d, &k[0].n));
	if (b->watch != SC_NONE)
		TRY(due_mine(c, b->watch, true, CLOCKS, &k[1].d, &k[1].n));
	TRY(clock_records(c, k, ARRAY_LEN(k), records));
	clock_rows(c, &k[0], records, &m->mine, &m->nmine);
	clock_rows(c, &k[1], records, &m->watch, &m->nwatch);
	return OK;
}

enum err desk_notices(struct req *rq, int limit, struct notice_row **ret, size_t *ret_n)
{
	struct ctx *c = ctx_of(rq);
	struct notice *v;
	size_t n;
	TRY(notice_list(c, limit, &v, &n));
	*ret = NEWN(c->a, struct notice_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct rtype *t = type_find(c->app, v[i].type);
		if (t)
			ref_want(c, t->name, v[i].rid);
	}
	for (size_t i = 0; i < n; i++) {
		(*ret)[i] = (struct notice_row){ datetime_str(c->a, v[i].ms), str_of(TRC(c, arena_cstr(c->a, v[i].text))),
						 v[i].type.n ? arena_fmt(c->a, "/%.*s/%lld", (int)v[i].type.n, v[i].type.p, (long long)v[i].rid) : STR("/notices"), v[i].id, v[i].read };
		const struct rtype *t = type_find(c->app, v[i].type);
		if (t)
			(*ret)[i].about = ref_label(c, t->name, v[i].rid);
	}
	*ret_n = n;
	return OK;
}

static struct str today(struct ctx *c)
{
	static const char *const zh[] = { "日", "一", "二", "三", "四", "五", "六" };
	static const char *const en[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
	struct civil d = civil_of(c->now);
	int w = day_weekday(day_of(c->now));
	return c->lang == LANG_ZH ? arena_fmt(c->a, "%d年%d月%d日 星期%s", d.year, d.month, d.day, zh[w]) : arena_fmt(c->a, "%s, %d-%02d-%02d", en[w], d.year, d.month, d.day);
}

/* What is late below is said once: not again what is among one's own. */
static void drop_mine(struct workbench *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->nwatch; i++) {
		bool mine = false;
		for (size_t k = 0; k < m->nmine; k++)
			mine |= str_eq(m->watch[i].url, m->mine[k].url) && str_eq(m->watch[i].label, m->mine[k].label);
		if (!mine)
			m->watch[n++] = m->watch[i];
	}
	m->nwatch = n;
}

enum err desk_workbench_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct workbench m = { .hello = c->actor->name };
	const struct bench *b = NULL;
	for (size_t i = 0; i < ARRAY_LEN(benches); i++)
		if (benches[i].roles & 1u << c->actor->role)
			b = &benches[i];
	m.today = today(c);
	if (b) {
		m.big_label = str_of(TRC(c, b->big_label));
		struct waiting big = { b->big_label, "", "" };
		const char *q = strchr(b->big_url, '?');
		big.type = arena_cstr(c->a, (struct str){ b->big_url + 1, (size_t)(q ? q - b->big_url - 1 : (ptrdiff_t)strlen(b->big_url) - 1) });
		big.filters = q ? q + 1 : "";
		m.big_url = list_url(c, &big);
		TRY(add_lists(rq, b, &m));
		TRY(R(LEADER) & 1u << c->actor->role ? add_figures(rq, &m) : add_tiles(rq, b, &m));
		TRY(add_clocks(rq, b, &m));
		drop_mine(&m);
	}
	TRY(desk_notices(rq, 6, &m.notices, &m.nnotices));
	TRY(face_shell(rq, N_("Workbench")));
	t_workbench_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}
