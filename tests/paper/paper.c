#include "../test.h"
#include "base/clock.h"
#include "lsan.h"
#include "paper/inner.h"
#include <unistd.h>
#include <zip.h>

#define T(x) (struct cell){ .t = CELL_TEXT, .s = STR(x) }
#define I(x) (struct cell){ .t = CELL_INT, .i = (x) }
#define P(x) (struct cell){ .t = CELL_PERCENT, .r = (x) }

/* XA_SHOTS=folder keeps the papers for looking at. */
static void keep(const char *name, struct str bytes)
{
	const char *dir = getenv("XA_SHOTS");
	char path[512];
	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *o = fopen(path, "wb");
	if (o) {
		fwrite(bytes.p, 1, bytes.n, o);
		fclose(o);
	}
}

static struct table towns(struct arena *a, size_t rows)
{
	static const char *const names[] = { "杨舍镇", "塘桥镇", "金港街道", "锦丰镇", "乐余镇", "凤凰镇", "南丰镇", "大新镇", "常阴沙现代农业示范园区" };
	struct table t = { .title = STR("张家港市小安系统 2026年10月统计表"), .subtitle = STR("填报单位:张家港市妇女联合会　　统计口径:办结口径　　单位:件"), .ncols = 8, .nrows = rows, .foot = STR("张家港市妇女联合会　制表人:测试员　2026-11-01 09:00") };
	t.head = NEWN(a, struct str, 8);
	const char *h[] = { "区镇", "线索数", "家事线索", "立案数", "办结数", "化解成功数", "化解成功率", "满意率" };
	for (int i = 0; i < 8; i++)
		t.head[i] = str_of(h[i]);
	t.cells = NEWN(a, struct cell, rows * 8);
	for (size_t r = 0; r < rows; r++) {
		struct cell *c = &t.cells[r * 8];
		c[0] = (struct cell){ .t = CELL_TEXT, .s = str_of(names[r % 9]) };
		for (int i = 1; i < 6; i++)
			c[i] = I((int64_t)(r * 37 % 211) * (i == 1 ? 13 : 1));
		c[6] = P(0.9986);
		c[7] = r % 5 == 4 ? T("—") : P((double)(r % 100) / 100);
		if (r + 1 == rows)
			for (int i = 0; i < 8; i++)
				c[i].bold = true;
	}
	t.notes = NEWN(a, struct str, 2);
	t.notes[t.nnotes++] = STR("注1:化解成功率 = 化解成功数 ÷ 办结数 × 100%;分母为零时记“—”。四舍五入保留一位小数,未满百分之百时不记为 100.0%。");
	t.notes[t.nnotes++] = STR("注2:满意率 = (满意 + 基本满意) ÷ 已答复回访数 × 100%。");
	return t;
}

static bool row_keep(void *arg, int64_t number, const struct str *cells, size_t n, bool formula)
{
	struct buf *b = arg;
	buf_printf(b, "%lld%s:", (long long)number, formula ? "F" : "");
	for (size_t i = 0; i < n; i++) {
		buf_char(b, '|');
		buf_str(b, cells[i]);
	}
	buf_char(b, '\n');
	return true;
}

TEST(what_is_written_is_read_again)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	clock_fix(1793494800000);
	struct str head[] = { STR("文字"), STR("数"), STR("率"), STR("日期") };
	struct cell cells[] = {
		T("=1+1"), I(1382), P(0.5), { .t = CELL_DATE, .i = 1793462400000 },
		T("+86 @x -y\n二行\x01 𠮷㛃 <&>\""), { .t = CELL_REAL, .r = 2.25 }, P(-0.155), { .t = CELL_DATE, .i = 1793494800000 },
		{ .t = CELL_TEXT, .s = STR("合计"), .span = 2, .bold = true }, { .t = CELL_EMPTY }, T("@SUM(A1)"), T("http://example.invalid/"),
		T("差"), { .t = CELL_POINTS, .r = 0.01214, .s = STR("个百分点") }, { .t = CELL_POINTS, .r = -0.5, .s = STR("个百分点") }, { .t = CELL_EMPTY },
	};
	struct str notes[] = { STR("注:=A1") };
	struct table t[3] = { { .title = STR("一:月/表[2026]*?\\ 的名字很长很长很长很长很长很长很长很长很长很长"), .head = head, .ncols = 4, .cells = cells, .nrows = 4, .notes = notes, .nnotes = 1, .foot = STR("1 & 2") } };
	t[1] = t[0];
	t[2] = t[0];
	t[2].title = STR("History");
	BUF_AUTO x = BUF(1 << 20), y = BUF(1 << 20), got = BUF(1 << 20);
	NEED_OK(xlsx_write(t, 3, &x, &f));
	NEED_OK(xlsx_write(t, 3, &y, &f));
	CHECK(str_eq(buf_view(&x), buf_view(&y)));   /* the same table at the same moment: the same bytes */
	keep("round.xlsx", buf_view(&x));
	struct str *names;
	size_t n;
	NEED_OK(xlsx_sheets(buf_view(&x), a, &names, &n, &f));
	NEED(n == 3);
	CHECK(!str_eq(names[0], names[1]) && !str_is(names[2], "History"));
	NEED_OK(xlsx_read(buf_view(&x), 0, NULL, row_keep, &got, &f));
	const char *want = "2:|文字|数|率|日期\n3:|=1+1|1382|0.5|2026-11-01\n4:|+86 @x -y\n二行\xEF\xBF\xBD 𠮷㛃 <&>\"|2.25|-0.155|2026-11-01 09:00\n5:|合计||@SUM(A1)|http://example.invalid/\n6:|差|1.2|-50\n7:|注:=A1\n8:|1 & 2\n";
	CHECK(str_ends(buf_view(&got), want));
	if (!str_ends(buf_view(&got), want))
		printf("# got %s\n", got.p);
	clock_fix(0);
}

/* A part of the workbook as text. */
static struct str part_of(struct arena *a, struct str bytes, const char *name)
{
	zip_error_t ze;
	zip_stat_t st;
	zip_t *z = zip_open_from_source(zip_source_buffer_create(bytes.p, bytes.n, 0, &ze), ZIP_RDONLY, &ze);
	NEED(z && zip_stat(z, name, 0, &st) == 0);
	char *text = arena_alloc(a, (size_t)st.size + 1);
	zip_file_t *in = zip_fopen(z, name, 0);
	NEED(in && zip_fread(in, text, st.size) == (zip_int64_t)st.size);
	zip_fclose(in);
	zip_discard(z);
	return (struct str){ text, (size_t)st.size };
}

/* LibreOffice shows a negative without its minus when it falls to the last of sections with conditions: -70 % as 70 %. */
TEST(a_fall_keeps_its_minus)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	BUF_AUTO x = BUF(1 << 20);
	struct cell cells[] = { P(-0.7), P(0.9999), P(1) };
	struct table t = { .title = STR("月"), .ncols = 3, .cells = cells, .nrows = 1 };
	NEED_OK(xlsx_write(&t, 1, &x, &f));
	struct str styles = part_of(a, buf_view(&x), "xl/styles.xml");
	CHECK(str_find(styles, STR("formatCode=\"0.0%\"")) >= 0);
	CHECK(str_find(styles, STR("99.9%+")) >= 0);
	CHECK(str_find(styles, STR("[&gt;")) < 0);
}

TEST(text_with_escapes_survives)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	BUF_AUTO longer = BUF(200000);
	for (int i = 0; i < 40000; i++)
		buf_cstr(&longer, "长");
	struct cell cells[] = { T("_x0041_ is no A"), { .t = CELL_TEXT, .s = buf_view(&longer) }, { .t = CELL_TEXT, .s = { "bad\xFF\x00utf8", 9 } } };
	struct table t = { .title = STR(""), .ncols = 1, .cells = cells, .nrows = 3 };
	BUF_AUTO x = BUF(1 << 20), got = BUF(1 << 20);
	NEED_OK(xlsx_write(&t, 1, &x, &f));
	NEED_OK(xlsx_read(buf_view(&x), 0, NULL, row_keep, &got, &f));
	CHECK(str_find(buf_view(&got), STR("_x0041_ is no A")) >= 0);
	CHECK(str_find(buf_view(&got), STR("…(已截断)")) > 90000);
	CHECK(str_find(buf_view(&got), STR("bad\xEF\xBF\xBD\xEF\xBF\xBDutf8")) >= 0);
	BUF_AUTO tight = BUF(1000);
	CHECK_ERR(xlsx_write(&t, 1, &tight, &f), ERR_LIMIT);
	CHECK_ERR(xlsx_write(&t, 0, &tight, &f), ERR_LIMIT);
}

static int count(struct str s, const char *needle)
{
	int n = 0;
	ptrdiff_t at;
	while ((at = str_find(s, str_of(needle))) >= 0) {
		n++;
		s.p += at + 1;
		s.n -= (size_t)at + 1;
	}
	return n;
}

static int pages(struct str pdf) { return count(pdf, "/Type /Page") - count(pdf, "/Type /Pages"); }

TEST(tables_on_paper)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	clock_fix(1793494800000);
	struct table t[3] = { towns(a, 10), towns(a, 3), towns(a, 75) };
	t[1].title = STR("按线索来源");
	t[1].nnotes = 0;
	t[2].title = STR("按类型(长表)");
	BUF_AUTO b = BUF(16 << 20), c = BUF(16 << 20), xl = BUF(4 << 20);
	NEED_OK(pdf_tables(t, 3, true, &b, &f));
	keep("tables-land.pdf", buf_view(&b));
	NEED_OK(pdf_tables(t, 3, true, &c, &f));
	CHECK(str_eq(buf_view(&b), buf_view(&c)));
	buf_reset(&c);
	NEED_OK(pdf_tables(t, 3, false, &c, &f));
	keep("tables-port.pdf", buf_view(&c));
	CHECK(str_starts(buf_view(&b), "%PDF-") && pages(buf_view(&b)) >= 3);
	NEED_OK(xlsx_write(t, 3, &xl, &f));
	keep("tables.xlsx", buf_view(&xl));
	clock_fix(0);
}

TEST(a_cell_longer_than_a_page)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	BUF_AUTO text = BUF(1 << 20), b = BUF(16 << 20);
	for (int i = 0; i < 300; i++)
		buf_printf(&text, "第%d句,夫妻二人因琐事争吵,经调解员劝说后和好如初。", i);
	struct str head[] = { STR("编号"), STR("经过") };
	struct cell cells[] = { T("1"), T("短"), T("2"), { .t = CELL_TEXT, .s = buf_view(&text) }, T("3"), T("末") };
	struct table t = { .title = STR("长格"), .head = head, .ncols = 2, .cells = cells, .nrows = 3, .width = (double[]){ 1, 3 } };
	NEED_OK(pdf_tables(&t, 1, false, &b, &f));
	keep("tall.pdf", buf_view(&b));
	CHECK(pages(buf_view(&b)) >= 4);
	BUF_AUTO tight = BUF(1000);
	CHECK_ERR(pdf_tables(&t, 1, false, &tight, &f), ERR_LIMIT);
	(void)a;
}

TEST(an_agreement)
{
	struct fault f = { 0 };
	BUF_AUTO b = BUF(16 << 20), c = BUF(16 << 20);
	clock_fix(1793494800000);
	static const struct para p[] = {
		{ PARA_TITLE, .text = STR("婚姻家庭纠纷人民调解协议书") },
		{ PARA_NUMBER, .text = STR("张妇调〔2026〕12号") },
		{ PARA_FIELD, STR("申请人:"), STR("张某某(化名),女,汉族,住杨舍镇某社区") },
		{ PARA_FIELD, STR("被申请人:"), STR("李某某(化名),男,汉族,住杨舍镇某社区,现在外务工,每月回家一次,联系方式由调解员另行登记保存") },
		{ PARA_FIELD, STR("案　由:"), STR("") },
		{ PARA_HEAD, .text = STR("一、纠纷的主要事实和争议事项") },
		{ PARA_BODY, .text = STR("双方于2015年登记结婚,婚后育有一子。2026年以来,双方因子女教育、家庭开支等问题多次发生争吵,经社区网格员上门劝解后仍未缓和。2026年10月12日,申请人向张家港市妇联“暨阳好阿姨”调解工作室提出调解申请,双方自愿接受调解。") },
		{ PARA_HEAD, .text = STR("二、协议内容") },
		{ PARA_BODY, .text = STR("经调解,双方自愿达成如下协议:\n1. 双方互谅互让,遇事商量,不再以争吵、冷战等方式处理分歧;\n2. 家庭每月生活费共计人民币4,500元,由双方各承担一半,于每月5日前存入共同账户;\n3. 双方共同承担子女接送和作业辅导,周末由被申请人陪伴不少于半日;\n4. 调解员于协议签订后第30日、第90日回访,双方应当如实说明履行情况。") },
		{ PARA_BODY, .text = STR("本协议自双方签名并经调解员签名、加盖调解组织印章之日起生效。双方可以自协议生效之日起三十日内共同向人民法院申请司法确认。阿卜杜拉·买买提、𠮷田㛃等姓名中的少见字应当如实书写。") },
		{ PARA_PLAIN, .text = STR("附件:1. 当事人身份证明复印件") },
		{ PARA_SIGN, STR("申请人(签名):"), STR_NONE },
		{ PARA_SIGN, STR("被申请人(签名):"), STR_NONE },
		{ PARA_SIGN, STR("调解员(签名):"), STR("2026年10月20日") },
		{ PARA_RIGHT, .text = STR("张家港市妇女联合会") },
		{ PARA_RIGHT, .text = STR("2026年10月20日") },
	};
	struct document d = { STR("调解协议书"), STR("本协议一式三份"), STR("演示数据 测试员 2026-10-20"), p, ARRAY_LEN(p) };
	NEED_OK(pdf_document(&d, &b, &f));
	keep("agreement.pdf", buf_view(&b));
	NEED_OK(pdf_document(&d, &c, &f));
	CHECK(str_eq(buf_view(&b), buf_view(&c)));
	CHECK_INT(pages(buf_view(&b)), 2);
	struct document empty = { .title = STR("空") };
	buf_reset(&b);
	CHECK_OK(pdf_document(&empty, &b, &f));
	CHECK_INT(pages(buf_view(&b)), 1);
	clock_fix(0);
}

/* A page with nothing on it but a signature can be hung on any other paper: a few lines more stand on a page instead; of a longer text nothing is squeezed. */
TEST(no_signature_on_a_page_of_its_own)
{
	struct para p[60] = { { PARA_TITLE, .text = STR("护送单") } };
	struct fault f = { 0 };
	BUF_AUTO b = BUF(16 << 20);
	/* Text of n lines, then two hands, each two lines high. */
	for (size_t n = 12; n <= 50; n++) {
		size_t k = 1;
		for (size_t i = 0; i < n; i++)
			p[k++] = (struct para){ PARA_PLAIN, .text = STR("一行文字。") };
		p[k++] = (struct para){ PARA_SIGN, STR("护送人（签名）："), STR_NONE };
		p[k++] = (struct para){ PARA_SIGN, STR("接收人（签名）："), STR_NONE };
		struct document d = { .title = STR("护送单"), .p = p, .n = k };
		buf_reset(&b);
		NEED_OK(pdf_document(&d, &b, &f));
		/* The title takes two lines: 16 fit on the ordinary page, 20 on the closest one; then it is text that goes over. */
		CHECK_INT(pages(buf_view(&b)), n <= 20 ? 1 : n <= 42 ? 2 : 3);
	}
}

/* What a hand is to fill in must be told whole, however long it is. */
TEST(a_long_label_is_not_cut)
{
	struct fault f = { 0 };
	BUF_AUTO b = BUF(16 << 20), text = BUF(1 << 16);
	char path[] = "/tmp/xa-label-XXXXXX", command[100], room[512];
	const struct para p[] = { { PARA_FIELD, STR("随同未成年人在途中的就医、进食、用药和其他须告知接收单位的情况"), STR("无异常") }, { PARA_FIELD, STR("案由"), STR("甲") } };
	NEED_OK(pdf_document(&(struct document){ .title = STR("单"), .p = p, .n = ARRAY_LEN(p) }, &b, &f));
	int fd = mkstemp(path);
	NEED(fd >= 0 && write(fd, b.p, b.n) == (ssize_t)b.n);
	close(fd);
	snprintf(command, sizeof command, "pdftotext %s - 2>/dev/null", path);
	FILE *out = popen(command, "r");
	NEED(out != NULL);
	for (size_t n; (n = fread(room, 1, sizeof room, out)) > 0;)
		for (size_t i = 0; i < n; i++)
			if (room[i] != '\n' && room[i] != ' ' && room[i] != '\f')
				buf_char(&text, room[i]);
	pclose(out);
	unlink(path);
	CHECK(str_find(buf_view(&text), STR("随同未成年人在途中的就医、进食、用药和其他须告知接收单位的情况")) >= 0 && str_find(buf_view(&text), STR("无异常")) >= 0);
}

/* The bytes of a part must hold the words, and what looks like markup only as text. */
TEST(a_paper_to_be_stamped_elsewhere)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	BUF_AUTO b = BUF(16 << 20), c = BUF(16 << 20), tight = BUF(200);
	const struct para p[] = {
		{ PARA_TITLE, .text = STR("关于协助执行人身安全保护令的函") },
		{ PARA_NUMBER, .text = STR("张妇函〔2026〕12号") },
		{ PARA_PLAIN, .text = STR("张家港市公安局:") },
		{ PARA_BODY, .text = STR("第一行<w:p>&amp;\x01\n第二行]]>") },
		{ PARA_HEAD, .text = STR("一、事项") },
		{ PARA_FIELD, STR("案　号:"), STR("") },
		{ PARA_FIELD, STR("说　明:"), STR("甲\n乙") },
		{ PARA_SIGN, STR("经办人(签名):"), STR_NONE },
		{ PARA_RIGHT, .text = STR("张家港市妇女联合会") },
		{ PARA_RIGHT, .text = STR("2026年10月20日") },
	};
	struct document d = { STR("函"), STR("案号2026-12"), STR("草稿"), p, ARRAY_LEN(p) };
	NEED_OK(docx_document(&d, &b, &f));
	keep("letter.docx", buf_view(&b));
	clock_fix(1793494800000);
	NEED_OK(docx_document(&d, &c, &f));
	clock_fix(0);
	CHECK(str_eq(buf_view(&b), buf_view(&c)));
	struct str doc = part_of(a, buf_view(&b), "word/document.xml"), head = part_of(a, buf_view(&b), "word/header1.xml"), foot = part_of(a, buf_view(&b), "word/footer2.xml");
	CHECK(str_find(doc, STR("第一行&lt;w:p&gt;&amp;amp;\xEF\xBF\xBD</w:t>")) > 0);
	CHECK(str_find(doc, STR("第二行]]&gt;")) > 0);
	CHECK(str_find(doc, STR("甲</w:t><w:br/>")) > 0);
	CHECK(str_find(doc, STR("张妇函〔2026〕12号")) > 0);
	CHECK(str_find(doc, STR("w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\"")) > 0);
	CHECK(str_find(head, STR("草稿")) > 0 && str_find(doc, STR("草稿")) < 0);
	CHECK(str_find(foot, STR("案号2026-12")) > 0 && str_find(foot, STR(" PAGE ")) > 0);
	/* Nothing tells who made it. */
	CHECK(str_find(buf_view(&b), STR("docProps")) < 0);
	CHECK_ERR(docx_document(&d, &tight, &f), ERR_LIMIT);
	const struct para code = { PARA_QR, STR("说明"), STR("abc") };
	buf_reset(&b);
	CHECK_ERR(docx_document(&(struct document){ .title = STR("码"), .p = &code, .n = 1 }, &b, &f), ERR_INTERNAL);
}

TEST(figures_as_people_read_them)
{
	ARENA a = arena_new(0);
	CHECK_STR(cell_text(a, &I(1382)), "1,382");
	CHECK_STR(cell_text(a, &I(-1234567)), "-1,234,567");
	CHECK_STR(cell_text(a, &I(0)), "0");
	CHECK_STR(cell_text(a, &P(842.0 / 869)), "96.9%");
	CHECK_STR(cell_text(a, &P(3682.0 / 3687)), "99.9%");
	CHECK_STR(cell_text(a, &P(9999.0 / 10000)), "99.9%+");
	CHECK_STR(cell_text(a, &P(1)), "100.0%");
	CHECK_STR(cell_text(a, &P(-159.0 / 1028)), "-15.5%");
	CHECK_STR(cell_text(a, &P(395.0 / 814)), "48.5%");
	CHECK_STR(cell_text(a, (&(struct cell){ .t = CELL_POINTS, .r = 0.0121, .s = STR("个百分点") })), "+1.2个百分点");
	CHECK_STR(cell_text(a, (&(struct cell){ .t = CELL_POINTS, .r = -0.00001, .s = STR("个百分点") })), "0.0个百分点");
	CHECK_STR(cell_text(a, (&(struct cell){ .t = CELL_REAL, .r = 12345.678 })), "12,345.68");
}

TEST(faces_and_qr)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct str report;
	bool ok;
	NEED_OK(pdf_fonts(a, &report, &ok, &f));
	CHECK(report.n > 20);
	if (!ok)
		printf("# skipped: some characters cannot be drawn here; install fonts-noto-cjk\n");
	printf("# %s\n", ok ? "all faces draw the probe" : "faces are missing");
	BUF_AUTO b = BUF(1 << 20);
	NEED_OK(qr_svg(STR("https://example.invalid/p/线索?k=1&x=2"), 4, &b, &f));
	keep("qr.svg", buf_view(&b));
	CHECK(str_starts(buf_view(&b), "<svg") && str_ends(buf_view(&b), "</svg>"));
	CHECK_ERR(qr_svg(STR(""), 4, &b, &f), ERR_LIMIT);
	char big[3000];
	memset(big, 'x', sizeof(big));
	CHECK_ERR(qr_svg((struct str){ big, sizeof(big) }, 4, &b, &f), ERR_LIMIT);
}
