#include "../test.h"
#include "base/clock.h"
#include "paper/package.h"
#include <sys/stat.h>

/* ---- a workbook made by hand ---- */

struct part { const char *name; const char *text; size_t n; };

static struct str zip_of(struct arena *a, const struct part *parts, size_t n)
{
	zip_error_t e;
	zip_error_init(&e);
	zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, &e);
	zip_source_keep(s);
	zip_t *z = zip_open_from_source(s, ZIP_TRUNCATE, &e);
	must(z);
	for (size_t i = 0; i < n; i++) {
		zip_source_t *p = zip_source_buffer(z, parts[i].text, parts[i].n ? parts[i].n : strlen(parts[i].text), 0);
		must(zip_file_add(z, parts[i].name, p, ZIP_FL_OVERWRITE) >= 0);
	}
	must(zip_close(z) == 0);
	zip_source_open(s);
	zip_source_seek(s, 0, SEEK_END);
	int64_t len = zip_source_tell(s);
	zip_source_seek(s, 0, SEEK_SET);
	char *p = arena_alloc(a, (size_t)len + 1);
	must(zip_source_read(s, p, (zip_uint64_t)len) == len);
	zip_source_close(s);
	zip_source_free(s);
	return (struct str){ p, (size_t)len };
}

#define NS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define OD "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
static const char rels[] = "<Relationships><Relationship Id=\"rId1\" Type=\"" OD "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char book[] = "<workbook " NS "><workbookPr/><sheets><sheet name=\"收件\" sheetId=\"7\" r:id=\"rId9\"/><sheet name=\"二\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>";
static const char book1904[] = "<workbook " NS "><workbookPr date1904=\"1\"/><sheets><sheet name=\"收件\" sheetId=\"7\" r:id=\"rId9\"/></sheets></workbook>";
/* the first sheet is not sheet1.xml, and its target is from the root */
static const char book_rels[] = "<Relationships><Relationship Id=\"rId9\" Type=\"" OD "worksheet\" Target=\"/xl/worksheets/odd.xml\"/>"
	"<Relationship Id=\"rId2\" Type=\"" OD "worksheet\" Target=\"../xl/./worksheets/two.xml\"/>"
	"<Relationship Id=\"rId3\" Type=\"" OD "styles\" Target=\"styles.xml\"/><Relationship Id=\"rId4\" Type=\"" OD "sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
static const char styles[] = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
	"<numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/><numFmt numFmtId=\"166\" formatCode=\"0.00&quot;d&quot;\"/></numFmts>"
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
	"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf numFmtId=\"20\"/></cellXfs></styleSheet>";
static const char strings[] = "<sst><si><t>标题</t></si><si><r><rPr><b/></rPr><t>夫妻</t></r><r><t xml:space=\"preserve\"> 争吵</t></r><rPh sb=\"0\" eb=\"2\"><t>fuqi</t></rPh></si>"
	"<si><t>一_x000D_\n二_x005F_x0041_</t></si><si/><si><t>最后</t></si></sst>";

struct got { struct arena *a; int rows, stop_after; int64_t last; bool formula; struct str cells[300]; size_t n; struct buf all; };

static bool on_row(void *arg, int64_t number, const struct str *cells, size_t n, bool formula)
{
	struct got *g = arg;
	g->rows++;
	g->last = number;
	g->formula |= formula;
	g->n = n;
	buf_printf(&g->all, "%lld:", (long long)number);
	for (size_t i = 0; i < n; i++) {
		buf_char(&g->all, '|');
		if (!cells[i].p)
			buf_char(&g->all, '-');
		buf_str(&g->all, cells[i]);
	}
	buf_cstr(&g->all, formula ? " F\n" : "\n");
	return g->rows != g->stop_after;
}

static enum err read_parts(struct got *g, const char *wb, const char *sst, struct str sheet, const struct xlsx_limits *l, struct fault *f)
{
	ARENA a = arena_new(0);
	const struct part p[] = { { "[Content_Types].xml", "<Types/>", 0 }, { "_rels/.rels", rels, 0 }, { "xl/workbook.xml", wb, 0 }, { "xl/_rels/workbook.xml.rels", book_rels, 0 },
		{ "xl/styles.xml", styles, 0 }, { "xl/sharedStrings.xml", sst, 0 }, { "xl/worksheets/odd.xml", sheet.p, sheet.n },
		{ "xl/worksheets/two.xml", "<worksheet><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>", 0 } };
	*g = (struct got){ .stop_after = g->stop_after, .all = BUF(1 << 20) };
	return xlsx_read(zip_of(a, p, ARRAY_LEN(p)), 0, l, on_row, g, f);
}

#define SHEET(x) STR("<worksheet " NS "><sheetData>" x "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>")

TEST(texts_numbers_dates)
{
	struct got g = { 0 };
	struct fault f = { 0 };
	NEED_OK(read_parts(&g, book, strings, SHEET(
		"<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"/><c r=\"C1\" s=\"1\"/></row>"
		"<row r=\"2\"><c r=\"A2\" s=\"1\"/></row>"
		"<row r=\"5\"><c r=\"B5\" t=\"s\"><v>1</v></c><c r=\"C5\" t=\"s\"><v>2</v></c><c r=\"D5\" t=\"s\"><v>3</v></c><c r=\"E5\" t=\"inlineStr\"><is><r><t>行</t></r><rPh><t>x</t></rPh><r><t>内</t></r></is></c></row>"
		"<row r=\"6\"><c r=\"A6\"><v>24</v></c><c r=\"B6\"><v>1.9900012345E10</v></c><c r=\"C6\"><v>0.10000000000000001</v></c><c r=\"D6\"><v>-0</v></c><c r=\"E6\" t=\"b\"><v>1</v></c><c r=\"F6\" t=\"e\"><v>#N/A</v></c><c r=\"G6\"><v>1e999</v></c><c r=\"H6\"><v>0x10</v></c></row>"
		"<row r=\"7\"><c r=\"A7\" s=\"1\"><v>46350</v></c><c r=\"B7\" s=\"2\"><v>46350.378472222219</v></c><c r=\"C7\" s=\"3\"><v>60</v></c><c r=\"D7\" s=\"3\"><v>59</v></c><c r=\"E7\" s=\"4\"><v>1.5</v></c><c r=\"F7\" s=\"5\"><v>2.5</v></c><c r=\"G7\" s=\"6\"><v>0.5</v></c><c r=\"H7\" s=\"1\"><v>-1</v></c><c r=\"I7\" s=\"1\"><v>46349.999999</v></c><c r=\"J7\" t=\"d\"><v>2026-11-24T09:05:00</v></c></row>"
		"<row><c t=\"str\"><f>A1&amp;\"x\"</f><v>=算</v></c><c><f>NOW()</f></c></row>"),
		NULL, &f));
	CHECK_STR(buf_view(&g.all),
		"1:|标题\n"
		"5:|-|夫妻 争吵|一\n二_x0041_|-|行内\n"
		"6:|24|19900012345|0.1|0|TRUE|#N/A|1e999|0x10\n"
		"7:|2026-11-24|2026-11-24 09:05|1900-02-28|1900-02-28|1.5|2.5|12:00|-1|2026-11-24|2026-11-24 09:05\n"
		"8:|=算| F\n");
	buf_free(&g.all);
}

TEST(the_1904_system_and_stopping)
{
	struct got g = { .stop_after = 1 };
	struct fault f = { 0 };
	NEED_OK(read_parts(&g, book1904, strings, SHEET("<row r=\"3\"><c r=\"A3\" s=\"1\"><v>0</v></c><c r=\"B3\" s=\"1\"><v>44888</v></c></row><row r=\"4\"><c><v>1</v></c></row>"), NULL, &f));
	CHECK_STR(buf_view(&g.all), "3:|1904-01-01|2026-11-24\n");
	CHECK_INT(g.rows, 1);
	buf_free(&g.all);
}

TEST(sheets_by_relation)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	const struct part p[] = { { "_rels/.rels", rels, 0 }, { "xl/workbook.xml", book, 0 }, { "xl/_rels/workbook.xml.rels", book_rels, 0 },
		{ "xl/worksheets/two.xml", "<x:worksheet xmlns:x=\"u\"><x:sheetData><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>", 0 } };
	struct str z = zip_of(a, p, ARRAY_LEN(p)), *names;
	size_t n;
	NEED_OK(xlsx_sheets(z, a, &names, &n, &f));
	NEED(n == 2);
	CHECK_STR(names[0], "收件");
	struct got g = { .all = BUF(1000) };
	CHECK_OK(xlsx_read(z, 1, NULL, on_row, &g, &f));
	CHECK_STR(buf_view(&g.all), "1:|2\n");
	CHECK_ERR(xlsx_read(z, 0, NULL, on_row, &g, &f), ERR_INVALID);   /* its part is missing */
	CHECK_ERR(xlsx_read(z, 2, NULL, on_row, &g, &f), ERR_NOT_FOUND);
	CHECK_ERR(xlsx_read(z, -1, NULL, on_row, &g, &f), ERR_NOT_FOUND);
	buf_free(&g.all);
}

static enum err hostile(struct str sheet, const struct xlsx_limits *l)
{
	struct got g = { 0 };
	struct fault f = { 0 };
	enum err e = read_parts(&g, book, strings, sheet, l, &f);
	buf_free(&g.all);
	return e;
}

TEST(hostile_xml)
{
	CHECK_ERR(hostile(STR("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>"), NULL), ERR_INVALID);
	CHECK_ERR(hostile(STR("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet/>"), NULL), ERR_INVALID);
	CHECK_ERR(hostile(STR("<worksheet><sheetData><row><c><v>&undefined;</v></c></row>"), NULL), ERR_INVALID);
	CHECK_ERR(hostile(SHEET("<row><c t=\"s\"><v>99</v></c></row>"), NULL), ERR_INVALID);
	CHECK_ERR(hostile(SHEET("<row><c t=\"s\"><v>-1</v></c></row>"), NULL), ERR_INVALID);
	CHECK_ERR(hostile(SHEET("<row><c t=\"s\"><v>18446744073709551615</v></c></row>"), NULL), ERR_INVALID);
	CHECK_ERR(hostile(SHEET("<row r=\"1048577\"><c><v>1</v></c></row>"), NULL), ERR_LIMIT);
	CHECK_ERR(hostile(SHEET("<row r=\"1\"><c r=\"ZZZ1\"><v>1</v></c></row>"), NULL), ERR_LIMIT);
	CHECK_OK(hostile(SHEET("<row r=\"1\"><c r=\"!!\"><v>1</v></c><c r=\"ZZZ1\" s=\"1\"/></row>"), NULL));
	CHECK_OK(hostile(STR("<v>1</v>"), NULL));
	CHECK_OK(hostile(SHEET("<c><v>1</v></c><row><row><c><c><v>1</v></c></c></row></row>"), NULL));
	CHECK_ERR(hostile(STR("<worksheet><sheetData><row><c><v>1"), NULL), ERR_INVALID);
	ARENA a = arena_new(0);
	BUF_AUTO deep = BUF(1 << 20), wide = BUF(16 << 20);
	for (int i = 0; i < 10000; i++)
		buf_cstr(&deep, "<a>");
	CHECK_ERR(hostile(buf_view(&deep), NULL), ERR_LIMIT);
	buf_cstr(&wide, "<worksheet x=\"");
	for (int i = 0; i < 600000; i++)
		buf_cstr(&wide, "aaaaaaaaaaaaaaaa");
	buf_cstr(&wide, "\"/>");
	CHECK_ERR(hostile(buf_view(&wide), NULL), ERR_LIMIT);
	buf_reset(&wide);
	buf_cstr(&wide, "<worksheet><sheetData><row r=\"3\"><c r=\"B3\" t=\"str\"><v>");
	for (int i = 0; i < 70000; i++)
		buf_cstr(&wide, "aaaaaaaaaaaaaaaa");
	buf_cstr(&wide, "</v></c></row></sheetData></worksheet>");
	struct got g = { 0 };
	struct fault f = { 0 };
	CHECK_ERR(read_parts(&g, book, strings, buf_view(&wide), NULL, &f), ERR_LIMIT);
	CHECK_STR(str_of(f.arg), "B3");
	buf_free(&g.all);
}

TEST(hostile_zip)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct got g = { .all = BUF(1000) };
	CHECK_ERR(xlsx_read(STR(""), 0, NULL, on_row, &g, &f), ERR_INVALID);
	CHECK_ERR(xlsx_read(STR("姓名,电话\n张三,19900012345\nand so on and so on"), 0, NULL, on_row, &g, &f), ERR_INVALID);
	CHECK_ERR(xlsx_read(STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 an old workbook"), 0, NULL, on_row, &g, &f), ERR_INVALID);
	CHECK(f.hint != NULL);
	/* a bomb: 8 MiB of blanks under a limit of 1 MiB, whatever the directory says */
	char *blank = arena_alloc(a, 8 << 20);
	memset(blank, ' ', 8 << 20);
	struct xlsx_limits small = xlsx_limits_default;
	small.max_bytes = 1 << 20;
	CHECK_ERR(hostile((struct str){ blank, 8 << 20 }, &small), ERR_LIMIT);
	small = xlsx_limits_default;
	small.max_parts = 3;
	CHECK_ERR(hostile(SHEET(""), &small), ERR_LIMIT);
	small = xlsx_limits_default;
	small.max_rows = 10;
	CHECK_ERR(hostile(SHEET("<row r=\"11\"/>"), &small), ERR_LIMIT);
	/* cut and bent files: any answer but a crash */
	const struct part p[] = { { "_rels/.rels", rels, 0 }, { "xl/workbook.xml", book, 0 }, { "xl/_rels/workbook.xml.rels", book_rels, 0 }, { "xl/styles.xml", styles, 0 },
		{ "xl/sharedStrings.xml", strings, 0 }, { "xl/worksheets/odd.xml", SHEET("<row><c t=\"s\"><v>1</v></c></row>").p, 0 } };
	struct str z = zip_of(a, p, ARRAY_LEN(p));
	struct rng r = { 7 };
	for (int i = 0; i < 600; i++) {
		char *bent = arena_cstr(a, z);
		size_t n = i % 3 ? z.n : (size_t)rng_range(&r, 0, (int64_t)z.n);
		memcpy(bent, z.p, z.n);
		for (int k = 0; k < 1 + i % 5; k++)
			bent[rng_range(&r, 0, (int64_t)z.n - 1)] = (char)rng_next(&r);
		buf_reset(&g.all);
		(void)!xlsx_read((struct str){ bent, n }, 0, NULL, on_row, &g, &f);
	}
	buf_free(&g.all);
}

TEST(formats)
{
	CHECK(format_is_date("yyyy-mm-dd") && format_is_date("[$-804]yyyy\"年\"m\"月\";@") && format_is_date("[Red]h:mm AM/PM"));
	CHECK(!format_is_date("General") && !format_is_date("#,##0.00_);[Red]\\(#,##0.00\\)") && !format_is_date("0\"day\"") && !format_is_date("[h]:mm:ss") && !format_is_date("G/通用格式") && !format_is_date("0\\d") && !format_is_date("\"") && !format_is_date("\\"));
	double v;
	BUF_AUTO b = BUF(100);
	CHECK(number_put(&b, STR(" 320582199001011000 "), &v));
	CHECK_STR(buf_view(&b), "320582199001011008");   /* what a double holds of it: such columns must be text */
	CHECK(!number_put(&b, STR("nan"), &v) && !number_put(&b, STR(""), &v) && !number_put(&b, STR("1e"), &v));
}

/* The real inbox: read where it is. Its content goes nowhere. */
TEST(a_citys_inbox)
{
	ARENA a = arena_new(0);
	const char *dir = getenv("XA_DATA"), *src = getenv("XA_SRC");
	const char *path = dir ? arena_printf(a, "%s/inbox/messages.xlsx", dir) : arena_printf(a, "%s/../shared/data/inbox/messages.xlsx", src ? src : ".");
	FILE *in = fopen(path, "rb");
	if (!in) {
		printf("# skipped: no inbox/messages.xlsx in the folder XA_DATA (default ../shared/data)\n");
		return;
	}
	struct stat st;
	NEED(fstat(fileno(in), &st) == 0);
	char *p = arena_alloc(a, (size_t)st.st_size + 1);
	NEED(fread(p, 1, (size_t)st.st_size, in) == (size_t)st.st_size);
	fclose(in);
	struct got g = { .all = BUF(8 << 20) };
	struct fault f = { 0 };
	int64_t t = mono_ms();
	NEED_OK(xlsx_read((struct str){ p, (size_t)st.st_size }, 0, NULL, on_row, &g, &f));
	printf("# %d rows that hold anything, read in %lld ms\n", g.rows, (long long)(mono_ms() - t));
	CHECK_INT(g.rows, 496);   /* the head and 495 messages, of 65,203 styled rows */
	CHECK_INT(g.last, 496);
	buf_free(&g.all);
}
