/* Why: a scale is data (codes/scale.tsv, scale-CODE.tsv, scale_rule.tsv), so that an office can bring one it has a licence for and no rule hides in
 * code. What comes out is a proposal with its reasons: a person decides (个人信息保护法 24).
 * Invariants: the highest level whose rule holds is proposed; what is not clear never counts as no; a new edition changes no old result. */
#include "absorb/absorb.h"
#include "absorb/scale.h"

static struct str label_of(const struct ctx *c, const struct code *k) { return c->lang == LANG_ZH ? k->zh : k->en; }

static bool in_force(struct ctx *c, const struct code *k)
{
	struct str from = code_more(c->app->codes, "scale", k->code, "valid_from"), to = code_more(c->app->codes, "scale", k->code, "valid_to");
	int64_t ms;
	if (str_is(code_more(c->app->codes, "scale", k->code, "status"), "retired"))
		return false;
	if (from.n && date_parse(from, &ms) && c->now < ms)
		return false;
	return !(to.n && date_parse(to, &ms) && c->now >= ms + MS_DAY);
}

enum err scale_get(struct ctx *c, struct str code, struct scale *ret)
{
	const struct code *k = code_find(c->app->codes, "scale", code);
	if (!k)
		return fail(c->f, ERR_NOT_FOUND, NULL, "no scale");
	struct scale s = { .code = k->code, .label = label_of(c, k), .in_force = in_force(c, k) };
	static const char *const cols[] = { "version", "author", "licence", "source", "population", "note", "status" };
	struct str *const into[] = { &s.edition, &s.owner, &s.licence, &s.source, &s.population, &s.note, &s.status };
	for (size_t i = 0; i < ARRAY_LEN(cols); i++)
		*into[i] = code_more(c->app->codes, "scale", k->code, cols[i]);
	s.list = arena_printf(c->a, "scale-%.*s", (int)k->code.n, k->code.p);
	const struct code *items = codes_list(c->app->codes, s.list, &s.n);
	s.item = NEWN(c->a, struct scale_item, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		int64_t w = 0;
		(void)str_int(code_more(c->app->codes, s.list, items[i].code, "weight"), &w);
		s.item[i] = (struct scale_item){ .code = items[i].code, .text = label_of(c, &items[i]), .group = code_more(c->app->codes, s.list, items[i].code, "group"),
			.weight = w, .care = str_is(code_more(c->app->codes, s.list, items[i].code, "care"), "1"),
			.minor = str_is(code_more(c->app->codes, s.list, items[i].code, "minor"), "1") };
	}
	*ret = s;
	return s.n ? OK : fail(c->f, ERR_NOT_FOUND, NULL, "a scale without items");
}

size_t scale_list(struct ctx *c, const struct code **ret, size_t max)
{
	size_t n, m = 0;
	const struct code *k = codes_list(c->app->codes, "scale", &n);
	for (size_t i = 0; i < n && m < max; i++)
		if (in_force(c, &k[i]))
			ret[m++] = &k[i];
	return m;
}

/* "C1=yes C2=no", blanks and lines between them. */
struct str scale_answer(struct str answers, struct str item)
{
	while (answers.p && answers.n) {
		size_t i = 0;
		while (i < answers.n && answers.p[i] != ' ' && answers.p[i] != '\n')
			i++;
		struct str one = { answers.p, i }, value, name = str_cut(one, '=', &value);
		answers = (struct str){ answers.p + i + (i < answers.n), answers.n - i - (i < answers.n) };
		if (str_eq(str_trim(name), item))
			return str_trim(value);
	}
	return STR_NONE;
}

/* Every item is answered, by a code of codes/yesno4.tsv, and nothing else is said. */
static bool whole(struct ctx *c, const struct scale *s, struct str answers)
{
	size_t words = 0;
	for (size_t i = 0; i < answers.n; i++)
		words += answers.p[i] == '=';
	for (size_t i = 0; i < s->n; i++)
		if (!code_find(c->app->codes, "yesno4", scale_answer(answers, s->item[i].code)))
			return false;
	return words == s->n;
}

static int64_t tell(const struct scale *s, struct str answers, struct str group, struct str what)
{
	int64_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct str a = scale_answer(answers, s->item[i].code);
		bool yes = str_is(a, "yes"), open = str_is(a, "unclear") || str_is(a, "unwilling");
		if (s->item[i].care || (!str_is(group, "*") && !str_eq(group, s->item[i].group)))
			continue;
		n += str_is(what, "sum") ? (yes ? s->item[i].weight : 0) : str_is(what, "open") ? open : yes;
	}
	return n;
}

/* Which items made a rule hold, for the reader. */
static void name_items(const struct scale *s, struct str answers, struct str group, bool open, struct buf *b)
{
	for (size_t i = 0; i < s->n; i++) {
		struct str a = scale_answer(answers, s->item[i].code);
		bool hit = open ? str_is(a, "unclear") || str_is(a, "unwilling") : str_is(a, "yes");
		if (hit && !s->item[i].care && str_eq(group, s->item[i].group))
			buf_printf(b, "\n  %.*s %.*s", (int)s->item[i].code.n, s->item[i].code.p, (int)s->item[i].text.n, s->item[i].text.p);
	}
}

static void judge_rules(struct ctx *c, const struct scale *s, struct str answers, struct scale_result *o, struct buf *why)
{
	size_t n;
	const struct code *k = codes_list(c->app->codes, "scale_rule", &n);
	for (size_t i = 0; i < n; i++) {
#define CELL(col) code_more(c->app->codes, "scale_rule", k[i].code, col)
		int64_t from = 0;
		struct str group = CELL("group"), what = CELL("answer"), level = CELL("level");
		if (!str_eq(CELL("scale"), s->code) || !str_int(CELL("from"), &from) || tell(s, answers, group, what) < from)
			continue;
#undef CELL
		if (!from && o->level.n)   /* “none of these” is said only when nothing else is */
			continue;
		struct str text = label_of(c, &k[i]), name = code_label(c->app->codes, "grade", level, c->lang);
		buf_printf(why, "%s%.*s → %.*s", why->n ? "\n" : "", (int)text.n, text.p, (int)name.n, name.p);
		name_items(s, answers, group, str_is(what, "open"), why);
		if (!o->level.n || absorb_rank(level) < absorb_rank(o->level))
			o->level = level;
	}
}

enum err scale_judge(struct ctx *c, const struct scale *s, struct str answers, bool alone, struct scale_result *ret)
{
	struct scale_result o = { 0 };
	BUF_AUTO why = BUF(20000);
	if (!whole(c, s, answers))
		return fail(c->f, ERR_INVALID, N_("Please answer every item; “Not clear” will do."), NULL);
	judge_rules(c, s, answers, &o, &why);
	for (size_t i = 0; i < s->n; i++) {
		struct str a = scale_answer(answers, s->item[i].code);
		o.score += str_is(a, "yes") ? s->item[i].weight : 0;
		o.unclear += str_is(a, "unclear") || str_is(a, "unwilling");
		o.care |= s->item[i].care && str_is(a, "yes");
		o.minor |= s->item[i].minor && str_is(a, "yes");
	}
	if (!alone) {
		buf_printf(&why, "\n%s", TRC(c, N_("Not asked alone: what was said may be what he allows. To be asked again; taken as orange at least.")));
		if (absorb_rank(o.level) > 2)
			o.level = STR("orange");
	}
	o.reasons = arena_str(c->a, buf_view(&why));
	*ret = o;
	return OK;
}
