/* Why: a city to show, to test and to measure with, that nobody lives in.
 * Invariants: everything but the names of places is made up; each thing comes from its own generator, so that asking for
 * one never changes another. */
#include "people/demo_gen.h"
#include "base/embedded.h"
#include "people/demo_inner.h"
#include <stdlib.h>

#define COMPREHENSIVE 1595
#define DEDICATED 552
#define STUDIOS 116
#define MEDIATORS 247
#define HOUSEHOLDS 60000
#define STORIES 12000

struct rng demo_rng(const struct demo_plan *p, char what, int64_t i)
{
	struct rng r = { p->seed ^ (uint64_t)(unsigned char)what * 0x9E3779B97F4A7C15u };
	r.s = rng_next(&r) ^ (uint64_t)i * 0xD1B54A32D192ED03u;
	(void)rng_next(&r);
	return r;
}

/* ---- places ---- */

static enum err read_areas(struct demo_plan *p, struct fault *f)
{
	const struct embedded *e = embedded_find("codes/areas.tsv");
	size_t ntown = 0, captown = 0, ncomm = 0, capcomm = 0;
	if (!e)
		return fail(f, ERR_NOT_FOUND, NULL, "codes/areas.tsv is not embedded");
	struct str text = { e->bytes, e->n };
	while (text.p) {
		struct str rest = str_cut(text, '\n', &text), code = str_cut(rest, '\t', &rest), name = rest.p ? str_cut(rest, '\t', &rest) : STR_NONE;
		if (!name.n || code.n > 12 || !code.n || code.p[0] < '0' || code.p[0] > '9')
			continue;
		struct demo_area one = { .name = str_trim(name) };
		memcpy(one.code, code.p, code.n);
		if (code.n == 6) {
			memcpy(p->city, one.code, sizeof p->city - 1);
			p->city_name = one.name;
		} else if (code.n == 9) {
			VEC_PUSH(p->a, p->town, ntown, captown, one);
		} else if (code.n == 12) {
			VEC_PUSH(p->a, p->comm, ncomm, capcomm, one);
		}
	}
	p->towns = (int)ntown;
	p->comms = (int)ncomm;
	if (!p->towns || !p->comms || !p->city[0])
		return fail(f, ERR_NOT_FOUND, NULL, "codes/areas.tsv holds no city, towns and communities");
	for (int c = 0, t = 0; c < p->comms; c++) {
		while (t < p->towns && strncmp(p->town[t].code, p->comm[c].code, 9) != 0)
			t++;
		if (t == p->towns)
			return fail(f, ERR_INVALID, NULL, "codes/areas.tsv is not sorted by code at %s", p->comm[c].code);
		struct rng r = demo_rng(p, 'A', c);
		p->comm[c].town = t;
		p->comm[c].weight = 0.6 + rng_unit(&r);
		if (!p->town[t].comms)
			p->town[t].comm0 = c;
		p->town[t].comms++;
		p->town[t].weight += p->comm[c].weight;
	}
	return OK;
}

static void lay_out(struct demo_plan *p)
{
	struct demo_cell whole = demo_outline(), *cells = NEWN(p->a, struct demo_cell, 1024);
	double *w = NEWN(p->a, double, 1024);
	struct rng r = demo_rng(p, 'M', 0);
	must(p->towns < 1024 && p->comms < 100000);
	for (int t = 0; t < p->towns; t++)
		w[t] = p->town[t].weight > 0 ? p->town[t].weight : 0.3;
	demo_split(&whole, w, p->towns, &r, cells);
	for (int t = 0; t < p->towns; t++)
		p->town[t].cell = cells[t];
	for (int t = 0; t < p->towns; t++) {
		struct demo_area *town = &p->town[t];
		must(town->comms < 1024);
		for (int i = 0; i < town->comms; i++)
			w[i] = p->comm[town->comm0 + i].weight;
		demo_split(&town->cell, w, town->comms, &r, cells);
		for (int i = 0; i < town->comms; i++)
			p->comm[town->comm0 + i].cell = cells[i];
	}
	for (int c = 0; c < p->comms; c++) {
		struct demo_area *comm = &p->comm[c];
		must(comm->grids < 1024);
		for (int i = 0; i < comm->grids; i++)
			w[i] = p->grid[comm->grid0 + i].dedicated ? 0.25 : 1;
		demo_split(&comm->cell, w, comm->grids, &r, cells);
		for (int i = 0; i < comm->grids; i++)
			p->grid[comm->grid0 + i].cell = cells[i];
	}
}

static int shrunk(double scale, int whole, int least)
{
	int n = (int)((scale < 1 ? scale : 1) * whole + 0.5);
	return n < least ? least : n;
}

/* n things over the communities by weight, each with at least `least`: cumulative rounding gives exactly n. */
static int share_of(const struct demo_plan *p, int c, int n, int least, double *sum, double all)
{
	int extra = n - least * p->comms;
	double before = *sum;
	*sum += p->comm[c].weight;
	if (extra <= 0)
		return least;
	int upto = c == p->comms - 1 ? extra : (int)(extra * (*sum / all));
	return least + upto - (int)(extra * (before / all));
}

static void make_grids(struct demo_plan *p)
{
	int comp = shrunk(p->scale, COMPREHENSIVE, p->comms), ded = shrunk(p->scale, DEDICATED, 0);
	double all = 0, s1 = 0, s2 = 0;
	for (int c = 0; c < p->comms; c++)
		all += p->comm[c].weight;
	p->grid = NEWN(p->a, struct demo_place, comp + ded);
	for (int c = 0; c < p->comms; c++) {
		struct demo_area *comm = &p->comm[c];
		int n = share_of(p, c, comp, 1, &s1, all), m = share_of(p, c, ded, 0, &s2, all);
		comm->grid0 = p->ngrids;
		comm->comprehensive0 = p->ncomprehensive;
		comm->grids = n + m;
		for (int i = 0; i < n + m; i++) {
			struct demo_place *g = &p->grid[p->ngrids++];
			*g = (struct demo_place){ .comm = c, .dedicated = i >= n, .seq = (short)(i < n ? i : i - n), .worker = -1 };
			memcpy(g->code, comm->code, 12);
			int no = i < n ? i + 1 : 501 + i - n;
			g->code[12] = (char)('0' + no / 100);
			g->code[13] = (char)('0' + no / 10 % 10);
			g->code[14] = (char)('0' + no % 10);
		}
		p->ncomprehensive += n;
	}
}

/* ---- units ---- */

static const struct demo_office city_offices[] = {
	{ "city", "妇女联合会", 0, -1 }, { "hotline", "12345便民服务热线妇女维权坐席", 0, 0 }, { "police", "公安局", 0, -1 }, { "court", "人民法院", 0, -1 },
	{ "procuratorate", "人民检察院", 0, -1 }, { "justice", "司法局", 0, -1 }, { "civil", "民政局", 0, -1 }, { "education", "教育局", 0, -1 },
	{ "health", "卫生健康委员会", 0, -1 }, { "petition", "信访局", 0, -1 }, { "centre", "社会治理现代化综合指挥中心", 0, -1 },
	{ "committee", "婚姻家庭纠纷人民调解委员会", 0, 0 }, { "shelter", "妇女儿童避救中心", 0, 0 },
};
enum { OFFICE_CITY, OFFICE_HOTLINE, OFFICE_POLICE, OFFICE_COURT, OFFICE_PROCURATORATE, OFFICE_JUSTICE, OFFICE_CIVIL, OFFICE_EDUCATION };

static int add_office(struct demo_plan *p, const char *kind, const char *suffix, int area, int above)
{
	p->org[p->norgs] = (struct demo_office){ kind, suffix, area, above };
	return p->norgs++;
}

static void make_orgs(struct demo_plan *p)
{
	p->org = NEWN(p->a, struct demo_office, (int)ARRAY_LEN(city_offices) + 3 * p->towns + p->comms);
	for (size_t i = 0; i < ARRAY_LEN(city_offices); i++)
		add_office(p, city_offices[i].kind, city_offices[i].suffix, -1, city_offices[i].above);
	for (int t = 0; t < p->towns; t++) {
		p->town[t].org = add_office(p, "town", "妇联", t, OFFICE_CITY);
		p->town[t].police = add_office(p, "police", "派出所", t, OFFICE_POLICE);
		p->town[t].justice = add_office(p, "justice", "司法所", t, OFFICE_JUSTICE);
	}
	for (int c = 0; c < p->comms; c++)
		p->comm[c].org = add_office(p, "community", "妇联", p->towns + c, p->town[p->comm[c].town].org);
}

static const char *area_code(const struct demo_plan *p, int area)
{
	return area < 0 ? p->city : area < p->towns ? p->town[area].code : p->comm[area - p->towns].code;
}

static struct str area_name(const struct demo_plan *p, int area)
{
	return area < 0 ? p->city_name : area < p->towns ? p->town[area].name : p->comm[area - p->towns].name;
}

void demo_org(const struct demo_plan *p, struct arena *a, int i, struct demo_org *ret)
{
	const struct demo_office *o = &p->org[i];
	struct str name = area_name(p, o->area), town = name;
	struct rng r = demo_rng(p, 'O', i);
	must(i >= 0 && i < p->norgs);
	/* A station is called after its town without the word for town. */
	if (o->area >= 0 && o->area < p->towns && strcmp(o->suffix, "妇联") != 0 && str_ends(name, "镇"))
		name.n -= strlen("镇");
	if (o->area >= p->towns)
		town = p->town[p->comm[o->area - p->towns].town].name;
	*ret = (struct demo_org){
		.above = o->above, .kind = str_of(o->kind), .area = str_of(area_code(p, o->area)),
		.name = arena_fmt(a, "%.*s%s", (int)name.n, name.p, o->suffix),
		.address = arena_fmt(a, "%.*s示范路%d号", (int)town.n, town.p, demo_pick(&r, 200) + 1),
		.phone = arena_fmt(a, "0512-000%05d", i),
	};
}

/* ---- staff ---- */

static int add_staff(struct demo_plan *p, enum role role, int org, int area, int seq, int grid)
{
	p->staff[p->nstaff] = (struct demo_post){ .role = (short)role, .seq = (short)seq, .org = org, .area = area, .grid = grid };
	return p->nstaff++;
}

static void make_city_staff(struct demo_plan *p)
{
	add_staff(p, ROLE_LEADER, OFFICE_CITY, -1, 0, -1);
	p->city0 = p->nstaff;
	p->cities = 4;
	for (int i = 0; i < p->cities; i++)
		add_staff(p, ROLE_CITY, OFFICE_CITY, -1, i, -1);
	p->hotline0 = p->nstaff;
	p->hotlines = 6;
	for (int i = 0; i < p->hotlines; i++)
		add_staff(p, ROLE_HOTLINE, OFFICE_HOTLINE, -1, i, -1);
	for (int o = OFFICE_POLICE; o < (int)ARRAY_LEN(city_offices); o++) {
		int s = add_staff(p, ROLE_LIAISON, o, -1, 0, -1);
		if (o == OFFICE_POLICE)
			p->liaison_police = s;
		else if (o == OFFICE_COURT)
			p->liaison_court = s;
		else if (o == OFFICE_CIVIL)
			p->liaison_civil = s;
		else if (o == OFFICE_EDUCATION)
			p->liaison_education = s;
	}
	add_staff(p, ROLE_AUDITOR, OFFICE_CITY, -1, 0, -1);
	add_staff(p, ROLE_ADMIN, OFFICE_CITY, -1, 0, -1);
	add_staff(p, ROLE_SECADMIN, OFFICE_CITY, -1, 0, -1);
}

static void make_field_staff(struct demo_plan *p)
{
	for (int t = 0; t < p->towns; t++) {
		p->town[t].staff0 = p->nstaff;
		for (int i = 0; i < 3; i++)
			add_staff(p, ROLE_TOWN, p->town[t].org, t, i, -1);
		p->town[t].liaison = add_staff(p, ROLE_LIAISON, p->town[t].police, t, 0, -1);
	}
	for (int c = 0; c < p->comms; c++) {
		struct demo_area *m = &p->comm[c];
		int last = -1;
		m->staff0 = add_staff(p, ROLE_COMMUNITY, m->org, p->towns + c, 0, -1);
		for (int g = m->grid0; g < m->grid0 + m->grids; g++) {
			/* Two dedicated grids share a worker. */
			bool shared = p->grid[g].dedicated && last >= 0 && p->grid[g].seq % 2 == 1;
			p->grid[g].worker = shared ? last : add_staff(p, ROLE_GRID, m->org, p->towns + c, 0, g);
			last = p->grid[g].dedicated ? p->grid[g].worker : -1;
		}
	}
}

/* Studios: one a town that has communities, the others over its communities by their number; mediators in turn. */
static void make_studios(struct demo_plan *p)
{
	int n = shrunk(p->scale, STUDIOS, p->towns), hands = shrunk(p->scale, MEDIATORS, n), left = n - p->towns, seen = 0;
	p->studio = NEWN(p->a, struct demo_room, n);
	p->mediator = NEWN(p->a, struct demo_hand, hands);
	for (int t = 0; t < p->towns; t++) {
		struct demo_area *town = &p->town[t];
		int upto = (int)((int64_t)left * (seen + town->comms) / p->comms), more = upto - (int)((int64_t)left * seen / p->comms);
		seen += town->comms;
		int first = p->nstudios;
		p->studio[p->nstudios++] = (struct demo_room){ t, town->org };
		for (int i = 0; i < more; i++) {
			int c = town->comm0 + (int)((int64_t)i * town->comms / more);
			p->studio[p->nstudios++] = (struct demo_room){ p->towns + c, p->comm[c].org };
		}
		/* Cumulative again, so that the sum is exact. */
		int h0 = (int)((int64_t)hands * first / n), h1 = (int)((int64_t)hands * p->nstudios / n);
		town->mediator0 = p->nmediators;
		town->mediators = h1 - h0;
		for (int i = 0; i < h1 - h0; i++) {
			int s = first + i % (p->nstudios - first);
			int staff = add_staff(p, ROLE_MEDIATOR, p->studio[s].org, p->studio[s].area, p->nmediators, -1);
			p->mediator[p->nmediators++] = (struct demo_hand){ staff, s };
		}
	}
}

static bool staff_is_woman(const struct demo_plan *p, int i)
{
	struct rng r = demo_rng(p, 'W', i);
	switch ((enum role)p->staff[i].role) {
	case ROLE_CITY: case ROLE_TOWN: case ROLE_COMMUNITY: return demo_chance(&r, 97);
	case ROLE_GRID: return demo_chance(&r, 65);
	case ROLE_MEDIATOR: return demo_chance(&r, 85);
	case ROLE_HOTLINE: return demo_chance(&r, 90);
	default: return demo_chance(&r, 45);
	}
}

/* 杨舍镇 is the county town; any other city shows its first town with communities. */
static void choose_posts(struct demo_plan *p)
{
	p->show_town = -1;
	for (int t = 0; t < p->towns; t++)
		if (p->town[t].comms && (p->show_town < 0 || str_is(p->town[t].name, "杨舍镇")))
			p->show_town = t;
	const struct demo_area *t = &p->town[p->show_town];
	p->show_comm = t->comm0;
	int last = p->hotline0 + p->hotlines;
	while (p->staff[last].role != ROLE_AUDITOR)
		last++;
	p->posts = (struct demo_posts){
		.leader = 0, .city = p->city0, .hotline = p->hotline0, .auditor = last, .admin = last + 1, .secadmin = last + 2, .town = t->staff0,
		.police = t->liaison, .court = p->liaison_court, .civil = p->liaison_civil, .community = p->comm[p->show_comm].staff0, .grid = p->grid[p->comm[p->show_comm].grid0].worker,
		.mediator = p->mediator[t->mediator0].staff,
	};
}

struct demo_posts demo_posts(const struct demo_plan *p) { return p->posts; }

static const char *post_login(const struct demo_plan *p, int i)
{
	const struct demo_posts *o = &p->posts;
	return i == o->city ? "city" : i == o->town ? "town" : i == o->community ? "community" : i == o->grid ? "grid" : i == o->mediator ? "mediator" :
	       i == o->hotline ? "hotline" : i == o->police ? "police" : i == o->court ? "court" : i == o->civil ? "civil" : NULL;
}

static struct str staff_login(const struct demo_plan *p, struct arena *a, int i)
{
	const char *post = post_login(p, i);
	if (post)
		return str_of(post);
	const struct demo_post *s = &p->staff[i];
	const char *code = area_code(p, s->area);
	switch ((enum role)s->role) {
	case ROLE_CITY: return arena_fmt(a, "city%d", s->seq + 1);
	case ROLE_HOTLINE: return arena_fmt(a, "hotline%d", s->seq + 1);
	case ROLE_TOWN: return arena_fmt(a, "t%s-%d", code + 6, s->seq + 1);
	case ROLE_COMMUNITY: return arena_fmt(a, "s%s", code + 6);
	case ROLE_GRID: return arena_fmt(a, "g%s", p->grid[s->grid].code + 6);
	case ROLE_MEDIATOR: return arena_fmt(a, "m%03d", s->seq + 1);
	case ROLE_LIAISON: return arena_fmt(a, "%s-%s", p->org[s->org].kind, s->area < 0 ? "city" : code + 6);
	default: return str_of(role_name((enum role)s->role));
	}
}

static const char *staff_post(const struct demo_plan *p, int i)
{
	const struct demo_post *s = &p->staff[i];
	static const char *const city[] = { "权益部部长", "权益部干事", "家庭儿童部部长", "家庭儿童部干事" };
	static const char *const town[] = { "妇联主席", "妇联副主席", "妇联干事" };
	switch ((enum role)s->role) {
	case ROLE_LEADER: return "分管领导";
	case ROLE_CITY: return city[s->seq];
	case ROLE_TOWN: return town[s->seq];
	case ROLE_COMMUNITY: return "村（社区）妇联主席";
	case ROLE_GRID: return p->grid[s->grid].dedicated ? "专属网格员" : "网格员";
	case ROLE_MEDIATOR: return "婚姻家庭调解员";
	case ROLE_HOTLINE: return "热线接线员";
	case ROLE_LIAISON: return s->area < 0 ? "联络员" : "社区民警";
	case ROLE_AUDITOR: return "审计管理员";
	case ROLE_ADMIN: return "系统管理员";
	default: return "安全管理员";
	}
}

static struct str skills_of(const struct demo_plan *p, struct arena *a, int mediator)
{
	static const char *const all[] = { "marriage", "emotion", "local", "property", "parenting", "elderly", "law", "psychology", "violence", "debt", "minor", "dialect" };
	struct rng r = demo_rng(p, 'K', mediator);
	BUF_AUTO b = BUF(200);
	int n = 2 + demo_pick(&r, 3);
	bool used[ARRAY_LEN(all)] = { false };
	while (n > 0) {
		/* The first ones are common, the last ones rare. */
		int k = (int)(rng_unit(&r) * rng_unit(&r) * (double)ARRAY_LEN(all));   /* NOLINT(bugprone-integer-division): the length is one */
		if (used[k])
			k = (k + 1) % (int)ARRAY_LEN(all);
		if (used[k]) {
			n--;
			continue;
		}
		used[k] = true;
		buf_printf(&b, "%s%s", b.n ? "," : "", all[k]);
		n--;
	}
	return arena_str(a, buf_view(&b));
}

void demo_staff(const struct demo_plan *p, struct arena *a, int i, struct demo_staff *ret)
{
	must(i >= 0 && i < p->nstaff);
	const struct demo_post *s = &p->staff[i];
	struct rng r = demo_rng(p, 'S', i);
	*ret = (struct demo_staff){
		.org = s->org, .login = staff_login(p, a, i), .role = str_of(role_name((enum role)s->role)), .post = str_of(staff_post(p, i)),
		.area = str_of(s->grid >= 0 && s->role == ROLE_GRID ? p->grid[s->grid].code : area_code(p, s->area)),
		.phone = demo_phone(a, 9999999 - i),
		.skills = s->role == ROLE_MEDIATOR ? skills_of(p, a, s->seq) : STR(""),
		.name = demo_name(p->words, a, &r, demo_surname(p->words, &r), staff_is_woman(p, i)),
	};
}

/* ---- grids, studios, mediators ---- */

void demo_grid(const struct demo_plan *p, struct arena *a, int i, struct demo_grid *ret)
{
	static const char *const sites[] = { "学校", "农贸市场", "工业园", "商业街", "企业", "建设工地", "安置小区", "物流园" };
	must(i >= 0 && i < p->ngrids);
	const struct demo_place *g = &p->grid[i];
	const struct demo_area *c = &p->comm[g->comm];
	struct rng r = demo_rng(p, 'G', i);
	*ret = (struct demo_grid){
		.org = c->org, .worker = g->worker, .code = str_of(g->code), .kind = g->dedicated ? STR("dedicated") : STR("comprehensive"),
		.polygon = demo_ring(a, &g->cell),
		.name = g->dedicated ? arena_fmt(a, "%.*s%s专属网格%d", (int)c->name.n, c->name.p, sites[demo_pick(&r, (int)ARRAY_LEN(sites))], g->seq + 1)
				     : arena_fmt(a, "%.*s第%d网格", (int)c->name.n, c->name.p, g->seq + 1),
	};
}

void demo_studio(const struct demo_plan *p, struct arena *a, int i, struct demo_studio *ret)
{
	must(i >= 0 && i < p->nstudios);
	struct rng r = demo_rng(p, 'Y', i);
	struct str who = demo_surname(p->words, &r), at = area_name(p, p->studio[i].area);
	int luck = demo_pick(&r, 100);
	*ret = (struct demo_studio){
		.org = p->studio[i].org, .area = str_of(area_code(p, p->studio[i].area)),
		.name = arena_fmt(a, "%.*s%.*s%s调解工作室", (int)at.n, at.p, (int)who.n, who.p, demo_chance(&r, 75) ? "阿姨" : "老娘舅"),
		.level = luck < 2 ? STR("gold") : luck < 10 ? STR("model") : luck < 80 ? STR("standard") : STR("start"),
		.address = arena_fmt(a, "%.*s便民服务中心%d楼", (int)at.n, at.p, 1 + demo_pick(&r, 3)), .phone = arena_fmt(a, "0512-001%05d", i),
	};
}

void demo_mediator(const struct demo_plan *p, struct arena *a, int i, struct demo_mediator *ret)
{
	must(i >= 0 && i < p->nmediators);
	const struct demo_hand *m = &p->mediator[i];
	struct rng r = demo_rng(p, 'C', i);
	*ret = (struct demo_mediator){
		.staff = m->staff, .studio = m->studio, .org = p->studio[m->studio].org, .capacity = 6 + demo_pick(&r, 7),
		.area = str_of(area_code(p, p->studio[m->studio].area)), .skills = skills_of(p, a, i),
		.certificate = demo_chance(&r, 80) ? arena_fmt(a, "婚调（演）字%04d号", i + 1) : STR(""),
	};
}

/* ---- the plan ---- */

enum err demo_plan_new(uint64_t seed, double scale, int64_t end_ms, struct demo_plan **ret, struct fault *f)
{
	if (!(scale >= 0.01 && scale <= 100))
		return fail(f, ERR_INVALID, N_("The scale must lie between 0.01 and 100."), NULL);
	struct arena *a = arena_new((size_t)1 << 30);
	struct demo_plan *p = NEW(a, struct demo_plan);
	p->a = a;
	p->seed = seed;
	p->scale = scale;
	p->end = end_ms;
	struct civil c = civil_of(end_ms);
	p->start = day_start(month_first(c.year, c.month - 24));
	p->households = (int64_t)(HOUSEHOLDS * scale + 0.5);
	p->stories = (int64_t)(STORIES * scale + 0.5);
	enum err e = demo_words_new(a, &p->words, f);
	if (e == OK)
		e = read_areas(p, f);
	if (e != OK) {
		arena_free(a);
		return e;
	}
	make_grids(p);
	make_orgs(p);
	p->staff = NEWN(a, struct demo_post, 64 + 4 * p->towns + p->comms + p->ngrids + MEDIATORS + p->towns);
	make_city_staff(p);
	make_field_staff(p);
	make_studios(p);
	choose_posts(p);
	lay_out(p);
	*ret = p;
	return OK;
}

void demo_plan_free(struct demo_plan *p)
{
	if (p)
		arena_free(p->a);
}

struct demo_counts demo_counts(const struct demo_plan *p)
{
	return (struct demo_counts){ p->norgs, p->nstaff, p->ngrids, p->ncomprehensive, p->nstudios, p->nmediators, p->households, p->stories };
}

int64_t demo_start(const struct demo_plan *p) { return p->start; }
