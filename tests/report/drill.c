/* Every figure of a made month leads to a list of exactly as many records. */
#include "../absorb/river.h"
#include "report/month.h"

static int64_t hear(struct city *p, const char *source, const char *received, const char *area)
{
	struct done d;
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", .area = str_of(area),
		INPUTS(IN("source", source), IN("text", "夫妻为钱争吵"), IN("received", received)) }, &d));
	return d.id;
}

static int64_t case_of(struct city *p, int64_t clue, const char *kind, const char *grade)
{
	NEED_OK(DO(TOWNW, "clue", "confirm", clue, IN("family", "1"), IN("kind", kind), IN("grade", grade)));
	NEED_OK(DO0(TOWNW, "clue", "open", clue));
	return rec_int(get(p, "clue", clue), "case_file");
}

static void live(struct city *p)
{
	hear(p, "grid", "2026-10-31 23:30", COMM);       /* heard in October, typed in November */
	hear(p, "hotline12345", "2025-11-02 10:00", COMM);
	int64_t away = hear(p, "police", "2026-11-03 09:00", COMM);
	NEED_OK(DO(TOWNW, "clue", "refer", away, IN("refer_to", "police"), IN("not_family", "other"), IN("note", "不属于")));
	static const char *const answers[] = { "good", "bad", "none" };
	for (int i = 0; i < 3; i++) {
		int64_t id = case_of(p, hear(p, i ? "grid" : "web", "2026-11-20 09:00", COMM), i ? "M05" : "M01", i == 2 ? "blue" : "yellow");
		take(p, id);
		if (i == 2) {
			NEED_OK(DO(MEIW, "case", "withdraw", id, IN("outcome", "withdrawn"), IN("note", "不谈了")));
			continue;
		}
		settle(p, id);
		struct seen v = kids(p, "visit", id);
		for (size_t k = 0; k < v.n; k++) {
			if (i && k == 1)
				NEED_OK(DO(MEIW, "visit", "skip", v.r[k]->id, IN("note", "搬走")));
			else
				NEED_OK(DO(MEIW, "visit", "visit", v.r[k]->id, IN("result", "performed"), IN("satisfaction", answers[(k + i) % 3]), IN("safe_now", "yes"),
					   IN("text", "好")));
		}
		NEED_OK(DO0(MEIW, "case", "close", id));
	}
	case_of(p, hear(p, "grid", "2026-11-21 09:00", COMM), "M05", "yellow");
	new_case(p, "M07", "orange");
}

static int compare(struct city *p, struct ctx *c, const struct month *m, int dim, struct str key, const struct month_line *l)
{
	int looked = 0;
	for (int w = 0; w < MONTH_WHENS; w++)
		for (int f = 0; f < FIG_COUNT; f++) {
			struct month_link k;
			int64_t n = -1;
			if (!month_link(c, m, (enum month_fig)f, (enum month_dim)dim, key, (enum month_when)w, &k))
				continue;
			struct see q = { .type = k.type, .filters = k.f, .nfilters = k.n };
			NEED_OK(see_count(c, &q, 1000, &n));
			if (n != l->n[w][f])
				printf("# %s of block %d line %.*s, period %d: %lld in the table, %lld in the list\n", month_figs[f].name, dim, (int)key.n, key.p, w,
				       (long long)l->n[w][f], (long long)n);
			CHECK(n == l->n[w][f]);
			looked += n > 0;
		}
	(void)p;
	return looked;
}

TEST(every_figure_leads_to_as_many_records)
{
	struct city here, *p = &here;
	struct ctx c;
	static const char *const areas[] = { CITY, TOWN, COMM, "" };
	city_open(p);
	live(p);
	for (size_t i = 0; i < ARRAY_LEN(areas); i++)
		for (int month = 11; month <= 12; month++) {
			struct month m;
			int looked = 0;
			ctx_at(p, &c, &actor_system);
			NEED_OK(ctx_read(&c));
			NEED_OK(month_make(&c, 2026, month, str_of(areas[i]), &m));
			looked += compare(p, &c, &m, DIM_TOTAL, STR(""), &m.total);
			for (int d = 0; d < DIM_COUNT; d++)
				for (size_t k = 0; k < m.block[d].nlines; k++)
					looked += compare(p, &c, &m, d, m.block[d].lines[k].key, &m.block[d].lines[k]);
			CHECK(looked >= 20);
		}
	city_close(p);
}

/* The city's and the town's table come from the months, the community's from the days: they say the same. */
TEST(months_and_days_agree)
{
	struct city here, *p = &here;
	struct month town, comm;
	struct ctx c;
	city_open(p);
	live(p);
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(month_make(&c, 2026, 11, STR(TOWN), &town));
	NEED_OK(month_make(&c, 2026, 11, STR(COMM), &comm));
	CHECK(town.total.n[MONTH_NOW][FIG_CASE_OPEN] == 5 && comm.total.n[MONTH_NOW][FIG_CASE_OPEN] == 4);   /* one is the town's own */
	for (int w = 0; w < MONTH_WHENS; w++)
		for (int f = 0; f < FIG_COUNT; f++)
			CHECK(comm.total.n[w][f] == town.total.n[w][f] - (w == MONTH_NOW && (f == FIG_CASE_OPEN)));
	city_close(p);
}
