/* Why: one case, one file (一案一卷, 人民调解法 27): what lies in the archive is bound in the order of the forms of 2010, counted and listed, so that
 * nobody can take a leaf out of it, and whoever binds it forgets none.
 * Invariants: names stand in it as its maker reads them, masked; no phone, address, ID number, no word of the vault, of a mandatory report, of a shelter or of a
 * plan for her safety. A paper of one side is in the file of that side alone: the file that both may ask to read holds only what both know, and with
 * violence flagged not even how it came to be known. A paper that would hold an address is left out, and the last page says that something was. */
#include "absorb/bound.h"
#include "absorb/absorb.h"
#include "absorb/papers.h"
#include "record/files.h"

#define LEAVES 2000
#define PDF_PAGES 300      /* of one scan: a thicker one stays beside the file */

/* A paper in the file: words that we set, or what was handed in. */
struct leaf { struct document d; const struct rec *scan; struct str title, day; int from, pages; };
struct binding {
	struct ctx *c, in;         /* in: the maker's own sight, in Chinese */
	const struct rec *kase;
	struct str side;
	struct leaf *v;
	size_t n;
	int scans, unread, out[BOUND_OUT_COUNT];
};

static void leave_out(struct binding *b, enum bound_out why) { b->out[why]++; }

static struct str shown(struct binding *b, const struct rec *r, const char *field)
{
	struct str s = rec_show(&b->in, r, field_at(r->t, field));
	return s.p ? s : STR("");
}

static struct str day_of_field(struct binding *b, const struct rec *r, const char *field)
{
	struct str s = shown(b, r, field);
	return (struct str){ s.p, s.n > 10 ? 10 : s.n };
}

/* ---- one paper ---- */

static struct pages leaf_begin(struct binding *b, const struct rec *r, const char *title)
{
	struct pages p = { .c = b->c, .in = b->in, .r = r, .p = NEWN(b->c->a, struct para, PAPER_PARAS) };
	page_title(&p, title);
	return p;
}

static void leaf_end(struct binding *b, struct pages *p, struct str day)
{
	struct document d = { .title = p->p[0].text, .footer = b->kase->number, .p = p->p, .n = p->n };
	if (b->n < LEAVES)
		b->v[b->n++] = (struct leaf){ .d = d, .title = d.title, .day = day };
	else
		leave_out(b, OUT_MANY);
}

static void line_of(struct binding *b, struct pages *p, const char *label, const char *field) { page_line(p, label, shown(b, p->r, field)); }

static bool of_side(struct binding *b, const struct rec *r)
{
	struct str s = rec_str(&b->in, r, "side");
	return str_is(s, "both") || (b->side.n && str_eq(s, b->side));
}

/* What the wall would not let into a paper that both read is not bound either. */
static enum err add_checked(struct binding *b, struct pages *p, struct str day)
{
	struct ctx *c = b->c;
	struct str *texts = NEWN(c->a, struct str, p->n + 1);
	struct fault kept = *c->f;
	for (size_t i = 0; i < p->n; i++)
		texts[i] = p->p[i].text.p ? p->p[i].text : STR("");
	enum err e = absorb_paper_joint(c, b->kase->id, texts, p->n);
	if (e == ERR_STATE) {
		*c->f = kept;
		leave_out(b, OUT_WORDS);
		return OK;
	}
	TRY(e);
	leaf_end(b, p, day);
	return OK;
}

/* ---- what was handed in ---- */

/* The place of a kind in the order of the forms; what is only for the ear is listed and stays where it is. */
static int place_of(struct binding *b, const struct rec *r)
{
	static const struct { const char *kind; int place; } v[] = { { "paper", 4 }, { "identity", 3 }, { "photo", 6 }, { "chat", 6 }, { "medical", 6 }, { "police", 6 }, { "property", 6 } };
	struct str kind = rec_str(&b->in, r, "kind");
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (str_is(kind, v[i].kind))
			return v[i].place;
	return 6;
}

static enum err scans_at(struct binding *b, int place, const struct seen *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct rec *r = s->r[i];
		struct str kind = shown(b, r, "kind"), name = shown(b, r, "name");
		if (place_of(b, r) != place || rec_in(r, "removed"))
			continue;
		if (r->sight != SIGHT_FULL || !of_side(b, r) || b->n >= LEAVES) {
			leave_out(b, r->sight != SIGHT_FULL ? OUT_SIGHT : !of_side(b, r) ? OUT_SIDE : OUT_MANY);
			continue;
		}
		struct str title = arena_fmt(b->c->a, "%.*s（%.*s）", (int)(kind.n ? kind.n : 6), kind.n ? kind.p : "材料", (int)name.n, name.p);
		/* A file's name is a text too. */
		struct fault kept = *b->c->f;
		enum err e = absorb_paper_joint(b->c, b->kase->id, &title, 1);
		if (e == ERR_STATE)
			title = kind.n ? kind : STR("材料");
		else
			TRY(e);
		*b->c->f = kept;
		b->v[b->n++] = (struct leaf){ .scan = r, .title = title, .day = date_str(b->c->a, r->created) };
		b->scans++;
	}
	return OK;
}

/* ---- the papers of the record ---- */

static enum err add(struct binding *b, const struct rec *r, void (*make)(struct pages *), struct str day)
{
	struct pages p = { .c = b->c, .in = b->in, .r = r, .p = NEWN(b->c->a, struct para, PAPER_PARAS), .masked = true };
	make(&p);
	TRY(p.e);
	return add_checked(b, &p, day);
}

static enum err sessions(struct binding *b)
{
	struct seen s;
	TRY(see_children(&b->in, "session", b->kase->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->sight != SIGHT_FULL || !of_side(b, s.r[i]))
			leave_out(b, s.r[i]->sight != SIGHT_FULL ? OUT_SIGHT : OUT_SIDE);
		else
			TRY(add(b, s.r[i], leaf_session, day_of_field(b, s.r[i], "held")));
	return OK;
}

static enum err agreements(struct binding *b)
{
	struct seen s;
	TRY(see_children(&b->in, "agreement", b->kase->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (!rec_in(s.r[i], "signed|performed|breached"))
			continue;
		else if (s.r[i]->sight != SIGHT_FULL)
			leave_out(b, OUT_SIGHT);
		else
			TRY(add(b, s.r[i], leaf_agreement, shown(b, s.r[i], "signed_on")));
	return OK;
}

static enum err duties(struct binding *b)
{
	struct seen s;
	size_t n = 0;
	TRY(see_children(&b->in, "duty", b->kase->id, &s));
	for (size_t i = 0; i < s.n; i++)
		n += s.r[i]->sight == SIGHT_FULL;
	return n ? add(b, b->kase, leaf_duties, STR("")) : OK;
}

static enum err visits(struct binding *b)
{
	struct seen s;
	TRY(see_children(&b->in, "visit", b->kase->id, &s));
	for (size_t i = 0; i < s.n; i++) {
		const struct rec *r = s.r[i];
		if (!rec_in(r, "done"))
			continue;
		/* Of whom it is not said, it is nobody's; and what follows a letter, an order or a shelter is hers. */
		struct str why = rec_str(&b->in, r, "why");
		if (r->sight != SIGHT_FULL)
			leave_out(b, OUT_SIGHT);
		else if (why.n && !str_is(why, "case"))
			leave_out(b, OUT_PROTECT);
		else if (!of_side(b, r))
			leave_out(b, OUT_SIDE);
		else
			TRY(add(b, r, leaf_visit, day_of_field(b, r, "done_at")));
	}
	return OK;
}

/* In the order of the forms of 2010: registration, identity, authority, evidence, record, agreement, performance, visits, closing. */
static enum err gather(struct binding *b)
{
	struct seen files;
	size_t own;
	TRY(see_children(&b->in, "document", b->kase->id, &files));
	TRY(add(b, b->kase, leaf_register, date_str(b->c->a, b->kase->created)));
	own = b->n;
	TRY(scans_at(b, 3, &files));
	TRY(scans_at(b, 4, &files));
	TRY(scans_at(b, 6, &files));
	TRY(sessions(b));
	TRY(agreements(b));
	TRY(duties(b));
	TRY(visits(b));
	if (b->n == own && !rec_has(b->kase, "finished"))
		return fail(b->c->f, ERR_STATE, N_("There is nothing to bind yet: no session, agreement, visit or file of both sides was written down in this case."), NULL);
	return rec_has(b->kase, "finished") ? add(b, b->kase, leaf_closing, day_of_field(b, b->kase, "finished")) : OK;
}

/* ---- drawing ---- */

static enum err put_missing(struct binding *b, struct binder *out, const struct leaf *l, int page)
{
	struct pages p = leaf_begin(b, l->scan, "（此页为替代页）");
	struct str hash = rec_str(b->c, l->scan, "sha256");
	page_line(&p, "材料名称", l->title);
	if (page >= 0)
		page_line(&p, "页", arena_fmt(b->c->a, "第%d页", page + 1));
	page_say(&p, "此件不能以图像装入本卷（录音、录像、表格、图像不能读取的文件或者页数过多的文件）。原件保存在系统“材料和照片”中，可以按下列编号和校验值核对。");
	page_line(&p, "编号", arena_fmt(b->c->a, "材料第%lld号", (long long)l->scan->id));
	page_line(&p, "校验值（SHA-256）", utf8_head(hash, 24));
	if (hash.n > 24)
		page_line(&p, "", (struct str){ hash.p + 24, hash.n - 24 });
	return binder_document(out, &(struct document){ .title = l->title, .p = p.p, .n = p.n }, true);
}

static bool readable(struct binding *b, const struct rec *r)
{
	struct str type = rec_str(b->c, r, "type");
	return str_is(type, "pdf") || str_is(type, "jpeg") || str_is(type, "png") || str_is(type, "webp");
}

static enum err put_pages(struct binding *b, struct binder *out, struct leaf *l, struct str bytes, int all)
{
	struct str page[FILE_PAGES];
	struct buf room = BUF((size_t)24 << 20);
	enum err e = OK;
	for (int i = 0; i < all && e == OK; i += FILE_PAGES) {
		int n = all - i < FILE_PAGES ? all - i : FILE_PAGES, seen;
		e = file_pages(b->c, bytes, i, n, &room, page, &seen);
		for (int k = 0; k < n && e == OK; k++) {
			struct fault ignored = *b->c->f;
			e = page[k].n ? binder_jpeg(out, page[k]) : put_missing(b, out, l, i + k);
			if (e == ERR_INVALID) {
				*b->c->f = ignored;
				e = put_missing(b, out, l, i + k);
			}
		}
	}
	buf_free(&room);
	return e;
}

/* count: only how many pages it will have; the same answer each time. */
static enum err put_scan(struct binding *b, struct binder *out, struct leaf *l, bool count)
{
	struct buf bytes = BUF((size_t)64 << 20), room = BUF(4096);
	struct fault kept = *b->c->f;
	enum err e = OK;
	bool whole = readable(b, l->scan) && file_read(b->c, l->scan, FILE_WHOLE, &bytes) == OK;
	int all = count ? 0 : l->pages;
	*b->c->f = kept;      /* a file that is gone is told on its page */
	if (whole && count)
		e = file_pages(b->c, buf_view(&bytes), 0, 0, &room, NULL, &all);
	if (count) {
		l->pages = whole && all > 0 && all <= PDF_PAGES ? all : 0;
		b->unread += !l->pages;
		binder_skip(out, l->pages ? l->pages : 1);
	} else if (!whole || !all) {
		e = put_missing(b, out, l, -1);
	} else {
		e = put_pages(b, out, l, buf_view(&bytes), all);
	}
	buf_free(&bytes);
	buf_free(&room);
	return e;
}

static enum err put_leaves(struct binding *b, struct binder *out, bool count)
{
	for (size_t i = 0; i < b->n; i++) {
		struct leaf *l = &b->v[i];
		if (count)
			l->from = binder_pages(out) + 1;
		if (l->scan)
			TRY(put_scan(b, out, l, count));
		else
			TRY(binder_document(out, &l->d, true));
		if (!l->scan && count)
			l->pages = binder_pages(out) + 1 - l->from;
	}
	return OK;
}

static enum err put_cover(struct binding *b, struct binder *out, int pages)
{
	const struct rec *k = b->kase;
	struct ctx *c = b->c;
	struct pages p = leaf_begin(b, k, "人民调解卷宗");
	struct str side = b->side.n ? code_label(c->app->codes, "side", b->side, LANG_ZH) : STR_NONE;
	page_number(&p, side.n ? arena_fmt(c->a, "（%.*s卷，另一方不得查阅）", (int)side.n, side.p) : STR("（正卷）"));
	page_line(&p, "卷号", k->number);
	line_of(b, &p, "卷名（纠纷类型）", "kind");
	page_line(&p, "承办单位", ref_label(&b->in, "org", k->org));
	page_line(&p, "承办人", ref_label(&b->in, "staff", k->owner));
	page_line(&p, "立案日期", date_str(c->a, k->created));
	page_line(&p, "结案日期", rec_has(k, "closed") ? day_of_field(b, k, "closed") : STR("未结案"));
	page_line(&p, "本卷共", arena_fmt(c->a, "%zu件　%d页", b->n, pages));
	page_line(&p, "保管期限", STR(""));
	page_line(&p, "立卷人", STR(""));
	page_line(&p, "立卷日期", date_str(c->a, c->now));
	page_line(&p, "备注", STR(""));
	return binder_document(out, &(struct document){ .title = STR("卷宗封面"), .p = p.p, .n = p.n }, false);
}

static const char *not_here(const struct binding *b)
{
	return b->side.n ? "依法不公开的材料、另一方当事人的材料和保护措施的材料不装入本卷，由承办单位另册保管" : "依法不公开的材料、当事人一方的材料和保护措施的材料不装入本卷，由承办单位另册保管";
}

#define CONTENTS "3,13,5,3,2"
static enum err put_contents(struct binding *b, struct binder *out)
{
	struct ctx *c = b->c;
	struct para *v = NEWN(c->a, struct para, b->n + 3);
	size_t n = 0;
	v[n++] = (struct para){ PARA_TITLE, .text = STR("卷内目录") };
	v[n++] = (struct para){ PARA_ROW, STR(CONTENTS), STR("序号\t文书名称\t日期\t页次\t备注") };
	for (size_t i = 0; i < b->n; i++) {
		const struct leaf *l = &b->v[i];
		v[n++] = (struct para){ PARA_ROW, STR(CONTENTS), arena_fmt(c->a, "%zu\t%.*s\t%.*s\t%d\t", i + 1, (int)l->title.n, l->title.p, (int)l->day.n, l->day.p ? l->day.p : "", l->from) };
	}
	/* In every file alike, whether anything is missing or not. */
	v[n++] = (struct para){ PARA_PLAIN, .text = arena_fmt(c->a, "注：%s；以上目录不列其名称和件数。", not_here(b)) };
	return binder_document(out, &(struct document){ .title = STR("卷内目录"), .footer = b->kase->number, .p = v, .n = n }, false);
}

/* 备考表. That something is kept elsewhere is said of every case alike: of whom and how much would tell him that she came. */
static enum err put_remarks(struct binding *b, struct binder *out, int pages)
{
	struct ctx *c = b->c;
	struct pages p = leaf_begin(b, b->kase, "卷内备考表");
	page_line(&p, "本卷共", arena_fmt(c->a, "%zu件　%d页（不含封面、目录和本表）", b->n, pages));
	page_line(&p, "其中扫描件", arena_fmt(c->a, "%d件", b->scans));
	page_line(&p, "以替代页装入", arena_fmt(c->a, "%d件", b->unread));
	page_head(&p, "卷宗情况说明");
	page_body(&p, arena_fmt(c->a, "%s。姓名按系统显示规则遮挡，联系方式、住址和证件号码不装入本卷。", not_here(b)));
	page_say(&p, "缺少文书及原因：");
	for (int i = 0; i < 3; i++)
		page_line(&p, "", STR(""));
	page_sign(&p, "立卷人（签名）：");
	page_sign(&p, "检查人（签名）：");
	return binder_document(out, &(struct document){ .title = STR("卷内备考表"), .footer = b->kase->number, .p = p.p, .n = p.n }, false);
}

static enum err draw(struct binding *b, struct buf *ret, bool count, int *pages)
{
	struct binder *out;
	struct ctx *c = b->c;
	enum err e = binder_open(arena_fmt(c->a, "卷宗 %.*s", (int)b->kase->number.n, b->kase->number.p ? b->kase->number.p : ""), count ? NULL : ret, c->f, &out);
	if (e == OK && !count)
		e = put_cover(b, out, *pages);
	if (e == OK && !count)
		e = put_contents(b, out);
	if (e == OK)
		e = put_leaves(b, out, count);
	if (e == OK && !count)
		e = put_remarks(b, out, *pages);
	if (count)
		*pages = binder_pages(out);
	enum err end = binder_close(out);
	return e != OK ? e : end;
}

static enum err begin(struct ctx *c, int64_t kase, struct str side, struct binding *b)
{
	struct rec *k;
	*b = (struct binding){ .c = c, .in = *c, .side = side, .v = NEWN(c->a, struct leaf, LEAVES) };
	b->in.labels = NULL;
	b->in.lang = LANG_ZH;
	if (side.n && !str_is(side, "a") && !str_is(side, "b"))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	TRY(see_one(c, "case", kase, &k));
	if (k->sight != SIGHT_FULL || access_glass(c, k))
		return fail(c->f, ERR_DENIED, NULL, "file of a case");
	bool hidden;
	TRY(absorb_hidden_side(c, kase, side.n ? side : STR("both"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: this paper is not made."), NULL);
	b->kase = k;
	return gather(b);
}

static struct bound sum_of(const struct binding *b, int pages)
{
	struct bound s = { .pages = pages, .papers = (int)b->n, .scans = b->scans, .unread = b->unread };
	for (int i = 0; i < BOUND_OUT_COUNT; i++)
		s.kept_out += s.out[i] = b->out[i];
	return s;
}

enum err absorb_bound_ask(struct ctx *c, int64_t kase, struct str side, struct bound *ret)
{
	struct binding b;
	TRY(begin(c, kase, side, &b));
	for (size_t i = 0; i < b.n; i++)
		b.unread += b.v[i].scan && !readable(&b, b.v[i].scan);
	*ret = sum_of(&b, 0);
	return OK;
}

enum err absorb_bound(struct ctx *c, int64_t kase, struct str side, struct buf *ret, struct bound *ret_sum)
{
	struct binding b;
	int pages = 0;
	TRY(begin(c, kase, side, &b));
	TRY(draw(&b, NULL, true, &pages));
	TRY(draw(&b, ret, false, &pages));
	for (size_t i = 0; i < b.n; i++)
		if (b.v[i].scan)
			TRY(journal_later(c, "fetch", "document", b.v[i].scan->id, STR("{}")));
	*ret_sum = sum_of(&b, pages);
	return OK;
}
