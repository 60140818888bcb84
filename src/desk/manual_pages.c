/* Why: a manual on a shelf is not read; this one opens at the reader's own post, and its pictures come from the tables that rule.
 * Invariants: nothing of any record stands here; which chapters there are is the text's, which pictures stand in one is the table below. */
#include "desk/manual_pages.h"
#include "base/embedded.h"
#include "desk/inner.h"
#include "templates.h"

/* Heading, whose chapter it is, and what is drawn in it. */
static const struct { const char *title; unsigned roles; const char *types[6]; } chapters[] = {
	{ "热线接线员", R(HOTLINE), { "call", "clue" } },
	{ "网格员", R(GRID), { "clue" } },
	{ "村（社区）妇联主席", R(COMMUNITY), { "clue", "case" } },
	{ "区镇妇联、市妇联权益部", R(CITY) | R(TOWN), { "clue", "case", "supervision" } },
	{ "工作室调解员", R(MEDIATOR), { "case", "agreement", "duty", "booking" } },
	{ "工作室负责人", 0, { "handover" } },
	{ "涉家庭暴力案件：保护优先", 0, { "letter", "order", "stay", "mandatory", "guidance" } },
	{ "婚姻登记处辅导员（暨阳玫瑰）", 0, { "counsel" } },
	{ "回访", 0, { "visit" } },
	{ "信访（重点信访）", 0, { "petition" } },
	{ "法院委托（家事调查、调解、判后回访）", 0, { "commission" } },
	{ "部门联络员（公安、法院、司法、民政等）", R(LIAISON), { "letter", "order", "mandatory", "joint_part" } },
	{ "领导", R(LEADER), { 0 } },
	{ "审计管理员", R(AUDITOR), { "glass" } },
	{ "系统管理员", R(ADMIN), { 0 } },
	{ "安全管理员", R(SECADMIN), { "conflict", "glass" } },
};

static struct str whole(void)
{
	const struct embedded *e = embedded_find("manual/manual.zh.html");
	return e ? (struct str){ e->bytes, e->n } : STR("");
}

/* What stands before the first chapter is the title. */
static bool next_chapter(struct str *rest, struct str *title, struct str *text)
{
	ptrdiff_t at = str_find(*rest, STR("<h2>")), end, next;
	if (at < 0)
		return false;
	*rest = (struct str){ rest->p + at + 4, rest->n - (size_t)at - 4 };
	end = str_find(*rest, STR("</h2>"));
	if (end < 0)
		return false;
	*title = (struct str){ rest->p, (size_t)end };
	*rest = (struct str){ rest->p + end + 5, rest->n - (size_t)end - 5 };
	next = str_find(*rest, STR("<h2>"));
	*text = (struct str){ rest->p, next < 0 ? rest->n : (size_t)next };
	return true;
}

static void add_flow(struct ctx *c, struct manual_page *m, const char *type)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	if (t && t->nstates > 2)
		m->flows[m->nflows++] = (struct manual_flow){ str_of(TRC(c, t->label)), arena_fmt(c->a, "/manual/flow/%s", t->name), flow_all(c, t) };
}

static void fill(struct ctx *c, int64_t want, struct manual_page *m)
{
	struct str rest = whole(), title, text;
	m->chapters = NEWN(c->a, struct manual_line, 64);
	m->flows = NEWN(c->a, struct manual_flow, 8);
	while (m->nchapters < 64 && next_chapter(&rest, &title, &text)) {
		struct manual_line *l = &m->chapters[m->nchapters++];
		*l = (struct manual_line){ .title = title, .url = arena_fmt(c->a, "/manual?at=%zu", m->nchapters) };
		for (size_t i = 0; i < ARRAY_LEN(chapters); i++)
			if (str_is(title, chapters[i].title)) {
				l->own = chapters[i].roles & 1u << c->actor->role;
				if (want == (int64_t)m->nchapters)
					for (size_t k = 0; k < ARRAY_LEN(chapters[i].types) && chapters[i].types[k]; k++)
						add_flow(c, m, chapters[i].types[k]);
			}
		l->here = want == (int64_t)m->nchapters;
		if (l->here) {
			m->title = title;
			m->text = (struct html){ text };
		}
	}
}

static int64_t own_chapter(const struct manual_page *m)
{
	for (size_t i = 0; i < m->nchapters; i++)
		if (m->chapters[i].own)
			return (int64_t)i + 1;
	return 1;
}

static enum err manual_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct manual_page m = { 0 };
	int64_t at = 0;
	if (!str_int(req_param(rq, "at"), &at)) {
		fill(c, 0, &m);
		at = own_chapter(&m);
	}
	m = (struct manual_page){ 0 };
	fill(c, at, &m);
	if (!m.title.n)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	TRY(face_shell(rq, N_("Manual")));
	t_manual_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- the table of one type ---- */

static struct str state_names(struct ctx *c, const struct rtype *t, const char *from)
{
	BUF_AUTO b = BUF(512);
	struct str rest = str_of(from);
	if (!from[0])
		return str_of(TRC(c, N_("(new)")));
	if (strcmp(from, "*") == 0)
		return str_of(TRC(c, N_("(any)")));
	while (rest.p) {
		struct str one = str_cut(rest, '|', &rest);
		for (size_t i = 0; i < t->nstates; i++)
			if (str_is(one, t->states[i].name))
				buf_printf(&b, "%s%s", b.n ? (c->lang == LANG_ZH ? "、" : ", ") : "", TRC(c, t->states[i].label));
	}
	return arena_str(c->a, buf_view(&b));
}

static const char *scope_name(enum scope s)
{
	static const char *const w[] = { [SC_ALL] = N_("the whole city"), [SC_AREA] = N_("of the area"), [SC_ORG] = N_("of the unit responsible"), [SC_OWN] = N_("who made it or leads it"),
					 [SC_SELF] = N_("herself"), [SC_OWNER] = N_("who leads it"), [SC_TEAM] = N_("of its team"), [SC_GLASS] = N_("by an emergency opening"), [SC_OTHERS] = N_("not her own"),
					 [SC_PARENT] = N_("who reads what it belongs to") };
	return (size_t)s < ARRAY_LEN(w) && w[s] ? w[s] : NULL;
}

static void put_who(struct ctx *c, const struct step *s, struct buf *b)
{
	bool any = false;
	if (b->n)
		buf_cstr(b, c->lang == LANG_ZH ? "；" : "; ");
	for (int r = 0; r < ROLE_COUNT; r++) {
		struct str word = s->roles & 1u << r ? code_label(c->app->codes, "role", str_of(role_name((enum role)r)), c->lang) : STR_NONE;
		if (!word.n)
			continue;
		buf_cstr(b, any ? (c->lang == LANG_ZH ? "、" : ", ") : "");
		buf_str(b, word);
		any = true;
	}
	const char *scope = scope_name(s->scope);
	if (scope)
		buf_printf(b, c->lang == LANG_ZH ? "（%s）" : " (%s)", TRC(c, scope));
}

static bool same_row(const struct step *a, const struct step *b) { return strcmp(a->verb, b->verb) == 0 && strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0; }

static void add_ways(struct ctx *c, const struct rtype *t, struct manual_page *m)
{
	m->ways = NEWN(c->a, struct manual_way, t->nsteps + 1);
	for (size_t i = 0; i < t->nsteps; i++) {
		const struct step *s = &t->steps[i];
		BUF_AUTO who = BUF(2048);
		bool said = false;
		for (size_t k = 0; k < i; k++)
			said |= same_row(&t->steps[k], s);
		if (said || s->flags & STEP_INTERNAL)
			continue;
		for (size_t k = i; k < t->nsteps; k++)
			if (same_row(&t->steps[k], s) && !(t->steps[k].flags & STEP_INTERNAL))
				put_who(c, &t->steps[k], &who);
		struct str to = strcmp(s->to, "=") == 0 ? str_of(TRC(c, N_("(stays)"))) : strcmp(s->to, "?") == 0 ? str_of(TRC(c, N_("(by what was found)"))) : state_names(c, t, s->to);
		m->ways[m->nways++] = (struct manual_way){ state_names(c, t, s->from), str_of(TRC(c, s->label)), arena_str(c->a, buf_view(&who)), to };
	}
}

static enum err flow_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct manual_page m = { 0 };
	const struct rtype *t = type_find(c->app, req_path(rq, "type"));
	if (!t)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	fill(c, 0, &m);
	add_flow(c, &m, t->name);
	add_ways(c, t, &m);
	m.title = str_of(TRC(c, t->label));
	TRY(face_shell(rq, N_("Manual")));
	t_manual_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route manual_routes[] = {
	XA_ROUTE("GET", "/manual", manual_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/manual/flow/{type}", flow_get, ROUTE_READ, 0, RIGHT_ALL),
	{ 0 },
};
