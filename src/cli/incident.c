/* Why: when something has happened there is no time to look for what the law wants within hours: one command lays it out.
 * Invariants: no name, address or narrative leaves by it: numbers of records and classes of fields only; the bundle proves itself
 * (entries with proofs, heads); what was made is in the journal. */
#include "cli/cli.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct bundle { struct cli *x; struct ctx c; const char *dir; int64_t from, to; int64_t records, persons; };

static FILE *begin(struct bundle *b, const char *name) { return fopen(arena_printf(b->x->a, "%s/%s", b->dir, name), "wx"); }

static enum err end(struct bundle *b, FILE *f)
{
	bool ok = f && fflush(f) == 0 && fsync(fileno(f)) == 0;
	if (f)
		ok = fclose(f) == 0 && ok;
	return ok ? OK : fail(&b->x->f, ERR_IO, N_("The file could not be written."), "errno %d", errno);
}

static enum err put(void *arg, struct str s) { return fwrite(s.p, 1, s.n, arg) == s.n ? OK : ERR_IO; }

/* The span's entries with a proof of each, under a head signed now. */
static enum err entries(struct bundle *b)
{
	int64_t first, last;
	TRY(journal_seq_at(&b->c, b->from, &first));
	TRY(journal_seq_at(&b->c, b->to, &last));
	if (first >= last)
		return fail(&b->x->f, ERR_NOT_FOUND, N_("The journal has no entries in this time."), NULL);
	FILE *f = begin(b, "journal.jsonl");
	enum err e = f ? journal_export(&b->c, (struct journal_span){ first, last - 1, 0 }, put, f) : OK;
	enum err e2 = end(b, f);
	return e != OK ? e : e2;
}

static enum err head(struct bundle *b)
{
	struct tree_head h;
	bool found;
	BUF_AUTO o = BUF(1024);
	TRY(head_last(&b->c, &h, &found));
	head_json(&b->c, &h, &o);
	buf_char(&o, '\n');
	FILE *f = begin(b, "head.json");
	if (f)
		(void)!put(f, buf_view(&o));
	return end(b, f);
}

static enum err versions(struct bundle *b)
{
	ROWS q = NULL;
	bool more;
	FILE *f = begin(b, "versions.txt");
	if (!f)
		return end(b, f);
	fprintf(f, "xiaoan %s\n%s\n", XA_VERSION, store_is_postgres(b->c.app->store) ? "PostgreSQL" : "SQLite");
	enum err e = db_rows(b->c.db, b->c.f, "SELECT number, name, hash FROM schema_migration ORDER BY number", NOARGS, &q);
	for (more = e == OK; more;) {
		e = rows_next(q, &more);
		more = more && e == OK;
		if (more)
			fprintf(f, "migration %lld %.*s %.*s\n", (long long)rows_int(q, 0), (int)rows_text(q, 1).n, rows_text(q, 1).p, (int)rows_text(q, 2).n, rows_text(q, 2).p);
	}
	enum err e2 = end(b, f);
	return e != OK ? e : e2;
}

/* What of a record is personal: one line for each class, so that who is told what can be decided. */
static void classes(FILE *f, const struct rtype *t, struct bundle *b, int64_t id)
{
	static const struct { enum ftype t; const char *name; } kinds[] = { { F_NAME, "name" }, { F_PHONE, "phone" }, { F_IDNO, "idno" }, { F_ADDRESS, "address" } };
	bool told[5] = { 0 };
	for (size_t i = 0; i < t->nfields; i++) {
		int k = -1;
		for (int n = 0; n < 4; n++)
			if (t->fields[i].type == kinds[n].t)
				k = n;
		if (k < 0 && t->fields[i].secrecy == S_SEALED)
			k = 4;
		if (k < 0 || told[k])
			continue;
		told[k] = true;
		fprintf(f, "%s\t%s\t%lld\n", k == 4 ? "narrative" : kinds[k].name, t->name, (long long)id);
	}
	for (int k = 0; k < 4; k++)
		if (told[k]) {
			b->persons++;
			return;
		}
}

/* Every record that was opened, changed or handed out in the span, once. */
static enum err affected(struct bundle *b)
{
	struct map *seen = map_new(b->x->a);
	struct journal_ask k = { .from_ms = b->from, .to_ms = b->to, .limit = 500 };
	FILE *f = begin(b, "affected.tsv");
	enum err e = OK;
	if (!f)
		return end(b, f);
	fputs("class\ttype\tid\n", f);
	for (size_t n = 500; e == OK && n == 500;) {
		struct journal_row *j;
		e = journal_find(&b->c, &k, &j, &n);
		for (size_t i = 0; e == OK && i < n; i++) {
			const struct rtype *t = j[i].rid > 0 ? type_find(b->c.app, j[i].type) : NULL;
			k.before = j[i].seq;
			if (!t || map_geti(seen, j[i].rid))
				continue;
			map_puti(seen, j[i].rid, seen);
			b->records++;
			classes(f, t, b, j[i].rid);
		}
	}
	enum err e2 = end(b, f);
	return e != OK ? e : e2;
}

/* ---- drafts: they are handed in in China, so they are Chinese in either language of the command ---- */

static const struct { const char *file, *rule, *to, *text; } drafts[] = {
	{ "report-cac.txt", "incident.cac", "×××互联网信息办公室",
	  "一、事件单位：________　系统名称：小安　备案号：________\n二、发现时间：%s　　发生时间：________　　事件类型：________　　级别：________\n"
	  "三、影响和危害：涉及记录 %lld 条，其中含个人信息的 %lld 条（清单见 affected.tsv，只列编号和字段类别）。________\n四、已采取的措施及效果：________\n"
	  "五、初步原因：________\n六、进一步处置建议和需要的支持：________\n七、线索（攻击来源、漏洞、账号等）：________\n八、现场保护情况：审计日志、签名树头已封存（journal.jsonl、head.json）。\n" },
	{ "report-police.txt", "incident.police", "×××公安局网络安全保卫部门",
	  "发现时间：%s。\n我单位“小安”系统发生________，涉嫌________。涉及记录 %lld 条，其中含个人信息的 %lld 条。\n审计日志及其证明已封存，可用 xiaoan-verify 核对其未被改动。\n"
	  "请求：________\n" },
	{ "notice-persons.txt", "incident.persons", "________（本人；告知前先确认联系方式安全，不得经由另一方转达）",
	  "您好。我单位于 %s 发现，与您有关的部分信息可能被未经许可地查看或带出。（内部参考，发出前删去：涉及记录 %lld 条，其中含个人信息的 %lld 条。）\n涉及的信息种类：________\n原因和可能造成的危害：________\n"
	  "我们已采取的措施：________\n您可以采取的减轻危害的措施：________（处境有危险的，请立即拨打110）\n联系人和联系方式：________\n" },
	{ "report-summary.txt", "incident.summary", "×××互联网信息办公室",
	  "发现时间：%s。涉及记录 %lld 条，其中含个人信息的 %lld 条。\n一、事件经过：________\n二、原因和责任：________\n三、危害和影响：________\n四、处置情况：________\n五、整改措施：________\n六、教训：________\n" },
};

static enum err draft(struct bundle *b, size_t i)
{
	int64_t due, found = b->c.now;
	struct str basis, when = datetime_str(b->x->a, found), by;
	TRY(due_rule_end(&b->c, drafts[i].rule, found, &due, &basis));
	by = datetime_str(b->x->a, due);
	struct ctx zh = b->c;
	zh.lang = LANG_ZH;
	struct str title = due_rule_label(&zh, str_of(drafts[i].rule));
	FILE *f = begin(b, drafts[i].file);
	if (!f)
		return end(b, f);
	BUF_AUTO o = BUF(16384);
	buf_printf(&o, "%.*s（草稿，空白处由负责人填写）\n\n最迟时间：%.*s（自 %.*s 起算）\n依据：%.*s\n\n%s：\n\n", (int)title.n, title.p, (int)by.n, by.p, (int)when.n, when.p, (int)basis.n,
		   basis.p, drafts[i].to);
	/* Its three blanks, in their order: when, records, of these with personal data. */
	struct str rest = str_of(drafts[i].text);
	const struct str fill[] = { when, arena_fmt(b->x->a, "%lld", (long long)b->records), arena_fmt(b->x->a, "%lld", (long long)b->persons) };
	for (size_t n = 0; n < ARRAY_LEN(fill); n++) {
		ptrdiff_t at = str_find(rest, n ? STR("%lld") : STR("%s"));
		must(at >= 0);
		size_t skip = (size_t)at + (n ? 4 : 2);
		buf_put(&o, rest.p, (size_t)at);
		buf_str(&o, fill[n]);
		rest = (struct str){ rest.p + skip, rest.n - skip };
	}
	buf_str(&o, rest);
	buf_cstr(&o, "\n（单位盖章）　　　　年　　月　　日\n");
	(void)!put(f, buf_view(&o));
	return end(b, f);
}

static enum err make(struct bundle *b)
{
	TRY(cli_ctx(b->x, &b->c));
	TRY(journal_note(&b->c, "incident", "", 0, "ok", arena_fmt(b->x->a, "{\"from\":%lld,\"to\":%lld}", (long long)b->from, (long long)b->to)));
	TRY(head_tick(&b->c, true));
	TRY(entries(b));
	TRY(head(b));
	TRY(versions(b));
	TRY(affected(b));
	for (size_t i = 0; i < ARRAY_LEN(drafts); i++)
		TRY(draft(b, i));
	return OK;
}

int cmd_incident(struct cli *x)
{
	struct bundle b = { .x = x, .dir = cli_opt(x, "o") };
	if (x->nwords != 2 || !b.dir || !date_parse(str_of(x->words[0]), &b.from) || !date_parse(str_of(x->words[1]), &b.to))
		return cli_usage(x, tr(x->lang, N_("Say: incident FROM TO -o DIR, with times such as 2026-11-24 or 2026-11-24T09:05.")));
	/* A day without an hour means to its end. */
	if (b.to == day_start(day_of(b.to)))
		b.to += MS_DAY;
	cli_open(x);
	enum err e = mkdir(b.dir, 0700) == 0 ? OK : fail(&x->f, ERR_IO, N_("The folder must be a new one that can be made."), "%s: errno %d", b.dir, errno);
	if (e == OK)
		e = make(&b);
	if (e != OK)
		return cli_fail(x, e);
	printf("%s\n%s\n", b.dir, tr(x->lang, N_("Entries with proofs, head, versions, affected records by number, and drafts with their time limits. Carry it to another machine, and check the head against one saved elsewhere.")));
	return 0;
}
