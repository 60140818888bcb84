/* Why: who wrote to us, or is a party of a case, can see how it stands and say more without a log-in and without a name.
 * Invariants: the digits are nowhere in the store; every wrong receipt gives the same answer; a receipt sees one side or none. */
#include "absorb/absorb.h"
#include <stdio.h>

struct str receipt_digits(struct ctx *c)
{
	uint64_t v;
	do
		random_bytes(&v, sizeof v);
	while (v >= UINT64_C(18440000000000000000));   /* 1,844 × 10^16: no digit likelier than another */
	return arena_fmt(c->a, "%016llu", (unsigned long long)(v % UINT64_C(10000000000000000)));
}

enum err receipt_for_clue(struct ctx *c, const unsigned char mark[16], int64_t clue)
{
	return db_exec(c->db, c->f, "INSERT INTO portal_receipt (hash, clue, ms) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING",
		       ARGS(VB(mark, 16), VI(clue), VI(c->now)), NULL);
}

enum err receipt_for_party(struct ctx *c, const unsigned char mark[16], int64_t party)
{
	struct rec *r;
	TRY(see_one(c, "party", party, &r));
	if (may(c, r->t, "edit", r) != MAY_ALLOW)
		return fail(c->f, ERR_DENIED, NULL, "receipt of a party");
	if (!str_is(rec_str(c, r, "side"), "a") && !str_is(rec_str(c, r, "side"), "b"))
		return fail(c->f, ERR_STATE, N_("Only party A and party B get a number of their own."), NULL);
	bool hidden;
	TRY(absorb_hidden_side(c, r->parent, rec_str(c, r, "side"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody on this side is suspected of harming the child and must not learn of the case: no number is given to this side."), NULL);
	TRY(db_exec(c->db, c->f, "DELETE FROM portal_receipt WHERE party = ?", ARGS(VI(party)), NULL));
	TRY(db_exec(c->db, c->f, "INSERT INTO portal_receipt (hash, clue, ms, party) VALUES (?, 0, ?, ?)", ARGS(VB(mark, 16), VI(c->now), VI(party)), NULL));
	return journal_note(c, "receipt", "party", party, "ok", STR("{}"));
}

enum err receipt_void(struct ctx *c, int64_t party) { return db_exec(c->db, c->f, "DELETE FROM portal_receipt WHERE party = ?", ARGS(VI(party)), NULL); }

enum err receipts_void(struct ctx *c, int64_t kase, struct str side)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "party", kase, &s));
	for (size_t i = 0; i < s.n; i++)
		if (str_eq(rec_str(&in, s.r[i], "side"), side))
			TRY(receipt_void(c, s.r[i]->id));
	return OK;
}

static enum err row_of(struct ctx *c, const unsigned char mark[16], struct receipt *ret, bool *ret_found)
{
	ROWS q = NULL;
	TRY(db_rows(c->db, c->f, "SELECT clue, party, withdrawn FROM portal_receipt WHERE hash = ?", ARGS(VB(mark, 16)), &q));
	TRY(rows_next(q, ret_found));
	if (*ret_found) {
		*ret = (struct receipt){ .clue = rows_int(q, 0), .party = rows_int(q, 1), .withdrawn = rows_int(q, 2) };
		memcpy(ret->mark, mark, 16);
	}
	return OK;
}

/* The clue it was merged into speaks for it. */
static enum err clue_of(struct ctx *in, int64_t id, struct rec **ret)
{
	struct rec *r;
	TRY(see_one(in, "clue", id, &r));
	for (int i = 0; i < 5 && rec_in(r, "merged") && rec_has(r, "merged_into"); i++)
		TRY(see_one(in, "clue", rec_int(r, "merged_into"), &r));
	*ret = r;
	return OK;
}

static enum err of_clue(struct ctx *in, struct receipt *o)
{
	struct rec *r;
	TRY(clue_of(in, o->clue, &r));
	o->kase = rec_in(r, "opened") ? rec_int(r, "case_file") : 0;
	/* Who wrote it may be whom it is now about: of the clue that this receipt is of, not of the one it was merged into. */
	TRY(see_one(in, "clue", o->clue, &r));
	return absorb_suspect_is(in, o->kase, &(struct whom){ .name = rec_str(in, r, "reporter_name"), .phone = rec_str(in, r, "reporter_phone") }, true, &o->shut);
}

enum err receipt_of_clue(struct ctx *c, int64_t clue, struct receipt *ret)
{
	struct ctx in = ctx_inside(c);
	in.labels = NULL;
	*ret = (struct receipt){ .clue = clue };
	return of_clue(&in, ret);
}

enum err receipt_find(struct ctx *c, const unsigned char mark[16], const unsigned char old[16], struct receipt *ret)
{
	struct ctx in = ctx_inside(c);
	struct receipt o = { 0 };
	struct rec *r;
	bool found;
	in.labels = NULL;
	TRY(row_of(&in, mark, &o, &found));
	if (!found && old)
		TRY(row_of(&in, old, &o, &found));
	if (!found)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	if (o.party) {
		TRY(see_one(&in, "party", o.party, &r));
		if (!rec_in(r, "listed"))
			return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
		struct str side = rec_str(&in, r, "side");
		bool hidden;
		TRY(absorb_hidden_side(&in, r->parent, side, &hidden));
		if (hidden)
			return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
		o.kase = r->parent;
		snprintf(o.side, sizeof o.side, "%.*s", (int)side.n, side.p ? side.p : "");
	} else {
		TRY(of_clue(&in, &o));
	}
	*ret = o;
	return OK;
}

void receipt_actor(const struct receipt *r, struct actor *ret)
{
	*ret = (struct actor){ .role = ROLE_CITIZEN, .face = "portal", .kase = r->shut ? 0 : r->kase, .clue = r->shut ? 0 : r->clue };
	memcpy(ret->side, r->side, sizeof ret->side);
}

enum err receipt_standing(struct ctx *c, const struct receipt *o, int *ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	int at = 2;
	in.labels = NULL;
	if (!o->party) {
		TRY(clue_of(&in, o->clue, &r));
		at = rec_in(r, "new") ? 1 : rec_in(r, "referred|closed") ? 3 : 2;
	}
	if (o->kase && !o->shut) {
		TRY(see_one(&in, "case", o->kase, &r));
		if (rec_in(r, "closed|archived"))
			at = 3;
	}
	*ret = at;
	return OK;
}

/* There is no case yet: it stands on the clue, below what she said first. */
static enum err say_to_clue(struct ctx *c, const struct receipt *o, struct str text)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	struct done d;
	TRY(clue_of(&in, o->clue, &r));
	BUF_AUTO b = BUF(65536);
	buf_str(&b, rec_str(&in, r, "more"));
	buf_printf(&b, "%s〔", b.n ? "\n" : "");
	datetime_put(&b, c->now);
	buf_cstr(&b, "〕");
	buf_str(&b, text);
	TRY(act_inner(c, &(struct act){ .type = "clue", .verb = "supplement", .id = r->id, INPUTS(INPUT("more", buf_view(&b))) }, &d));
	if (r->owner)
		TRY(notice_put(c, r->owner, 0, d.rec, N_("Something was added to a clue")));
	return notice_put(c, 0, r->org, d.rec, N_("Something was added to a clue"));
}

enum err receipt_say(struct ctx *c, const struct receipt *o, struct str text, bool withdraw, struct str idem)
{
	struct done d;
	if (withdraw && !text.n)
		text = STR("本人请求撤回。");
	if (withdraw)
		TRY(db_exec(c->db, c->f, "UPDATE portal_receipt SET withdrawn = ? WHERE hash = ?", ARGS(VI(c->now), VB(o->mark, 16)), NULL));
	if (!o->kase)
		return say_to_clue(c, o, withdraw ? arena_fmt(c->a, "【请求撤回】%.*s", (int)text.n, text.p) : text);
	struct input in[4] = { INPUT("side", o->side[0] ? str_of(o->side) : STR("other")), INPUT("kind", withdraw ? STR("withdraw") : STR("said")), INPUT("text", text) };
	size_t n = 3;
	if (!o->party)
		in[n++] = (struct input)INPUT("clue", arena_fmt(c->a, "%lld", (long long)o->clue));
	return act_inner(c, &(struct act){ .type = "message", .verb = "said", .parent = o->kase, .in = in, .nin = n, .idem = idem }, &d);
}

enum err receipt_hand_in(struct ctx *c, const struct receipt *o, struct str idem, bool *ret_again)
{
	struct done d = { 0 };
	struct input in[2] = { INPUT("kind", STR("photo")), INPUT("side", o->side[0] ? str_of(o->side) : STR("other")) };
	struct act act = { .type = o->kase ? "document" : "clue_document", .verb = "said", .parent = o->kase ? o->kase : o->clue, .in = in, .nin = o->kase ? 2 : 1, .idem = idem };
	TRY(act_inner(c, &act, &d));
	*ret_again = d.again;
	return OK;
}
