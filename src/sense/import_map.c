/* Why: each system calls its columns otherwise; a clerk should only have to nod.
 * Invariants: a field but the text stands for one column at most; a guess is only a proposal until a person starts the run. */
#include "sense/import.h"
#include "safe/safe.h"
#include "text/text.h"
#include <stdio.h>

/* names: parts of a column's name, the surest first, parted by blanks; "=" before one: the whole name. */
static const struct { const char *name, *label, *names; } fields[IM_COUNT] = {
	[IM_NONE] = { "", N_("not read"), "" },
	[IM_EXTERNAL] = { "external_id", N_("Number at the source"),
		"留言编号 工单编号 工单号 诉求编号 案件编号 警情编号 接警编号 流水号 受理编号 事件编号 =编号 单号 =序列号 =id =no external_id ticket case_no number" },
	[IM_RECEIVED] = { "received", N_("Received"),
		"留言时间 来电时间 受理时间 登记时间 接警时间 报警时间 诉求时间 创建时间 提交时间 反映时间 留言日期 来电日期 受理日期 =时间 =日期 时间 日期 received created date time" },
	[IM_TITLE] = { "title", N_("Title"), "留言主题 诉求标题 工单标题 事件标题 主题 标题 title subject" },
	[IM_TEXT] = { "text", N_("What was said"),
		"留言详情 留言内容 诉求内容 工单内容 反映内容 警情内容 简要警情 问题描述 事件描述 主要内容 内容 详情 诉求 描述 案情 简述 text content description message body" },
	[IM_NAME] = { "reporter_name", N_("Reporter"), "留言用户 留言人 诉求人 来电人 报警人 反映人 举报人 申请人 联系人 =姓名 =用户 reporter caller =name" },
	[IM_PHONE] = { "reporter_phone", N_("Reporter's phone"), "来电号码 联系电话 联系方式 报警电话 手机号 电话 手机 phone mobile tel" },
	[IM_ADDRESS] = { "address", N_("Address"), "事发地址 事发地点 详细地址 居住地址 家庭住址 住址 地址 地点 address" },
	[IM_AREA] = { "area", N_("Area"), "所属区域 所属镇 所属社区 镇街 乡镇 街道 社区 区域 辖区 =村 area town community" },
	[IM_URGENCY] = { "urgency", N_("Urgency"), "紧急程度 紧急 urgency priority" },
	[IM_SAFE_NOTE] = { "safe_note", N_("How and when it is safe to call"), "安全联系 方便联系 回电时间 safe_note" },
	[IM_A_NAME] = { "party_a_name", N_("Party A: name"), "当事人甲 当事人a 女方姓名 当事人姓名 =当事人 =女方 party_a_name" },
	[IM_A_PHONE] = { "party_a_phone", N_("Party A: phone"), "女方电话 当事人电话 party_a_phone" },
	[IM_A_IDNO] = { "party_a_idno", N_("Party A: ID number"), "女方身份证 身份证 证件号 party_a_idno" },
	[IM_B_NAME] = { "party_b_name", N_("Party B: name"), "当事人乙 当事人b 男方姓名 对方姓名 =对方 =男方 被反映人 party_b_name" },
	[IM_B_PHONE] = { "party_b_phone", N_("Party B: phone"), "男方电话 对方电话 party_b_phone" },
	[IM_B_IDNO] = { "party_b_idno", N_("Party B: ID number"), "男方身份证 对方身份证 party_b_idno" },
};

const char *import_field_name(enum import_field f) { return fields[f].name; }
const char *import_field_label(enum import_field f) { return fields[f].label; }

enum import_field import_field_of(struct str name)
{
	for (int i = 1; i < IM_COUNT; i++)
		if (str_is(name, fields[i].name))
			return (enum import_field)i;
	return IM_NONE;
}

/* 0: no; higher: surer. Whole names and long words count more. */
static int name_fits(struct str head, enum import_field f)
{
	char low[64];
	size_t n = 0;
	for (size_t i = 0; i < head.n && n < sizeof low; i++) {
		char ch = head.p[i];
		if (ch == ' ' || ch == '\n' || ch == '*' || ch == '_')
			continue;
		low[n++] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
	}
	struct str h = { low, n }, rest = str_of(fields[f].names);
	int best = 0, place = 60;
	while (rest.p && h.n) {
		struct str w = str_cut(rest, ' ', &rest);
		bool whole = w.n && w.p[0] == '=';
		char plain[40];
		size_t k = 0;
		for (size_t i = whole; i < w.n && k < sizeof plain; i++)
			if (w.p[i] != '_')
				plain[k++] = w.p[i];
		w = (struct str){ plain, k };
		place--;
		int score = !k ? 0 : str_eq(h, w) ? 200 + place : whole || str_find(h, w) < 0 ? 0 : 100 + place;
		best = score > best ? score : best;
	}
	return best;
}

int import_head_known(const struct str *cells, size_t n)
{
	int known = 0;
	for (size_t i = 0; i < n; i++) {
		bool any = false;
		/* The name of a column is short; a story that holds the word "time" is none. */
		if (!cells[i].n || utf8_count(cells[i]) > 20)
			continue;
		for (int f = 1; f < IM_COUNT && !any; f++)
			any = name_fits(cells[i], (enum import_field)f) > 0;
		known += any;
	}
	return known;
}

/* ---- by what stands in the columns ---- */

struct shape { int seen, dates, phones, idnos, numbers, chars, most; };
struct look { struct shape col[TAB_COLS]; struct arena *a; size_t ncols; int rows; };

static bool serial_date(struct str s)
{
	int64_t v;
	return str_int(s, &v) && v >= 40000 && v <= 60000;
}

static bool look_row(void *arg, const struct tab_row *r)
{
	struct look *l = arg;
	for (size_t i = 0; i < r->n && i < l->ncols; i++) {
		struct shape *s = &l->col[i];
		int64_t v;
		char digit;
	struct str idno;
		if (!r->cells[i].n)
			continue;
		int n = (int)utf8_count(r->cells[i]);
		s->seen++;
		s->chars += n;
		s->most = n > s->most ? n : s->most;
		s->idnos += idno_check(l->a, r->cells[i], INT32_MAX, &idno, &digit) == IDNO_OK;
		s->phones += n <= 20 && phone_normalise(l->a, r->cells[i]).n >= 7;
		s->dates += n <= 30 && ((date_parse(r->cells[i], &v) && n >= 8) || serial_date(r->cells[i]));
		s->numbers += str_int(r->cells[i], &v);
	}
	arena_reset(l->a);
	return ++l->rows < 50;
}

static void take(struct import_map *m, size_t ncols, enum import_field f, const struct look *l, int (*score)(const struct shape *))
{
	int best = 0, at = -1;
	for (size_t i = 0; i < ncols; i++)
		if (m->field[i] == (unsigned char)f)
			return;
	for (size_t i = 0; i < ncols; i++) {
		int s = m->field[i] || !l->col[i].seen ? 0 : score(&l->col[i]);
		if (s > best) {
			best = s;
			at = (int)i;
		}
	}
	if (at >= 0)
		m->field[at] = (unsigned char)f;
}

static int as_date(const struct shape *s) { return s->dates * 10 >= s->seen * 8 && s->idnos == 0 ? s->dates : 0; }
static int as_idno(const struct shape *s) { return s->idnos * 2 > s->seen ? s->idnos : 0; }
static int as_phone(const struct shape *s) { return s->phones * 10 >= s->seen * 7 && s->idnos == 0 && s->dates * 2 < s->seen && s->most >= 11 ? s->phones : 0; }
static int as_text(const struct shape *s) { return s->chars / s->seen >= 8 ? s->chars / s->seen : 0; }

enum err import_guess(const struct tab *t, struct import_map *ret, struct fault *f)
{
	struct import_map m = { { 0 } };
	ARENA a = arena_new(0);
	struct look *l = NEW(a, struct look);
	ARENA scratch = arena_new(0);
	int best[IM_COUNT] = { 0 }, at[IM_COUNT];
	l->a = scratch;
	l->ncols = t->ncols;
	for (int k = 0; k < IM_COUNT; k++)
		at[k] = -1;
	/* Each field to the column that fits it best; a column to the field it fits best. */
	for (size_t i = 0; i < t->ncols; i++) {
		int score = 0, field = 0;
		for (int k = 1; k < IM_COUNT; k++) {
			int s = name_fits(t->head[i], (enum import_field)k);
			if (s > score) {
				score = s;
				field = k;
			}
		}
		if (field && score > best[field]) {
			if (at[field] >= 0)
				m.field[at[field]] = IM_NONE;
			best[field] = score;
			at[field] = (int)i;
			m.field[i] = (unsigned char)field;
		}
	}
	TRY(tab_each(t, 0, look_row, l, f));
	take(&m, t->ncols, IM_RECEIVED, l, as_date);
	take(&m, t->ncols, IM_A_IDNO, l, as_idno);
	take(&m, t->ncols, IM_PHONE, l, as_phone);
	take(&m, t->ncols, IM_TEXT, l, as_text);
	*ret = m;
	return OK;
}

/* ---- as text, and remembered ---- */

struct str import_map_text(struct arena *a, const struct import_map *m)
{
	BUF_AUTO b = BUF(4096);
	for (int i = 0; i < TAB_COLS; i++)
		if (m->field[i])
			buf_printf(&b, "%s#%d=%s", b.n ? "," : "", i, fields[m->field[i]].name);
	return arena_str(a, buf_view(&b));
}

static int column_named(const struct tab *t, struct str name)
{
	int64_t v;
	/* "#3" is always a place: a column may itself be called 3. */
	if (name.n > 1 && name.p[0] == '#' && str_int((struct str){ name.p + 1, name.n - 1 }, &v))
		return v >= 0 && v < (int64_t)t->ncols ? (int)v : -1;
	for (size_t i = 0; i < t->ncols; i++)
		if (str_eq(t->head[i], name))
			return (int)i;
	return str_int(name, &v) && v >= 0 && v < (int64_t)t->ncols ? (int)v : -1;
}

enum err import_map_parse(const struct tab *t, struct str text, struct import_map *ret, struct fault *f)
{
	struct import_map m = { { 0 } };
	char shown[48];
	while (text.n) {
		struct str field, one = str_trim(str_cut(text, ',', &text)), col = str_trim(str_cut(one, '=', &field));
		if (!one.n)
			continue;
		int i = column_named(t, col);
		enum import_field k = import_field_of(str_trim(field));
		struct str cut = utf8_head(i < 0 ? col : field, 12);
		snprintf(shown, sizeof shown, "%.*s", (int)cut.n, cut.p ? cut.p : "");
		if (i < 0)
			fault_field(f, "map", N_("There is no column “%s”."), shown);
		else if (!k && str_trim(field).n)
			fault_field(f, "map", N_("There is no field “%s”."), shown);
		else
			m.field[i] = (unsigned char)k;
		if (f && f->nfields)
			return fail(f, ERR_INVALID, NULL, NULL);
	}
	*ret = m;
	return OK;
}

/* The columns' names, hashed: two files with the same columns are read alike. */
static struct str head_print(struct arena *a, const struct tab *t)
{
	BUF_AUTO b = BUF(TAB_COLS * 300);
	unsigned char d[32];
	for (size_t i = 0; i < t->ncols; i++) {
		buf_str(&b, t->head[i]);
		buf_char(&b, '\x1f');
	}
	sha256(buf_view(&b), d);
	return hex_str(a, d, 16);
}

enum err import_map_recall(struct ctx *c, struct str channel, const struct tab *t, struct import_map *ret, bool *ret_found)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT map FROM import_map WHERE channel = ? AND head = ?", ARGS(VS(channel), VS(head_print(c->a, t))), &q));
	TRY(rows_next(q, &more));
	*ret_found = false;
	if (!more)
		return OK;
	struct str text = arena_str(c->a, rows_text(q, 0));
	TRY(import_map_parse(t, text, ret, c->f));
	*ret_found = true;
	return OK;
}

enum err import_map_keep(struct ctx *c, struct str channel, const struct tab *t, struct str map)
{
	return db_exec(c->db, c->f, "INSERT INTO import_map (channel, head, map, ms) VALUES (?, ?, ?, ?) ON CONFLICT (channel, head) DO UPDATE SET map = excluded.map, ms = excluded.ms",
		       ARGS(VS(channel), VS(head_print(c->a, t)), VS(map), VI(now_ms())), NULL);
}
