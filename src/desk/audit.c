/* Why: a journal that nobody reads protects nobody. The board says where to look first; each figure leads to its entries.
 * Invariants: no name or word of a case stands here, only numbers of records; what is exported is journaled first; a figure is a reason
 * to ask, and the page says so. */
#include "desk/audit.h"
#include "paper/paper.h"
#include "people/watch.h"
#include "report/slip.h"
#include "templates.h"
#include <stdio.h>

#define AUDITORS (R(AUDITOR) | R(SECADMIN))

/* ---- the journal ---- */

/* Words for what the journal keeps as codes; a code of an older version without a word is shown as it is. */
static const struct { const char *code, *label; bool ask; } journal_words[] = {
	{ "reads", N_("All reading"), true }, { "refusals", N_("All refusals"), true },
	{ "login", N_("Log in"), true }, { "logout", N_("Log out"), false }, { "password", N_("Password changed"), true }, { "view", N_("Opened"), true }, { "list", N_("List read"), true },
	{ "search", N_("Searched"), true }, { "reveal", N_("Shown uncovered"), true }, { "look", N_("Sealed entry looked at"), true },
	{ "receipt", N_("Number given to a party"), true }, { "print", N_("Paper made"), true }, { "fetch", N_("File fetched"), true }, { "files", N_("Files looked through"), true }, { "reveal_lift", N_("Limit lifted"), true },
	{ "export", N_("Exported"), true }, { "import", N_("Import"), true }, { "refused", N_("Refused"), false }, { "denied", N_("Refused"), false }, { "setup_link", N_("Set-up link made"), true },
	{ "disable", N_("Account closed"), true }, { "fresh", N_("Showed again who she is"), true }, { "factor", N_("Second factor set up"), true },
	{ "factor_off", N_("Second factor taken off"), true }, { "factor_reset", N_("Second factor taken off by the security administrator"), true }, { "recovery", N_("New recovery codes"), true },
	{ "session_end", N_("Session ended by its owner"), true }, { "unlock", N_("Wrong tries forgiven"), true }, { "first_run", N_("Set up"), false }, { "token", N_("Token made"), true }, { "token_revoke", N_("Token revoked"), false }, { "ok", N_("Done"), false },
	{ "follow", N_("Followed from it"), false }, { "command", N_("Command line"), true }, { "start", N_("Server started"), true }, { "stop", N_("Server ended"), true },
	{ "verify", N_("Journal verified"), true }, { "clock", N_("Clock was set"), true }, { "bad", N_("Not whole"), false }, { "back", N_("Set back"), false },
	{ "ahead", N_("Set ahead"), false }, { "incident", N_("Incident bundle"), true },
};

static struct str journal_word(struct ctx *c, struct str code)
{
	for (size_t i = 0; i < ARRAY_LEN(journal_words); i++)
		if (str_is(code, journal_words[i].code))
			return str_of(TRC(c, journal_words[i].label));
	return code;
}

static struct str journal_verb(struct ctx *c, const struct rtype *t, struct str verb)
{
	for (size_t i = 0; t && i < t->nsteps; i++)
		if (str_is(verb, t->steps[i].verb))
			return str_of(TRC(c, t->steps[i].label));
	return journal_word(c, verb);
}

/* "desk", "token 1a2b…": by which way it came. */
static struct str way_of(struct ctx *c, const struct journal_row *j)
{
	if (!j->agent.n)
		return j->face;
	return arena_fmt(c->a, "%.*s · %.*s", (int)j->face.n, j->face.p, (int)j->agent.n, j->agent.p);
}

/* The auditor sees names masked: the log-in name tells who it is to those who must ask her. */
static struct str who_of(struct ctx *c, int64_t user)
{
	struct rec *r;
	struct str name = ref_label(c, "staff", user);
	if (see_one(c, "staff", user, &r) != OK) {
		fault_clear(c->f);
		return name.n ? name : arena_fmt(c->a, "#%lld", (long long)user);
	}
	struct str login = rec_str(c, r, "login");
	return login.n ? arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s（%.*s）" : "%.*s (%.*s)", (int)name.n, name.p, (int)login.n, login.p) : name;
}

static struct journal_line line_of(struct ctx *c, const struct journal_row *j)
{
	const struct rtype *t = type_find(c->app, j->type);
	bool bad = str_is(j->outcome, "denied") || str_is(j->outcome, "refused") || str_is(j->outcome, "bad");
	struct str type = t ? str_of(TRC(c, t->label)) : j->type;
	return (struct journal_line){ .seq = arena_fmt(c->a, "%lld", (long long)j->seq), .when = datetime_str(c->a, j->ms), .who = j->name,
				      .user_url = j->user ? arena_fmt(c->a, "/journal?user=%lld", (long long)j->user) : STR_NONE,
				      .role = code_label(c->app->codes, "role", j->role, c->lang), .verb = journal_verb(c, t, j->verb),
				      .type = j->rid && t ? arena_fmt(c->a, "%.*s #%lld", (int)type.n, type.p, (long long)j->rid) : type, .outcome = journal_word(c, j->outcome),
				      .reason = j->reason.n ? code_label(c->app->codes, "purpose", j->reason, c->lang) : STR(""), .way = way_of(c, j),
				      .detail = str_is(j->body, "{}") ? STR("") : j->body, .night = j->user && !watch_on_duty(c->app->calendar, j->ms), .bad = bad };
}

static int64_t day_param(struct req *rq, const char *name, bool end)
{
	int64_t ms;
	if (!date_parse(req_param(rq, name), &ms))
		return 0;
	return day_start(day_of(ms) + end);
}

static struct journal_ask ask_of(struct req *rq)
{
	struct journal_ask k = { .verb = req_param(rq, "verb"), .role = req_param(rq, "role"), .type = req_param(rq, "type"), .outcome = req_param(rq, "outcome"), .limit = 100,
				 .from_ms = day_param(rq, "from", false), .to_ms = day_param(rq, "to", true) };
	(void)str_int(req_param(rq, "before"), &k.before);
	(void)str_int(req_param(rq, "user"), &k.user);
	(void)str_int(req_param(rq, "rid"), &k.rid);
	return k;
}

/* The address of the same question, without where its page begins. */
static void ask_url(struct req *rq, const char *path, struct buf *b)
{
	static const char *const names[] = { "verb", "role", "type", "outcome", "user", "rid", "from", "to" };
	const char *sep = "?";
	buf_cstr(b, path);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str v = req_param(rq, names[i]);
		if (!v.n)
			continue;
		buf_printf(b, "%s%s=", sep, names[i]);
		html_url_part(b, v);
		sep = "&";
	}
}

static void put_filters(struct req *rq, struct journal_page_data *m, const struct journal_ask *k)
{
	struct ctx *c = ctx_of(rq);
	m->verbs = NEWN(c->a, struct option, ARRAY_LEN(journal_words));
	for (size_t i = 0; i < ARRAY_LEN(journal_words); i++)
		if (journal_words[i].ask)
			m->verbs[m->nverbs++] = (struct option){ str_of(journal_words[i].code), str_of(TRC(c, journal_words[i].label)), str_is(k->verb, journal_words[i].code) };
	m->roles = options_code(c, "role", k->role, &m->nroles);
	size_t types = 0;
	while (c->app->types[types])
		types++;
	m->types = NEWN(c->a, struct option, types + 1);
	for (size_t i = 0; i < types; i++)
		m->types[m->ntypes++] = (struct option){ str_of(c->app->types[i]->name), str_of(TRC(c, c->app->types[i]->label)), str_is(k->type, c->app->types[i]->name) };
	m->user = req_param(rq, "user");
	m->from = req_param(rq, "from");
	m->to = req_param(rq, "to");
	if (k->user)
		m->about = who_of(c, k->user);
	m->filtered = k->verb.n || k->role.n || k->type.n || k->user || k->rid || k->from_ms || k->to_ms || k->outcome.n;
}

static enum err journal_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct journal_row *j;
	struct journal_page_data m = { 0 };
	struct journal_ask k = ask_of(rq);
	BUF_AUTO b = BUF(4096);
	size_t n;
	TRY(journal_find(c, &k, &j, &n));
	put_filters(rq, &m, &k);
	m.rows = NEWN(c->a, struct journal_line, n + 1);
	for (size_t i = 0; i < n; i++)
		m.rows[m.n++] = line_of(c, &j[i]);
	ask_url(rq, "/journal", &b);
	if (n == 100)
		m.next_url = arena_fmt(c->a, "%s%sbefore=%lld", b.p, strchr(b.p, '?') ? "&" : "?", (long long)j[n - 1].seq);
	buf_reset(&b);
	ask_url(rq, "/audit/journal.xlsx", &b);
	m.xlsx_url = arena_str(c->a, buf_view(&b));
	TRY(face_shell(rq, N_("Journal")));
	t_journal_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static struct cell text_cell(struct str s) { return (struct cell){ .t = CELL_TEXT, .s = s }; }

static enum err file_out(struct req *rq, struct resp *rs, struct table *t, const char *what)
{
	struct ctx *c = ctx_of(rq);
	TRY(journal_note(c, "export", "journal", 0, "ok", arena_fmt(c->a, "{\"what\":\"%s\",\"rows\":%zu}", what, t->nrows)));
	TRY(xlsx_write(t, 1, &rs->body, &rq->fault));
	resp_file(rs, rq, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", arena_fmt(c->a, "%.*s.xlsx", (int)t->title.n, t->title.p));
	return OK;
}

/* What is asked for, at most 5,000 entries. */
static enum err journal_xlsx(struct req *rq, struct resp *rs)
{
	static const char *const heads[] = { N_("No."), N_("Time"), N_("Who"), N_("Role"), N_("Verb"), N_("Record type"), N_("Outcome"), N_("Reason"), N_("Way") };
	struct ctx *c = ctx_of(rq);
	struct journal_ask k = ask_of(rq);
	struct table t = { .title = str_of(TRC(c, N_("Journal"))), .ncols = ARRAY_LEN(heads), .head = NEWN(c->a, struct str, ARRAY_LEN(heads)),
			   .cells = NEWN(c->a, struct cell, ARRAY_LEN(heads) * 5001) };
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		t.head[i] = str_of(TRC(c, heads[i]));
	for (k.limit = 500; t.nrows < 5000;) {
		struct journal_row *j;
		size_t n;
		TRY(journal_find(c, &k, &j, &n));
		for (size_t i = 0; i < n; i++) {
			struct journal_line l = line_of(c, &j[i]);
			const struct str v[] = { l.seq, l.when, l.who, l.role, l.verb, l.type, l.outcome, l.reason, l.way };
			for (size_t q = 0; q < ARRAY_LEN(v); q++)
				t.cells[t.nrows * t.ncols + q] = text_cell(v[q]);
			t.nrows++;
		}
		if (n < 500)
			break;
		k.before = j[n - 1].seq;
	}
	return file_out(rq, rs, &t, "list");
}

/* ---- the board ---- */

static const struct { enum watch_fig f; const char *label, *hint, *query; bool red; } figs[] = {
	{ WATCH_NEAR, N_("Neighbours read"), N_("records of the reader's own community"), NULL, true },
	{ WATCH_NAMESAKE, N_("Namesakes read"), N_("somebody in it bears the reader's name"), NULL, true },
	{ WATCH_GLASS, N_("Emergency openings"), N_("each must be judged"), "type=glass&verb=create", true },
	{ WATCH_DENIED, N_("Refusals"), N_("pages and steps that were not hers"), "outcome=denied", true },
	{ WATCH_FAILED, N_("Failed log-ins"), N_("wrong password or code"), "verb=login&outcome=refused", true },
	{ WATCH_NIGHT, N_("Read outside duty hours"), N_("working days 8:00 to 18:00 are duty"), "verb=reads", false },
	{ WATCH_REVEAL, N_("Shown uncovered"), N_("hidden values shown"), "verb=reveal", false },
	{ WATCH_EXPORT, N_("Times exported"), N_("tables, papers, lists carried out"), "verb=export", false },
	{ WATCH_READS, N_("Reads"), N_("records, lists and searches"), "verb=reads", false },
};

static const int spans[] = { 1, 7, 30 };

static int span_of(struct req *rq)
{
	int64_t d = 7;
	(void)str_int(req_param(rq, "days"), &d);
	return d == 1 || d == 30 ? (int)d : 7;
}

static struct str span_query(struct ctx *c, const struct watch *w)
{
	BUF_AUTO b = BUF(64);
	buf_cstr(&b, "from=");
	date_put(&b, w->from);
	return arena_str(c->a, buf_view(&b));
}

static void put_figs(struct ctx *c, const struct watch *w, struct audit_page *m)
{
	struct str span = span_query(c, w);
	m->figs = NEWN(c->a, struct audit_fig, ARRAY_LEN(figs) + 1);
	for (size_t i = 0; i < ARRAY_LEN(figs); i++) {
		int64_t n = w->sum[figs[i].f];
		m->figs[m->nfigs++] = (struct audit_fig){ str_of(TRC(c, figs[i].label)), str_of(TRC(c, figs[i].hint)),
			figs[i].query ? arena_fmt(c->a, "/journal?%s&%.*s", figs[i].query, (int)span.n, span.p) : STR("#ties"), n, n && figs[i].red ? "red" : NULL };
	}
	m->figs[m->nfigs++] = (struct audit_fig){ str_of(TRC(c, N_("Unusual volume"))), str_of(TRC(c, N_("five times the median of the post"))), STR("#people"), w->unusual,
						  w->unusual ? "red" : NULL };
}

static struct audit_row row_of(struct ctx *c, const struct watch *w, const struct watch_row *r)
{
	struct str span = span_query(c, w);
	struct audit_row o = { .who = who_of(c, r->user), .role = code_label(c->app->codes, "role", str_of(role_name(r->role)), c->lang),
			       .unit = r->org ? ref_label(c, "org", r->org) : STR(""), .url = arena_fmt(c->a, "/journal?user=%lld&%.*s", (long long)r->user, (int)span.n, span.p),
			       .usual = arena_fmt(c->a, "%lld", (long long)r->median), .unusual = r->unusual, .cells = NEWN(c->a, struct audit_cell, ARRAY_LEN(figs)) };
	for (size_t i = 0; i < ARRAY_LEN(figs); i++) {
		int64_t n = r->n[figs[i].f];
		bool marked = n && (figs[i].red || (figs[i].f == WATCH_READS && r->unusual));
		struct str user = figs[i].f == WATCH_FAILED ? arena_fmt(c->a, "rid=%lld", (long long)r->user) : arena_fmt(c->a, "user=%lld", (long long)r->user);
		o.cells[i] = (struct audit_cell){ n, n && figs[i].query ? arena_fmt(c->a, "/journal?%.*s&%s&%.*s", (int)user.n, user.p, figs[i].query, (int)span.n, span.p)
								    : n ? STR("#ties") : STR_NONE, marked };
	}
	return o;
}

#define BOARD_ROWS 100

static void put_rows(struct ctx *c, const struct watch *w, struct audit_page *m)
{
	m->heads = NEWN(c->a, struct str, ARRAY_LEN(figs));
	for (size_t i = 0; i < ARRAY_LEN(figs); i++)
		m->heads[m->nheads++] = str_of(TRC(c, figs[i].label));
	m->rows = NEWN(c->a, struct audit_row, w->nrows + 1);
	for (size_t i = 0; i < w->nrows && i < BOARD_ROWS; i++)
		m->rows[m->nrows++] = row_of(c, w, &w->rows[i]);
	m->more = w->nrows > BOARD_ROWS;
	m->ties = NEWN(c->a, struct audit_tie, w->nties + 1);
	for (size_t i = 0; i < w->nties && i < 200; i++) {
		const struct watch_tie *t = &w->ties[i];
		const struct rtype *type = type_find(c->app, t->type);
		struct str what = type ? str_of(TRC(c, type->label)) : t->type;
		m->ties[m->nties++] = (struct audit_tie){ .who = who_of(c, t->user), .what = arena_fmt(c->a, "%.*s #%lld", (int)what.n, what.p, (long long)t->rid),
			.place = area_label(c, t->area), .when = datetime_str(c->a, t->last), .n = t->n,
			.why = str_of(t->near && t->namesake ? TRC(c, N_("Neighbour and namesake")) : t->near ? TRC(c, N_("Neighbour")) : TRC(c, N_("Namesake"))),
			.url = arena_fmt(c->a, "/journal?user=%lld&rid=%lld", (long long)t->user, (long long)t->rid) };
	}
	m->cut = w->cut;
}

/* Green only when a verification of the last two days found all whole. */
static enum err put_state(struct ctx *c, struct audit_page *m)
{
	struct verified v;
	struct tree_head h;
	int64_t waiting = 0, size = 0;
	TRY(verified_last(c, &v));
	TRY(head_last(c, &h, &m->head));
	TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM job WHERE kind = 'verify' AND state = 0 AND run_at <= ?", ARGS(VI(c->now)), &waiting, NULL));
	TRY(db_int(c->db, c->f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &size, NULL));
	m->running = waiting > 0;
	m->known = v.found;
	m->good = v.found && v.good && !v.wrong && c->now - v.ms < 2 * MS_DAY;
	struct str when = datetime_str(c->a, v.ms);
	if (!v.found)
		m->state = str_of(TRC(c, N_("Not verified yet")));
	else if (!v.good)
		m->state = v.bad_seq ? face_text(c, N_("Not whole: see entry %s"), arena_printf(c->a, "%lld", (long long)v.bad_seq)) : str_of(TRC(c, N_("Not whole: the heads do not fit")));
	else if (v.wrong)
		m->state = face_text(c, N_("%s records are not what the journal says"), arena_printf(c->a, "%lld", (long long)v.wrong));
	else
		m->state = str_of(m->good ? TRC(c, N_("Whole")) : TRC(c, N_("Whole, but verified long ago")));
	if (v.found)
		m->state_text = arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s 核对，共 %lld 条、%lld 个树头、%lld 件记录；现有 %lld 条" : "verified %.*s: %lld entries, %lld heads, %lld records; now %lld entries",
					  (int)when.n, when.p, (long long)v.size, (long long)v.heads, (long long)v.records, (long long)size);
	if (m->head) {
		BUF_AUTO b = BUF(64);
		hex_put(&b, h.root, 8);
		m->head_when = datetime_str(c->a, h.ms);
		m->head_root = arena_str(c->a, buf_view(&b));
		m->head_size = arena_fmt(c->a, "%lld", (long long)h.size);
	}
	m->copy_bad = c->app->heads_fail;
	m->copy = str_of(c->app->heads_fail ? TRC(c, N_("The last head could not be written to its files: tell the operator.")) : c->app->heads_copy
			 ? TRC(c, N_("Heads go to a second folder.")) : TRC(c, N_("No second folder for heads is set; carry the slip away each day.")));
	return OK;
}

static enum err board_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct watch w;
	struct audit_page m = { 0 };
	int days = span_of(rq);
	TRY(watch_make(c, day_start(day_of(c->now) - days + 1), c->now + 1, &w));
	TRY(put_state(c, &m));
	m.spans = NEWN(c->a, struct audit_span, ARRAY_LEN(spans));
	for (size_t i = 0; i < ARRAY_LEN(spans); i++)
		m.spans[m.nspans++] = (struct audit_span){ spans[i] == 1 ? str_of(TRC(c, N_("Today"))) : face_text(c, N_("%s days"), arena_printf(c->a, "%d", spans[i])),
							   arena_fmt(c->a, "/audit?days=%d", spans[i]), spans[i] == days };
	m.xlsx_url = arena_fmt(c->a, "/audit/board.xlsx?days=%d", days);
	put_figs(c, &w, &m);
	put_rows(c, &w, &m);
	TRY(face_shell(rq, N_("Audit board")));
	t_audit_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err board_xlsx(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct watch w;
	struct audit_page m = { 0 };
	TRY(watch_make(c, day_start(day_of(c->now) - span_of(rq) + 1), c->now + 1, &w));
	put_rows(c, &w, &m);
	size_t cols = 4 + m.nheads;
	struct table t = { .title = str_of(TRC(c, N_("Audit board"))), .ncols = cols, .head = NEWN(c->a, struct str, cols), .cells = NEWN(c->a, struct cell, cols * (m.nrows + 1)), .nrows = m.nrows };
	const char *const first[] = { N_("Who"), N_("Role"), N_("Unit"), N_("Median of the post") };
	for (size_t i = 0; i < cols; i++)
		t.head[i] = i < 4 ? str_of(TRC(c, first[i])) : m.heads[i - 4];
	for (size_t r = 0; r < m.nrows; r++) {
		const struct str v[] = { m.rows[r].who, m.rows[r].role, m.rows[r].unit, m.rows[r].usual };
		for (size_t i = 0; i < cols; i++)
			t.cells[r * cols + i] = i < 4 ? text_cell(v[i]) : (struct cell){ .t = CELL_INT, .i = m.rows[r].cells[i - 4].n };
	}
	return file_out(rq, rs, &t, "board");
}

static enum err verify_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	/* The daily job is only called earlier: two at once would read all twice. */
	int64_t n = 0;
	TRY(db_exec(c->db, c->f, "UPDATE job SET run_at = ? WHERE kind = 'verify' AND state = 0 AND run_at > ?", ARGS(VI(c->now), VI(c->now)), &n));
	if (!n) {
		int64_t there = 0;
		TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM job WHERE kind = 'verify' AND state = 0", NOARGS, &there, NULL));
		if (!there)
			TRY(job_put(c, "verify", STR(""), c->now));
	}
	return resp_redirect(rs, rq, "/audit");
}

static enum err newest(struct req *rq, const char *what, struct tree_head *ret)
{
	struct ctx *c = ctx_of(rq);
	bool found;
	TRY(journal_note(c, "export", "journal", 0, "ok", arena_fmt(c->a, "{\"what\":\"%s\"}", what)));
	TRY(head_tick(c, true));
	TRY(head_last(c, ret, &found));
	return found ? OK : fail(c->f, ERR_NOT_FOUND, NULL, NULL);
}

static enum err slip_get(struct req *rq, struct resp *rs)
{
	struct tree_head h;
	TRY(newest(rq, "slip", &h));
	TRY(slip_pdf(ctx_of(rq), &h, &rs->body));
	resp_file(rs, rq, "application/pdf", arena_fmt(rq->a, "%s-%lld.pdf", TRC(ctx_of(rq), N_("Daily slip of the journal")), (long long)h.number));
	return OK;
}

static enum err head_get(struct req *rq, struct resp *rs)
{
	struct tree_head h;
	TRY(newest(rq, "head", &h));
	head_json(ctx_of(rq), &h, &rs->body);
	buf_char(&rs->body, '\n');
	resp_file(rs, rq, "application/json", arena_fmt(rq->a, "head-%lld.json", (long long)h.number));
	return OK;
}

/* ---- who has looked ---- */

struct str looked_url(struct ctx *c, const struct rec *r)
{
	bool audit = AUDITORS & 1u << c->actor->role;
	if (strcmp(r->t->name, "staff") == 0)
		return audit ? arena_fmt(c->a, "/journal?user=%lld", (long long)r->id) : STR_NONE;
	/* Who answers for it: the federations above it, and the person in charge. */
	bool answers = r->sight == SIGHT_FULL && ((R_FED & 1u << c->actor->role) || (r->owner && r->owner == c->actor->user));
	return r->t->level >= 3 && answers ? arena_fmt(c->a, "/%s/%lld/looked", r->t->name, (long long)r->id) : STR_NONE;
}

static enum err looked_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, req_path(rq, "type"));
	struct journal_look *l;
	struct rec *r;
	size_t n;
	if (!t)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	TRY(see_one(c, t->name, req_path_id(rq, "id"), &r));
	if (!looked_url(c, r).n || t->level < 3)
		return fail(&rq->fault, ERR_DENIED, NULL, "looked %s", t->name);
	TRY(journal_looks(c, t->name, r->id, &l, &n));
	struct looked_page m = { .title = rec_title(c, r), .back_url = arena_fmt(c->a, "/%s/%lld", t->name, (long long)r->id), .rows = NEWN(c->a, struct looked_row, n + 1) };
	for (size_t i = 0; i < n; i++) {
		m.rows[m.n++] = (struct looked_row){ .who = l[i].user ? l[i].name : str_of(TRC(c, N_("System"))), .role = code_label(c->app->codes, "role", l[i].role, c->lang), .unit = l[i].unit,
			.what = journal_word(c, l[i].verb), .reason = l[i].reason.n ? code_label(c->app->codes, "purpose", l[i].reason, c->lang) : str_of(TRC(c, N_("Not stated"))),
			.first = datetime_str(c->a, l[i].first), .last = datetime_str(c->a, l[i].last), .n = l[i].n };
		m.total += l[i].n;
	}
	TRY(face_shell(rq, N_("Who has looked")));
	t_looked_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route audit_routes[] = {
	XA_ROUTE("GET", "/journal", journal_get, ROUTE_READ, 0, AUDITORS),
	XA_ROUTE("GET", "/audit", board_get, ROUTE_SLOW, 0, AUDITORS),
	XA_ROUTE("GET", "/audit/board.xlsx", board_xlsx, ROUTE_SLOW, ROUTE_EXPORT, AUDITORS),
	XA_ROUTE("GET", "/audit/journal.xlsx", journal_xlsx, ROUTE_SLOW, ROUTE_EXPORT, AUDITORS),
	XA_ROUTE("GET", "/audit/slip.pdf", slip_get, ROUTE_SLOW, ROUTE_EXPORT, AUDITORS),
	XA_ROUTE("GET", "/audit/head.json", head_get, ROUTE_SLOW, 0, AUDITORS),
	XA_ROUTE("POST", "/audit/verify", verify_post, ROUTE_WRITE, 0, AUDITORS),
	XA_ROUTE("GET", "/{type}/{id}/looked", looked_get, ROUTE_READ, 0, RIGHT_ALL),
	{ 0 },
};
