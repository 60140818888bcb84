/* Why: the same woman calls the hotline, is met by the grid worker and stands in a police list: her history must be found.
 * And two women of one name must never become one. So: exact finds through blind indexes, a score with reasons, and a
 * person who decides.
 * Invariants: two different ID numbers never match; a score of 100 means the same ID number. */
#include "people/inner.h"
#include "people/twin.h"
#include "text/text.h"

#define FOUND_MAX 160

struct found { struct rec *r; unsigned reasons; };
struct finding { struct found v[FOUND_MAX]; size_t n; };

static void found_add(struct finding *fs, const struct seen *s, unsigned reason)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t k = 0;
		while (k < fs->n && fs->v[k].r->id != s->r[i]->id)
			k++;
		if (k == FOUND_MAX)
			continue;
		if (k == fs->n)
			fs->v[fs->n++] = (struct found){ s->r[i], 0 };
		fs->v[k].reasons |= reason;
	}
}

static enum err find_by(struct ctx *c, struct finding *fs, const char *field, struct str v, unsigned reason)
{
	struct seen s;
	if (!v.n)
		return OK;
	TRY(see_same(c, "person", field, v, &s));
	found_add(fs, &s, reason);
	return OK;
}

/* Everybody of the households at this address. */
static enum err find_by_address(struct ctx *c, struct finding *fs, struct str address)
{
	struct seen homes, s;
	if (!address.n)
		return OK;
	TRY(see_same(c, "household", "address", address, &homes));
	for (size_t i = 0; i < homes.n && i < 3; i++) {
		const struct filter by[] = { { STR("household"), arena_fmt(c->a, "%lld", (long long)homes.r[i]->id) } };
		TRY(see(c, &(struct see){ .type = "person", .filters = by, .nfilters = 1, .limit = 20 }, &s));
		found_add(fs, &s, MATCH_ADDRESS);
	}
	return OK;
}

static int score_of(unsigned reasons)
{
	if (reasons & MATCH_IDNO)
		return 100;
	int n = (reasons & MATCH_PHONE ? 55 : 0) + (reasons & MATCH_NAME ? 25 : 0) + (reasons & MATCH_ADDRESS ? 25 : 0) + (reasons & MATCH_BIRTH ? 20 : 0) +
		(reasons & MATCH_TOWN ? 10 : 0);
	return n > 95 ? 95 : n;
}

/* Drops who cannot be meant; adds the reasons that no index gives. */
static bool weigh(struct ctx *c, const struct match_ask *q, struct found *f)
{
	if (!(f->reasons & MATCH_IDNO) && q->idno.n && rec_has(f->r, "idno"))
		return false;
	if (q->birth && rec_has(f->r, "birth")) {
		if (rec_int(f->r, "birth") == q->birth)
			f->reasons |= MATCH_BIRTH;
		else if (!(f->reasons & (MATCH_IDNO | MATCH_PHONE)))
			return false;
	}
	if (q->area.n >= 9 && f->r->area.n >= 9 && memcmp(q->area.p, f->r->area.p, 9) == 0)
		f->reasons |= MATCH_TOWN;
	/* A name or a roof alone is no sameness: another person of the household, another woman of the name. */
	unsigned strong = f->reasons & (MATCH_IDNO | MATCH_PHONE | MATCH_NAME | MATCH_ADDRESS);
	if (strong == MATCH_ADDRESS)
		return false;
	return rec_in(f->r, "active");
}

enum err people_match(struct ctx *c, const struct match_ask *q, struct match *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	struct finding *fs = NEW(c->a, struct finding);
	struct match_ask ask = *q;
	struct str idno;
	char digit;
	size_t n = 0;
	/* A wrong number finds nobody and forbids nobody. */
	if (ask.idno.n && idno_check(c->a, ask.idno, day_of(c->now), &idno, &digit) == IDNO_OK)
		ask.idno = idno;
	else
		ask.idno = STR_NONE;
	TRY(find_by(&in, fs, "idno", ask.idno, MATCH_IDNO));
	TRY(find_by(&in, fs, "phone", ask.phone, MATCH_PHONE));
	TRY(find_by(&in, fs, "name", ask.name, MATCH_NAME));
	TRY(find_by_address(&in, fs, ask.address));
	for (size_t i = 0; i < fs->n; i++) {
		/* Who was found to be one person is found as one, with all that fits of either record. */
		struct rec *lead = fs->v[i].r;
		TRY(twin_lead(c, &lead));
		if (lead == fs->v[i].r)
			continue;
		size_t k = 0;
		while (k < fs->n && (fs->v[k].r->id != lead->id))
			k++;
		if (k < fs->n)
			fs->v[k].reasons |= fs->v[i].reasons;
		fs->v[i].r = k < fs->n ? NULL : lead;
	}
	for (size_t i = 0; i < fs->n; i++) {
		if (!fs->v[i].r)
			continue;
		if (!weigh(c, &ask, &fs->v[i]))
			continue;
		struct match m = { .person = fs->v[i].r->id, .household = rec_int(fs->v[i].r, "household"), .reasons = fs->v[i].reasons,
				   .score = score_of(fs->v[i].reasons) };
		/* Insertion: best first; a full list loses its last. */
		size_t k = n < max ? n++ : max;
		for (; k > 0 && ret[k - 1].score < m.score; k--)
			if (k < max)
				ret[k] = ret[k - 1];
		if (k < max)
			ret[k] = m;
	}
	*ret_n = n;
	return OK;
}

struct str people_match_why(struct ctx *c, unsigned reasons)
{
	static const struct { unsigned bit; const char *text; } said[] = {
		{ MATCH_IDNO, N_("same ID number") }, { MATCH_PHONE, N_("same phone") }, { MATCH_NAME, N_("same name") },
		{ MATCH_ADDRESS, N_("same address") }, { MATCH_BIRTH, N_("same birth date") }, { MATCH_TOWN, N_("same town") },
	};
	BUF_AUTO b = BUF(512);
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		if (!(reasons & said[i].bit))
			continue;
		if (b.n)
			buf_cstr(&b, c->lang == LANG_ZH ? "、" : ", ");
		buf_cstr(&b, TRC(c, said[i].text));
	}
	return arena_str(c->a, buf_view(&b));
}

static enum err make_person(struct ctx *c, const struct match_ask *q, int64_t *ret)
{
	struct input in[4];
	size_t n = 0;
	struct done d;
	if (q->name.n)
		in[n++] = INPUT("name", q->name);
	if (q->phone.n)
		in[n++] = INPUT("phone", q->phone);
	if (q->idno.n)
		in[n++] = INPUT("idno", q->idno);
	if (q->birth) {
		BUF_AUTO b = BUF(64);
		date_put(&b, q->birth);
		in[n++] = INPUT("birth", arena_str(c->a, buf_view(&b)));
	}
	TRY(act_inner(c, &(struct act){ .type = "person", .verb = "create", .in = in, .nin = n, .area = q->area, .owner = c->actor->user }, &d));
	*ret = d.id;
	return OK;
}

enum err people_person(struct ctx *c, const struct match_ask *q, int64_t *ret, bool *ret_made)
{
	struct match m[4];
	size_t n;
	bool made = false;
	if (!q->name.n && !q->phone.n) {
		fault_field(c->f, "name", N_("Please give a name or a phone number."), NULL);
		return fail(c->f, ERR_INVALID, NULL, NULL);
	}
	TRY(people_match(c, q, m, ARRAY_LEN(m), &n));
	bool sure = n && ((m[0].reasons & MATCH_IDNO) || ((m[0].reasons & MATCH_PHONE) && (m[0].reasons & MATCH_NAME)));
	/* Two that fit equally well: nobody decided between them, so neither is taken. */
	if (sure && n > 1 && m[1].score == m[0].score)
		sure = false;
	if (sure) {
		*ret = m[0].person;
	} else {
		TRY(make_person(c, q, ret));
		made = true;
	}
	if (ret_made)
		*ret_made = made;
	return OK;
}
