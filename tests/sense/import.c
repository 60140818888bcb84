/* Files of clues: formats, guessed columns, good and bad rows, twice, killed and gone on; and the city's real export. */
#include "../absorb/river.h"
#include "paper/paper.h"
#include "sense/import.h"
#include "text/text.h"

struct told { int n; struct import_verdict v[600]; struct arena *a; };

static void tell(void *arg, const struct import_verdict *v)
{
	struct told *t = arg;
	if (t->n == (int)ARRAY_LEN(t->v))
		return;
	t->v[t->n] = *v;
	for (int i = 0; i < IM_COUNT; i++)
		t->v[t->n].values[i] = arena_str(t->a, v->values[i]);
	t->n++;
}

struct trial { struct city *p; struct actor w; struct ctx c; struct tab t; struct import_run r; struct import_counts n; struct told told; bool more; };

static void begin(struct trial *x, struct city *p, struct str bytes)
{
	memset(x, 0, sizeof *x);
	x->p = p;
	x->w = CITYW;
	x->told.a = p->a;
	ctx_at(p, &x->c, &x->w);
	NEED_OK(ctx_read(&x->c));
	NEED_OK(tab_open(p->a, bytes, 0, import_head_known, &x->t, &p->f));
	x->r = (struct import_run){ .tab = &x->t, .channel = STR("hotline12345"), .area = str_of(CITY), .actor = &x->w, .each = tell, .arg = &x->told };
	NEED_OK(import_guess(&x->t, &x->r.map, &p->f));
}

static enum err go(struct trial *x)
{
	x->told.n = 0;
	return import_run(&x->c, &x->r, &x->n, &x->more);
}

static int64_t clues(struct city *p)
{
	struct ctx c;
	int64_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_count(&c, &(struct see){ .type = "clue" }, 100000, &n));
	return n;
}

static struct rec *only(struct city *p, const char *number)
{
	struct ctx c;
	int64_t id = 0;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(sense_external(&c, STR("hotline12345"), str_of(number), &id));
	NEED(id != 0);
	return get(p, "clue", id);
}

static const char table[] =
	"12345工单导出,,,,\r\n"
	"工单编号,来电时间,诉求标题,诉求内容,来电人,联系电话\r\n"
	"A1,2026-03-04 10:20,争吵,\"丈夫常打我,\r\n邻居也听见\",王小明,19900000001\r\n"
	"A2,45000,无,孩子没人管,阿卜杜拉·买买提,打不通\r\n"
	"A3,2036-01-01,x,来自将来,,\r\n"
	"A4,前天,x,不知哪天,,\r\n"
	"A5,2026-03-05,只有标题,,,\r\n"
	",2026-03-05,无号,没有编号的一条,,\r\n"
	",2026-03-05,无号,没有编号的一条,,\r\n"
	"A1,2026-03-04 10:20,争吵,又是同一单,,\r\n";

TEST(good_rows_are_kept_bad_ones_told)
{
	struct city here, *p = &here;
	struct trial x;
	city_open(p);
	begin(&x, p, str_of(table));
	CHECK_INT(x.t.format, TAB_CSV);
	CHECK_INT(x.t.head_row, 2);
	CHECK_STR(import_map_text(p->a, &x.r.map), "#0=external_id,#1=received,#2=title,#3=text,#4=reporter_name,#5=reporter_phone");
	x.r.dry = true;
	NEED_OK(go(&x));
	CHECK_INT(x.n.good, 3);
	CHECK_INT(x.n.dup, 2);
	CHECK_INT(x.n.bad, 3);
	CHECK_INT(clues(p), 0);
	x.r.dry = false;
	NEED_OK(go(&x));
	CHECK_INT(x.n.rows, 8);
	CHECK_INT(x.n.good, 3);
	CHECK_INT(x.n.dup, 2);
	CHECK_INT(x.n.bad, 3);
	CHECK_INT(x.n.warned, 1);
	CHECK_INT(clues(p), 3);
	NEED(x.told.n == 8);
	CHECK_INT(x.told.v[2].row, 5);
	CHECK(!strcmp(x.told.v[2].column, "received") && strstr(x.told.v[2].reason, "future"));
	CHECK(strstr(x.told.v[3].reason, "no date") && !strcmp(x.told.v[3].arg, "前天"));
	CHECK(!strcmp(x.told.v[4].column, "text"));
	struct rec *r = only(p, "A2");
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK_INT(rec_int(r, "received"), civil_ms((struct civil){ 2023, 3, 15, 0, 0, 0 }));
	/* What is no phone number is not lost. */
	CHECK_STR(rec_str(&c, r, "text"), "孩子没人管\n〔联系电话：打不通〕");
	CHECK(!rec_has(r, "reporter_phone"));
	CHECK_STR(rec_str(&c, only(p, "A1"), "text"), "丈夫常打我,\n邻居也听见");
	CHECK_INT(r->creator, ANNA);
	NEED_OK(go(&x));
	CHECK_INT(x.n.good, 0);
	CHECK_INT(x.n.dup, 5);
	CHECK_INT(clues(p), 3);
	city_close(p);
}

TEST(every_encoding_reads_alike)
{
	struct city here, *p = &here;
	static const char gbk[] = "\xB1\xE0\xBA\xC5,\xC8\xD5\xC6\xDA,\xC4\xDA\xC8\xDD\n1,2026-01-02,\xD5\xC9\xB7\xF2\xB4\xF2\xC8\xCB\n";        /* 编号,日期,内容 / 丈夫打人 */
	static const char utf16[] = "\xFF\xFE\x16\x7F\xF7\x53,\0\xE5\x65\x1F\x67,\0\x85\x51\xB9\x5B\n\0" "2\0,\0" "2\0" "0\0" "2\0" "6\0-\0" "1\0-\0" "2\0,\0\x08\x4E\x2B\x59\x53\x62\xBA\x4E\n\0";
	static const char json[] = "{\"编号\":\"3\",\"日期\":\"2026-01-02\",\"内容\":\"丈夫打人\"}\n\nnot json\n{\"编号\":4,\"内容\":\"另一条\",\"多余\":[1]}\n";
	city_open(p);
	struct { struct str s; const char *id; int good, bad; } files[] = { { str_of(gbk), "1", 1, 0 }, { { utf16, sizeof utf16 - 1 }, "2", 1, 0 }, { str_of(json), "3", 2, 1 } };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct trial x;
		struct ctx c;
		begin(&x, p, files[i].s);
		NEED_OK(go(&x));
		CHECK_INT(x.n.good, files[i].good);
		CHECK_INT(x.n.bad, files[i].bad);
		ctx_at(p, &c, &actor_system);
		CHECK_STR(rec_str(&c, only(p, files[i].id), "text"), "丈夫打人");
	}
	city_close(p);
}

TEST(columns_are_guessed_by_what_they_hold)
{
	struct city here, *p = &here;
	struct trial x;
	city_open(p);
	begin(&x, p, STR("x1;2026/1/2 3:04;19900000002;今天下午在菜场门口两口子又吵起来了，孩子在哭\nx2;45001;19900000003;老人说儿子不让她进门，已经三天了\n"));
	CHECK_INT(x.t.head_row, 0);
	CHECK_STR(x.t.head[3], "D");
	CHECK_STR(import_map_text(p->a, &x.r.map), "#1=received,#2=reporter_phone,#3=text");
	struct import_map m;
	CHECK_OK(import_map_parse(&x.t, STR("A=external_id, 3=text"), &m, &p->f));
	CHECK_STR(import_map_text(p->a, &m), "#0=external_id,#3=text");
	CHECK_ERR(import_map_parse(&x.t, STR("A=nothing"), &m, &p->f), ERR_INVALID);
	CHECK_ERR(import_map_parse(&x.t, STR("Z=text"), &m, &p->f), ERR_INVALID);
	city_close(p);
}

TEST(no_table_is_refused_with_advice)
{
	static const char *const bad[] = { "", "   \n", "%PDF-1.4", "\xD0\xCF\x11\xE0xxxx", "[{\"a\":1}]", "PK\x03\x04 not a zip" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ARENA a = arena_new(0);
		struct fault f = { 0 };
		struct tab t;
		enum err e = tab_open(a, str_of(bad[i]), 0, import_head_known, &t, &f);
		CHECK(e == ERR_INVALID || e == ERR_LIMIT);
		CHECK(f.msg != NULL);
	}
}

TEST(long_rows_are_bad_rows)
{
	struct city here, *p = &here;
	struct trial x;
	city_open(p);
	size_t n = 20 << 20;
	BUF_AUTO big = BUF(64 << 20);
	buf_cstr(&big, "编号,内容\n1,");
	for (size_t i = 0; i < n; i++)
		buf_char(&big, 'a');
	buf_cstr(&big, "\n2,b\n");
	begin(&x, p, buf_view(&big));
	NEED_OK(go(&x));
	CHECK_INT(x.n.good, 1);
	CHECK_INT(x.n.bad, 1);
	CHECK(strstr(x.told.v[0].reason, "20,000"));
	city_close(p);
}

/* The run as the page starts it: sealed file, job, books; stopped and gone on. */
TEST(the_job_runs_it_and_removes_the_file)
{
	struct city here, *p = &here;
	struct trial x;
	struct import_batch b;
	struct done d;
	struct import_bad *bad;
	int64_t id;
	size_t nbad;
	city_open(p);
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = p->fed, .area = str_of(CITY),
		INPUTS(IN("name", "安娜"), IN("role", "city"), IN("login", "anna")) }, &d));
	begin(&x, p, str_of(table));
	x.w.user = d.id;
	NEED_OK(import_take(&x.c, STR("../a\xFF.csv"), x.r.channel, str_of(table), &id));
	char *path = arena_printf(p->a, "%s/import/%lld", p->dir, (long long)id);
	char raw[4096] = { 0 };
	FILE *in = fopen(path, "rb");
	NEED(in != NULL);
	size_t n = fread(raw, 1, sizeof raw, in);
	fclose(in);
	CHECK(str_find((struct str){ raw, n }, STR("19900000001")) < 0);
	NEED_OK(import_get(&x.c, id, &b));
	NEED_OK(import_start(&x.c, &b, &x.t, &x.r.map, str_of(CITY), true));
	static const struct job_kind kinds[] = { { "import", import_job, 0 }, { 0 } };
	int ran = 0;
	NEED_OK(jobs_run(p->app, kinds, 10, &ran));
	CHECK(ran >= 1);
	NEED_OK(import_get(&x.c, id, &b));
	CHECK_STR(b.state, "done");
	CHECK_INT(b.n.rows, 8);
	CHECK_INT(b.n.good, 3);
	CHECK_INT(b.n.bad, 3);
	CHECK_INT(b.n.dup, 2);
	NEED_OK(import_bads(&x.c, id, 0, 100, &bad, &nbad));
	CHECK_INT(nbad, 3);
	CHECK_INT(bad[0].row, 5);
	CHECK(access(path, F_OK) != 0);
	/* The columns are remembered for the channel. */
	bool found;
	struct import_map m;
	NEED_OK(import_map_recall(&x.c, x.r.channel, &x.t, &m, &found));
	CHECK(found && m.field[3] == IM_TEXT);
	/* Somebody else does not see it. */
	struct ctx c;
	struct actor tina = TOWNW;
	ctx_at(p, &c, &tina);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(import_get(&c, id, &b), ERR_NOT_FOUND);
	city_close(p);
}

TEST(a_stopped_run_goes_on)
{
	struct city here, *p = &here;
	struct trial x;
	struct import_batch b;
	BUF_AUTO f = BUF(1 << 20);
	city_open(p);
	buf_cstr(&f, "编号,内容\n");
	for (int i = 0; i < 450; i++)
		buf_printf(&f, "N%d,%s\n", i, i % 100 == 7 ? "" : "一条线索");
	begin(&x, p, buf_view(&f));
	NEED_OK(import_begin(&x.c, STR("a.csv"), x.r.channel, buf_view(&f), &b));
	x.r.batch = b.id;
	x.r.limit = 230;
	NEED_OK(go(&x));
	CHECK_INT(x.n.rows, 230);
	int64_t first = b.id;
	NEED_OK(import_begin(&x.c, STR("a.csv"), x.r.channel, buf_view(&f), &b));
	CHECK_INT(b.id, first);
	CHECK_INT(b.n.at, 231);
	/* One that starts from an old place is refused: two never write the same rows. */
	struct import_counts was = x.r.start;
	CHECK_ERR(go(&x), ERR_STALE);
	fault_clear(&p->f);
	(void)was;
	x.r.start = b.n;
	x.r.limit = 0;
	NEED_OK(go(&x));
	NEED_OK(import_get(&x.c, b.id, &b));
	CHECK_INT(b.n.good, 445);
	CHECK_INT(b.n.bad, 5);
	CHECK_INT(b.n.dup, 0);
	CHECK_INT(clues(p), 445);
	city_close(p);
}

static struct str data_file(struct city *p, const char *name)
{
	const char *data = getenv("XA_DATA"), *src = getenv("XA_SRC");
	char *path = data ? arena_printf(p->a, "%s/%s", data, name) : arena_printf(p->a, "%s/../shared/data/%s", src ? src : ".", name);
	FILE *in = fopen(path, "rb");
	if (!in)
		return STR_NONE;
	char *b = arena_alloc(p->a, 8 << 20);
	size_t n = fread(b, 1, 8 << 20, in);
	fclose(in);
	return (struct str){ b, n };
}

/* A city's message export: 65,203 sheet rows of which 495 hold anything. */
TEST(the_real_export)
{
	struct city here, *p = &here;
	struct trial x;
	city_open(p);
	struct str file = data_file(p, "inbox/messages.xlsx");
	if (!file.n) {
		printf("# skipped: no inbox/messages.xlsx in the folder named by XA_DATA (default ../shared/data)\n");
		city_close(p);
		return;
	}
	begin(&x, p, file);
	CHECK_INT(x.t.format, TAB_XLSX);
	CHECK_STR(import_map_text(p->a, &x.r.map), "#0=external_id,#1=reporter_name,#2=title,#3=received,#4=text");
	NEED_OK(go(&x));
	CHECK_INT(x.n.rows, 495);
	/* Message 37042 stands in it twice, word for word. */
	CHECK_INT(x.n.good, 494);
	CHECK_INT(x.n.dup, 1);
	for (int i = 0; i < x.told.n; i++)
		if (x.told.v[i].outcome == IMPORT_BAD)
			printf("# row %lld: %s: %s (%s)\n", (long long)x.told.v[i].row, x.told.v[i].column, x.told.v[i].reason, x.told.v[i].arg);
	NEED_OK(go(&x));
	CHECK_INT(x.n.good, 0);
	CHECK_INT(x.n.dup, 495);
	CHECK_INT(clues(p), 494);
	city_close(p);
}
