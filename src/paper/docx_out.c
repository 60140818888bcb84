/* Why: an office that numbers and stamps its papers itself needs the words in a file that WPS and Word can edit, on the page that GB/T 9704-2012 asks for.
 * Invariants: the words are those of pdf_document(), none more: no author, no time, no property that would tell who made it; the same document gives the
 * same bytes; text of a record is only ever text, never markup. */
#include "paper/inner.h"
#include <zip.h>

#define W_NS "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define R_NS "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define WML "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define PARTS 10

#define FANG "<w:rFonts w:ascii=\"仿宋_GB2312\" w:hAnsi=\"仿宋_GB2312\" w:eastAsia=\"仿宋_GB2312\"/>"
#define HEI "<w:rFonts w:ascii=\"黑体\" w:hAnsi=\"黑体\" w:eastAsia=\"黑体\"/>"
#define SONG "<w:rFonts w:ascii=\"宋体\" w:hAnsi=\"宋体\" w:eastAsia=\"宋体\"/>"
#define SONG_TITLE "<w:rFonts w:ascii=\"方正小标宋简体\" w:hAnsi=\"方正小标宋简体\" w:eastAsia=\"方正小标宋简体\"/>"
#define LINE "<w:u w:val=\"single\"/>"

struct docx { struct arena *a; struct buf *b; };

/* ---- text ---- */

static void xml_put(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (p[i]) {
		case '&': buf_cstr(b, "&amp;"); break;
		case '<': buf_cstr(b, "&lt;"); break;
		case '>': buf_cstr(b, "&gt;"); break;
		case '\t': buf_char(b, ' '); break;
		default: buf_char(b, p[i]);
		}
}

/* One run; a line break in it stays one. */
static void run(struct docx *d, const char *props, const char *text)
{
	if (!*text)
		return;
	buf_printf(d->b, "<w:r><w:rPr>%s</w:rPr>", props);
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, "\n");
		buf_cstr(d->b, "<w:t xml:space=\"preserve\">");
		xml_put(d->b, p, n);
		buf_cstr(d->b, "</w:t>");
		p += n;
		if (!*p)
			break;
		buf_cstr(d->b, "<w:br/>");
	}
	buf_cstr(d->b, "</w:r>");
}

static void tab(struct docx *d, const char *props) { buf_printf(d->b, "<w:r><w:rPr>%s</w:rPr><w:tab/></w:r>", props); }
static void para_open(struct docx *d, const char *props) { buf_printf(d->b, "<w:p><w:pPr>%s</w:pPr>", props); }
static void para_shut(struct docx *d) { buf_cstr(d->b, "</w:p>"); }
static void empty(struct docx *d) { buf_cstr(d->b, "<w:p/>"); }

/* Each line of the text a paragraph of its own, as the PDF indents it. */
static void lines(struct docx *d, const char *para, const char *props, const char *text)
{
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, "\n");
		para_open(d, para);
		run(d, props, arena_cstr(d->a, (struct str){ p, n }));
		para_shut(d);
		p += n;
		if (!*p)
			break;
	}
}

/* ---- paragraphs: the kinds of paper.h ---- */

static void field(struct docx *d, const char *label, const char *value)
{
	para_open(d, "<w:tabs><w:tab w:val=\"right\" w:pos=\"8844\"/></w:tabs>");
	run(d, HEI, label);
	run(d, FANG LINE, value);
	tab(d, FANG LINE);
	para_shut(d);
}

static void sign(struct docx *d, const char *label, const char *date)
{
	empty(d);
	para_open(d, "<w:keepLines/><w:tabs><w:tab w:val=\"left\" w:pos=\"5100\"/><w:tab w:val=\"right\" w:pos=\"8844\"/></w:tabs>");
	run(d, FANG, label);
	tab(d, FANG LINE);
	tab(d, FANG);
	run(d, FANG, *date ? date : "　　　　年　　月　　日");
	para_shut(d);
}

static enum err para(struct docx *d, const struct para *q, const struct para *before, struct fault *f)
{
	char *text = paper_clean(d->a, q->text, 2000000, "…"), *label = paper_clean(d->a, q->label, 1000, "…");
	switch (q->kind) {
	case PARA_TITLE: lines(d, "<w:keepNext/><w:spacing w:before=\"0\" w:after=\"579\" w:line=\"700\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>", SONG_TITLE "<w:b/><w:sz w:val=\"44\"/>", text); break;
	case PARA_NUMBER:
		lines(d, "<w:jc w:val=\"center\"/>", FANG, text);
		empty(d);
		break;
	case PARA_HEAD: lines(d, "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/>", HEI, text); break;
	case PARA_BODY: lines(d, "<w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/><w:jc w:val=\"both\"/>", FANG, text); break;
	case PARA_PLAIN: lines(d, "<w:jc w:val=\"both\"/>", FANG, text); break;
	case PARA_FIELD: field(d, label, text); break;
	case PARA_SIGN: sign(d, *label ? label : text, *label ? text : ""); break;
	case PARA_RIGHT:
		if (before && before->kind != PARA_RIGHT)
			empty(d);
		lines(d, "<w:ind w:rightChars=\"200\" w:right=\"632\"/><w:jc w:val=\"right\"/>", FANG, text);
		break;
	case PARA_ROW: lines(d, "<w:jc w:val=\"both\"/>", FANG, text); break;
	case PARA_QR: return fail(f, ERR_INTERNAL, NULL, "docx: a code is for PDF alone");
	}
	return OK;
}

/* ---- parts ---- */

/* The number stands outside: right on odd pages, left on even ones. */
static struct str foot(struct arena *a, const char *side, struct str footer)
{
	BUF_AUTO b = BUF(8192);
	struct docx d = { a, &b };
	buf_cstr(&b, HEAD "<w:ftr " W_NS ">");
	para_open(&d, arena_printf(a, "<w:ind w:left=\"316\" w:right=\"316\"/><w:jc w:val=\"%s\"/>", side));
	run(&d, SONG "<w:sz w:val=\"28\"/>", "— ");
	buf_cstr(&b, "<w:fldSimple w:instr=\" PAGE \"><w:r><w:rPr>" SONG "<w:sz w:val=\"28\"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>");
	run(&d, SONG "<w:sz w:val=\"28\"/>", " —");
	para_shut(&d);
	if (footer.n) {
		para_open(&d, "");
		run(&d, SONG "<w:color w:val=\"595959\"/><w:sz w:val=\"18\"/>", paper_clean(a, footer, 160, "…"));
		para_shut(&d);
	}
	buf_cstr(&b, "</w:ftr>");
	return arena_str(a, buf_view(&b));
}

/* What the PDF has behind its words stands above them here: no office's program draws the same watermark. */
static struct str top(struct arena *a, struct str watermark)
{
	BUF_AUTO b = BUF(8192);
	struct docx d = { a, &b };
	buf_cstr(&b, HEAD "<w:hdr " W_NS ">");
	para_open(&d, "<w:jc w:val=\"center\"/>");
	run(&d, HEI "<w:color w:val=\"808080\"/><w:sz w:val=\"36\"/>", paper_clean(a, watermark, 200, "…"));
	para_shut(&d);
	buf_cstr(&b, "</w:hdr>");
	return arena_str(a, buf_view(&b));
}

struct part { const char *name; struct str bytes; };

static const struct part fixed[] = {
	{ "[Content_Types].xml", STR(HEAD "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		"<Override PartName=\"/word/document.xml\" ContentType=\"" WML "document.main+xml\"/><Override PartName=\"/word/styles.xml\" ContentType=\"" WML "styles+xml\"/>"
		"<Override PartName=\"/word/settings.xml\" ContentType=\"" WML "settings+xml\"/><Override PartName=\"/word/header1.xml\" ContentType=\"" WML "header+xml\"/>"
		"<Override PartName=\"/word/footer1.xml\" ContentType=\"" WML "footer+xml\"/><Override PartName=\"/word/footer2.xml\" ContentType=\"" WML "footer+xml\"/></Types>") },
	{ "_rels/.rels", STR(HEAD "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
		"<Relationship Id=\"r1\" Type=\"" REL "officeDocument\" Target=\"word/document.xml\"/></Relationships>") },
	{ "word/_rels/document.xml.rels", STR(HEAD "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
		"<Relationship Id=\"r1\" Type=\"" REL "styles\" Target=\"styles.xml\"/><Relationship Id=\"r2\" Type=\"" REL "settings\" Target=\"settings.xml\"/>"
		"<Relationship Id=\"r3\" Type=\"" REL "header\" Target=\"header1.xml\"/><Relationship Id=\"r4\" Type=\"" REL "footer\" Target=\"footer1.xml\"/>"
		"<Relationship Id=\"r5\" Type=\"" REL "footer\" Target=\"footer2.xml\"/></Relationships>") },
	{ "word/settings.xml", STR(HEAD "<w:settings " W_NS "><w:evenAndOddHeaders/></w:settings>") },
	{ "word/styles.xml", STR(HEAD "<w:styles " W_NS "><w:docDefaults><w:rPrDefault><w:rPr>" FANG "<w:spacing w:val=\"-5\"/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/><w:lang w:val=\"zh-CN\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault>"
		"<w:pPrDefault><w:pPr><w:spacing w:before=\"0\" w:after=\"0\"/></w:pPr></w:pPrDefault></w:docDefaults>"
		"<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/></w:style></w:styles>") },
};

/* A4, 37/35/28/26 mm; 22 lines of 28.98 pt. The 28 characters come of the style, a face of 16 pt drawn together by a quarter: programs read a grid of characters each in its own way. */
static const char section[] =
	"<w:sectPr><w:headerReference w:type=\"default\" r:id=\"r3\"/><w:headerReference w:type=\"even\" r:id=\"r3\"/><w:footerReference w:type=\"default\" r:id=\"r4\"/><w:footerReference w:type=\"even\" r:id=\"r5\"/>"
	"<w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" w:header=\"1134\" w:footer=\"1134\" w:gutter=\"0\"/>"
	"<w:docGrid w:type=\"lines\" w:linePitch=\"579\"/></w:sectPr>";

static enum err pack(const struct part *p, size_t n, struct buf *ret, struct fault *f)
{
	zip_error_t ze;
	zip_stat_t st;
	zip_error_init(&ze);
	enum err e = OK;
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &ze);
	zip_t *z = out ? zip_open_from_source(out, ZIP_CREATE | ZIP_TRUNCATE, &ze) : NULL;
	zip_error_fini(&ze);
	if (!z) {
		zip_source_free(out);
		return fail(f, ERR_INTERNAL, NULL, "docx: no package");
	}
	zip_source_keep(out);
	for (size_t i = 0; i < n && e == OK; i++) {
		zip_source_t *s = zip_source_buffer(z, p[i].bytes.p, p[i].bytes.n, 0);
		zip_int64_t at = s ? zip_file_add(z, p[i].name, s, ZIP_FL_ENC_UTF_8) : -1;
		if (at < 0) {
			zip_source_free(s);
			e = fail(f, ERR_INTERNAL, NULL, "docx: %s", p[i].name);
		} else if (zip_file_set_dostime(z, (zip_uint64_t)at, 0, 0x21, 0) != 0) {   /* 1 January 1980: when it was made is nobody's matter */
			e = fail(f, ERR_INTERNAL, NULL, "docx: %s", p[i].name);
		}
	}
	if (e != OK || zip_close(z) != 0) {
		zip_discard(z);
		zip_source_free(out);
		return e != OK ? e : fail(f, ERR_INTERNAL, NULL, "docx: closing failed");
	}
	if (zip_source_open(out) == 0) {
		char w[16384];
		zip_int64_t got;
		while ((got = zip_source_read(out, w, sizeof(w))) > 0)
			buf_put(ret, w, (size_t)got);
		if (got < 0 || zip_source_stat(out, &st) != 0)
			e = fail(f, ERR_INTERNAL, NULL, "docx: reading back failed");
		zip_source_close(out);
	} else {
		e = fail(f, ERR_INTERNAL, NULL, "docx: reading back failed");
	}
	zip_source_free(out);
	if (e == OK && ret->over)
		e = fail(f, ERR_LIMIT, N_("The document is too large"), "docx of more than %zu bytes", ret->ceiling);
	return e;
}

enum err docx_document(const struct document *doc, struct buf *ret, struct fault *f)
{
	size_t total = 0;
	for (size_t i = 0; i < doc->n; i++)
		total += doc->p[i].text.n + doc->p[i].label.n;
	if (total > 8u << 20 || doc->n > 100000)
		return fail(f, ERR_LIMIT, N_("The document is too large"), "%zu bytes of text", total);
	ARENA a = arena_new(1u << 30);
	BUF_AUTO b = BUF((size_t)128 << 20);
	struct docx d = { a, &b };
	struct part p[PARTS];
	size_t n = 0;
	buf_cstr(&b, HEAD "<w:document " W_NS " " R_NS "><w:body>");
	for (size_t i = 0; i < doc->n; i++)
		TRY(para(&d, &doc->p[i], i ? &doc->p[i - 1] : NULL, f));
	buf_printf(&b, "%s</w:body></w:document>", section);
	if (b.over)
		return fail(f, ERR_LIMIT, N_("The document is too large"), "docx of more than %zu bytes", b.ceiling);
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		p[n++] = fixed[i];
	p[n++] = (struct part){ "word/document.xml", buf_view(&b) };
	p[n++] = (struct part){ "word/header1.xml", top(a, doc->watermark) };
	p[n++] = (struct part){ "word/footer1.xml", foot(a, "right", doc->footer) };
	p[n++] = (struct part){ "word/footer2.xml", foot(a, "left", doc->footer) };
	return pack(p, n, ret, f);
}
