/*
 * tplgen: compiles templates/ROOM/NAME.html into C.
 *
 *   tplgen OUT.c OUT.h ROOT DIR        every .html in ROOT/DIR and below
 *
 * No template is parsed at run time and none can print a char * raw. What a place means is decided here, by a small
 * HTML state machine that reads the text between the tags; what a value is, by C's types (TPL_PUT and its kin). A
 * place where escaping would not make a value safe (script, style, event handlers, attribute names, unquoted values,
 * the start of a URL) is refused with file:line, and so the build fails.
 *
 *   {{ include "desk/pages.h" }}                                   at the top of a file
 *   {{ template clue(const struct view *v, const struct clue_page *m) }} … {{ end }}
 *                                     makes   void t_clue(struct buf *o, const struct view *v, const struct clue_page *m)
 *   {{ expr }}                        a C expression, escaped for its place
 *   {{ _("Message id") }}             translated to v->lang, escaped
 *   {{ _f("Overdue by %s", expr) }}   translated, the value put for its %s
 *   {{ if e }} {{ elif e }} {{ else }} {{ end }}      {{ for size_t i = 0; i < m->n; i++ }} {{ end }}
 *   {{ let struct str s = e }}        a local
 *   {{ call nav(v, m) }}              another template, where text may stand
 *   {{# a remark }}                   HTML comments are left out as well
 *
 * Blank runs are cut to one blank or newline, but for <pre> and <textarea>.
 */
#include "tool.h"
#include <ctype.h>

enum place {
	P_TEXT, P_TAG_OPEN, P_TAG_NAME, P_TAG, P_EDGE, P_ATTR, P_ATTR_END, P_VALUE_START, P_VALUE, P_BARE, P_COMMENT, P_DECL,
	P_RAW,    /* inside script or style */
	P_WORDS   /* inside textarea or title */
};
enum attr { A_PLAIN, A_URL, A_FIXED, A_BANNED };

/* Where in the HTML we are. */
struct html {
	enum place at;
	char quote;
	char tag[24], attr[48];
	enum attr kind;
	bool begun;       /* the value has a first character */
	bool put_content; /* this tag's content= holds a value */
	bool refresh;     /* this tag has http-equiv */
	bool closing;     /* an end tag */
	bool hx;          /* has hx- attributes */
	char raw[24];     /* the element whose end is looked for: script, style, textarea, title */
	int pre;
	bool blank;       /* what was last written surely ends in a blank */
};

enum block_kind { B_TEMPLATE, B_IF, B_FOR };
struct block {
	enum block_kind kind;
	int line;
	bool has_else, have_out;
	struct html in, out;   /* at the start; at the end of the branches so far */
};

static struct {
	const char *file;
	const char *p, *end;
	int line;
	struct html h;
	struct block stack[64];
	int depth;
	struct text c, lit;    /* code so far; literal text not yet written */
	bool eat;              /* a block tag stood alone on its line: drop the blanks after it */
} g;
static struct text includes, protos, structs;

_Noreturn TOOL_PRINTF(2, 3) static void bad(int line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "%s:%d: ", g.file, line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static void indent(void)
{
	for (int i = 0; i < g.depth; i++)
		text_puts(&g.c, "\t");
}

static void flush_lit(void)
{
	for (size_t at = 0; at < g.lit.n;) {
		size_t n = g.lit.n - at > 160 ? 160 : g.lit.n - at;
		while (at + n < g.lit.n && ((unsigned char)g.lit.p[at + n] & 0xC0) == 0x80)
			n++;
		indent();
		text_puts(&g.c, "buf_put(o, \"");
		text_c(&g.c, g.lit.p + at, n);
		text_printf(&g.c, "\", %zu);\n", n);
		at += n;
	}
	g.lit.n = 0;
}

static void code(int line, const char *fmt, ...) TOOL_PRINTF(2, 3);
static void code(int line, const char *fmt, ...)
{
	flush_lit();
	if (line)
		text_printf(&g.c, "#line %d \"%s\"\n", line, g.file);
	indent();
	va_list ap;
	va_start(ap, fmt);
	char *s;
	if (vasprintf(&s, fmt, ap) < 0)
		die("out of memory");
	va_end(ap);
	text_puts(&g.c, s);
	text_puts(&g.c, "\n");
	free(s);
}

/* ---- the HTML machine ------------------------------------------------------------------------------- */

static bool one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

static void attr_known(void)
{
	static const char *const urls[] = { "href", "src", "action", "formaction", "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete",
		"hx-push-url", "hx-replace-url", "poster", "cite", "data", "background", "longdesc", "manifest", "xlink:href", "ping",
		"data-href", "data-src", "data-url", NULL };
	/* Whose grammar is more than text or one URL: only constants may stand there. */
	static const char *const fixed[] = { "srcset", "imagesrcset", "hx-vals", "hx-headers", "hx-vars", "hx-request", "hx-config", "hx-trigger",
		"hx-ext", "hx-swap", "hx-action", "hx-method", "http-equiv", "integrity", "nonce", "hx-nonce", "type", "is", "slot", "sandbox", "allow", "rel",
		"formmethod", "method", "enctype", "target", NULL };
	const char *a = g.h.attr;
	g.h.kind = A_PLAIN;
	if (strncmp(a, "data-hx-", 8) == 0)
		bad(g.line, "write hx-…, not data-hx-…");
	if (strncmp(a, "on", 2) == 0 || strncmp(a, "hx-on", 5) == 0 || strcmp(a, "style") == 0 || strcmp(a, "srcdoc") == 0 || strchr("@:*", a[0]))
		g.h.kind = A_BANNED;
	else if (one_of(a, urls))
		g.h.kind = A_URL;
	else if (one_of(a, fixed))
		g.h.kind = A_FIXED;
	if (strcmp(a, "type") == 0 && strcmp(g.h.tag, "input") == 0)
		g.h.kind = A_PLAIN;
	if (g.h.kind == A_BANNED)
		bad(g.line, "%s= is not allowed: no inline script or style", a);
	if (strncmp(a, "nonce", 5) == 0 || strncmp(a, "hx-nonce", 8) == 0)
		bad(g.line, "%s= is put in by tplgen", a);
	if (strncmp(a, "hx-", 3) == 0 && strcmp(a, "hx-ignore") != 0)
		g.h.hx = true;
	if (strcmp(a, "http-equiv") == 0) {
		g.h.refresh = true;
		if (g.h.put_content)
			bad(g.line, "content= of a <meta http-equiv> must be constant");
	}
}

/* The constant start of a URL: no scheme but those that can only lead away or dial. */
static void url_check(const char *s, const char *end)
{
	char head[16] = "";
	size_t n = 0;
	for (; s < end && n + 1 < sizeof head && *s != g.h.quote; s++)
		if ((unsigned char)*s > 32)
			head[n++] = (char)tolower((unsigned char)*s);
	head[n] = 0;
	char *colon = strchr(head, ':');
	size_t stop = strcspn(head, "/?#");
	if (!colon || (size_t)(colon - head) > stop)
		return;
	static const char *const good[] = { "https", "http", "tel", "sms", "mailto", NULL };
	*colon = 0;
	if (!one_of(head, good) && !(strcmp(head, "data") == 0 && strcmp(g.h.tag, "img") == 0))
		bad(g.line, "a URL with the scheme %s: is not allowed", head);
}

static void put_char(char c)
{
	text_put(&g.lit, &c, 1);
	g.h.blank = isspace((unsigned char)c) != 0;
}

static void name_add(char *name, size_t cap, char c)
{
	size_t n = strlen(name);
	if (n + 1 >= cap)
		bad(g.line, "name too long: %s", name);
	name[n] = (char)tolower((unsigned char)c);
	name[n + 1] = 0;
}

/* Only markup that stands in a template gets the answer's nonce, so that injected markup has neither script nor htmx. */
static void nonce(const char *name)
{
	text_printf(&g.lit, " %s=\"", name);
	code(g.line, "TPL_PUT_ATTR(o, v->nonce);");
	text_puts(&g.lit, "\"");
}

static void tag_done(void)
{
	static const char *const raw[] = { "script", "style", "textarea", "title", NULL };
	struct html *h = &g.h;
	h->at = P_TEXT;
	if (h->hx && !h->closing)
		nonce("hx-nonce");
	if (strcmp(h->tag, "script") == 0 && !h->closing)
		nonce("nonce");
	if (strcmp(h->tag, "pre") == 0)
		h->pre += h->closing ? -1 : 1;
	if (!h->closing && one_of(h->tag, raw)) {
		snprintf(h->raw, sizeof h->raw, "%s", h->tag);
		h->at = h->tag[0] == 's' ? P_RAW : P_WORDS;
	}
	h->blank = false;
}

static bool ends_raw(const char *p, const char *end)
{
	size_t n = strlen(g.h.raw);
	return (size_t)(end - p) > n + 2 && p[0] == '<' && p[1] == '/' && strncasecmp(p + 2, g.h.raw, n) == 0 && !isalnum((unsigned char)p[n + 2]);
}

/* One character of markup, in a tag. */
static void tag_char(char c, const char *p, const char *end)
{
	struct html *h = &g.h;
	bool sp = isspace((unsigned char)c) != 0;
	switch (h->at) {
	case P_TAG_OPEN:
		if (c == '/' && !h->closing) {
			h->closing = true;
		} else if (isalpha((unsigned char)c)) {
			h->at = P_TAG_NAME;
			name_add(h->tag, sizeof h->tag, c);
		} else {
			bad(g.line, "'<' must begin a tag; write &lt; for the sign");
		}
		break;
	case P_TAG_NAME:
		if (isalnum((unsigned char)c) || c == '-')
			name_add(h->tag, sizeof h->tag, c);
		else if (sp || c == '/')
			h->at = P_TAG;
		else if (c == '>')
			tag_done();
		else
			bad(g.line, "'%c' in a tag name", c);
		break;
	case P_EDGE:
		if (!sp && c != '>' && c != '/')
			bad(g.line, "a blank must stand between attributes");
		/* fall through */
	case P_TAG: case P_ATTR_END:
		if (c == '>') {
			tag_done();
		} else if (c == '=' && h->at == P_ATTR_END) {
			h->at = P_VALUE_START;
		} else if (sp || c == '/') {
			h->at = h->at == P_ATTR_END && sp ? P_ATTR_END : P_TAG;
		} else if (isalpha((unsigned char)c) || strchr("@:*_", c)) {
			h->at = P_ATTR;
			h->attr[0] = 0;
			name_add(h->attr, sizeof h->attr, c);
		} else {
			bad(g.line, "'%c' where an attribute should be", c);
		}
		break;
	case P_ATTR:
		if (isalnum((unsigned char)c) || strchr("-_:.", c)) {
			name_add(h->attr, sizeof h->attr, c);
			break;
		}
		attr_known();
		if (c == '=')
			h->at = P_VALUE_START;
		else if (c == '>')
			tag_done();
		else if (sp || c == '/')
			h->at = sp ? P_ATTR_END : P_TAG;
		else
			bad(g.line, "'%c' in an attribute name", c);
		break;
	case P_VALUE_START:
		if (c == '"' || c == '\'') {
			h->at = P_VALUE;
			h->quote = c;
			h->begun = false;
			if (h->kind == A_URL)
				url_check(p + 1, end);
		} else if (!sp) {
			bad(g.line, "the value of %s= must stand in quotes", h->attr);
		}
		break;
	case P_VALUE:
		if (c == h->quote)
			h->at = P_EDGE;
		else
			h->begun = true;
		break;
	default:
		die("tplgen: lost in a tag");
	}
}

static void html_text(const char *p, const char *end)
{
	struct html *h = &g.h;
	if (g.eat) {
		g.eat = false;
		if (h->at == P_TEXT && !h->pre)
			while (p < end && isspace((unsigned char)*p))
				g.line += *p++ == '\n';
	}
	for (; p < end; g.line += *p == '\n', p++) {
		char c = *p;
		bool sp = isspace((unsigned char)c) != 0;
		switch (h->at) {
		case P_TEXT:
			if (c == '<') {
				if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
					h->at = P_COMMENT;
					break;
				}
				h->at = p + 1 < end && p[1] == '!' ? P_DECL : P_TAG_OPEN;
				h->tag[0] = 0;
				h->attr[0] = 0;
				h->closing = h->refresh = h->put_content = h->hx = false;
				put_char(c);
			} else if (sp && !h->pre) {
				const char *q = p;
				bool nl = false;
				while (q < end && isspace((unsigned char)*q))
					nl |= *q++ == '\n';
				if (!h->blank)
					put_char(nl ? '\n' : ' ');
				for (; p < q - 1; p++)
					g.line += *p == '\n';
			} else {
				put_char(c);
			}
			break;
		case P_RAW: case P_WORDS:
			if (ends_raw(p, end)) {
				h->at = P_TAG_OPEN;
				h->tag[0] = 0;
				h->closing = h->hx = false;
			} else if (h->at == P_RAW && !sp) {
				bad(g.line, "no inline <%s>: put it in assets/", h->raw);
			}
			put_char(c);
			break;
		case P_COMMENT:
			if (end - p >= 3 && memcmp(p, "-->", 3) == 0) {
				h->at = P_TEXT;
				p += 2;
			}
			break;
		case P_DECL:
			put_char(c);
			if (c == '>')
				h->at = P_TEXT;
			break;
		default:
			tag_char(c, p, end);
			if (h->at == P_VALUE || !sp) {
				put_char(c);
			} else if (!g.lit.n || !isspace((unsigned char)g.lit.p[g.lit.n - 1])) {
				put_char(' ');
			}
		}
	}
}

/* A name that a block tag cuts ends there: what follows must begin with a blank. */
static void html_cut(void)
{
	struct html *h = &g.h;
	if (h->at == P_ATTR)
		attr_known();
	if (h->at == P_TAG_NAME || h->at == P_ATTR)
		h->at = P_EDGE;
	if (h->at == P_ATTR_END)
		h->at = P_TAG;
	if (h->at == P_TAG_OPEN || h->at == P_VALUE_START || h->at == P_COMMENT || h->at == P_DECL)
		bad(g.line, "a block may not begin or end here, in the middle of markup");
}

/* Two branches must leave off in the same place. */
static bool html_join(struct html *a, const struct html *b)
{
	bool tag_a = a->at == P_TAG || a->at == P_EDGE, tag_b = b->at == P_TAG || b->at == P_EDGE;
	if (!(tag_a && tag_b) && a->at != b->at)
		return false;
	if (a->pre != b->pre || (a->at == P_VALUE && (strcmp(a->attr, b->attr) != 0 || a->quote != b->quote)))
		return false;
	if ((tag_a || a->at == P_VALUE) && (strcmp(a->tag, b->tag) != 0 || a->closing != b->closing))
		return false;
	if ((a->at == P_RAW || a->at == P_WORDS) && strcmp(a->raw, b->raw) != 0)
		return false;
	if (b->at == P_EDGE)
		a->at = P_EDGE;
	a->begun &= b->begun;
	a->blank &= b->blank;
	a->refresh |= b->refresh;
	a->hx |= b->hx;
	a->put_content |= b->put_content;
	return true;
}

/* ---- the tags --------------------------------------------------------------------------------------------- */

/* The macro that prints a value here; refuses places where none may stand. */
static const char *put_for(int line, bool whole_url)
{
	struct html *h = &g.h;
	switch (h->at) {
	case P_TEXT: return "TPL_PUT";
	case P_WORDS: return "TPL_PUT_ATTR";
	case P_VALUE: break;
	case P_RAW: bad(line, "no value may stand inside <%s>", h->raw);
	case P_COMMENT: bad(line, "no value may stand inside an HTML comment; {{# … }} is ours");
	case P_VALUE_START: bad(line, "the value of %s= must stand in quotes", h->attr);
	case P_TAG_OPEN: case P_TAG_NAME: case P_DECL: bad(line, "no value may stand in a tag's name");
	default: bad(line, "no value may stand for an attribute's name; use {{ if }} around a constant one");
	}
	if (h->kind == A_FIXED)
		bad(line, "%s= must be constant", h->attr);
	if (strcmp(h->tag, "meta") == 0 && strcmp(h->attr, "content") == 0) {
		if (h->refresh)
			bad(line, "content= of a <meta http-equiv> must be constant");
		h->put_content = true;
	}
	if (h->kind != A_URL)
		return "TPL_PUT_ATTR";
	if (whole_url)
		return "TPL_PUT_URL";
	if (!h->begun)
		bad(line, "a URL is either one whole value or begins with constant text such as \"/clue/\"");
	return "TPL_PUT_URL_PART";
}

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

/* Past one or more C string literals; NULL when there is none. */
static const char *skip_strings(const char *p, const char *end)
{
	const char *last = NULL;
	for (p = skip_blank(p, end); p < end && *p == '"'; p = skip_blank(p, end)) {
		for (p++; p < end && *p != '"'; p++)
			p += *p == '\\';
		if (p >= end)
			return NULL;
		last = ++p;
	}
	return last;
}

static void tag_value(int line, const char *p, const char *end, const char *after)
{
	bool whole = g.h.at == P_VALUE && !g.h.begun && after < g.end && *after == g.h.quote;
	const char *put = put_for(line, whole);
	int n = (int)(end - p);
	bool f = n > 3 && memcmp(p, "_f(", 3) == 0;
	if (f || (n > 2 && memcmp(p, "_(", 2) == 0)) {
		const char *from = p + (f ? 3 : 2), *to = skip_strings(from, end), *q = to ? skip_blank(to, end) : NULL;
		if (!to || end[-1] != ')' || (f ? *q != ',' : q != end - 1))
			bad(line, f ? "write _f(\"… %%s …\", value)" : "write _(\"Message id\"), nothing else in the tag");
		if (g.h.at == P_VALUE && g.h.kind == A_URL)
			bad(line, "a URL is not translated");
		if (f) {
			size_t marks = 0;
			for (const char *s = from; s + 1 < to; s++)
				marks += s[0] == '%';
			if (marks != 1 || !memmem(from, (size_t)(to - from), "%s", 2))
				bad(line, "_f() takes a message with exactly one %%s");
			code(line, "tpl_f_head(o, tr(v->lang, %.*s));", (int)(to - from), from);
			code(line, "TPL_PUT_ATTR(o, (%.*s));", (int)(end - 1 - (q + 1)), q + 1);
			code(line, "tpl_f_tail(o, tr(v->lang, %.*s));", (int)(to - from), from);
		} else {
			code(line, "%s(o, tr(v->lang, %.*s));", put, (int)(to - from), from);
		}
	} else {
		code(line, "%s(o, (%.*s));", put, n, p);
	}
	g.h.begun = true;
	g.h.blank = false;
}

static struct block *push(enum block_kind kind, int line)
{
	if (g.depth == 64)
		bad(line, "blocks nested too deep");
	struct block *b = &g.stack[g.depth++];
	*b = (struct block){ .kind = kind, .line = line, .in = g.h };
	return b;
}

static void branch_end(struct block *b, int line)
{
	html_cut();
	if (!b->have_out)
		b->out = g.h;
	else if (!html_join(&b->out, &g.h))
		bad(line, "the branches of the if of line %d leave off in different places of the HTML", b->line);
	b->have_out = true;
}

static void tag_end(int line)
{
	if (!g.depth)
		bad(line, "end without a block");
	struct block *b = &g.stack[g.depth - 1];
	if (b->kind == B_TEMPLATE) {
		if (g.h.at != P_TEXT || g.h.pre)
			bad(line, "the template of line %d ends inside a tag, comment, or element whose end is missing", b->line);
		while (g.lit.n && isspace((unsigned char)g.lit.p[g.lit.n - 1]))
			g.lit.n--;
	} else {
		branch_end(b, line);
		struct html in = b->in;
		if (b->kind == B_FOR && !html_join(&in, &b->out))
			bad(line, "the for of line %d leaves off in another place of the HTML than it began", b->line);
		if (b->kind == B_IF && !b->has_else && !html_join(&b->out, &in))
			bad(line, "the if of line %d leaves off in another place of the HTML than it began", b->line);
		g.h = b->kind == B_FOR ? in : b->out;
	}
	flush_lit();
	g.depth--;
	code(0, "}");
	if (b->kind == B_TEMPLATE)
		text_puts(&g.c, "\n");
}

static bool word(const char **p, const char *end, const char *w)
{
	size_t n = strlen(w);
	if ((size_t)(end - *p) < n || memcmp(*p, w, n) != 0 || (*p + n < end && (isalnum((unsigned char)(*p)[n]) || (*p)[n] == '_')))
		return false;
	/* "end->x", "call = …", "let(…)": an expression that only begins like a key word */
	const char *q = skip_blank(*p + n, end);
	if (q < end && strchr("=.-([,;?", *q) && !(*q == '(' && (w[0] == 'i' || w[0] == 'e')) && !(*q == '-' && w[0] == 'i'))
		return false;
	*p = q;
	return true;
}

/* Makes "struct x;" of each struct x in the parameters, so that the header stands alone. */
static void forward(const char *p, const char *end)
{
	for (const char *q; (q = memmem(p, (size_t)(end - p), "struct ", 7)); p = q) {
		q += 7;
		const char *e = q;
		while (e < end && (isalnum((unsigned char)*e) || *e == '_'))
			e++;
		text_printf(&structs, "struct %.*s;\n", (int)(e - q), q);
	}
}

static void tag_template(int line, const char *p, const char *end)
{
	if (g.depth)
		bad(line, "a template inside a template (is an end missing?)");
	const char *open = memchr(p, '(', (size_t)(end - p));
	if (!open || open == p || end[-1] != ')')
		bad(line, "write {{ template name(const struct view *v, …) }}");
	for (const char *q = p; q < open; q++)
		if (!isalnum((unsigned char)*q) && *q != '_')
			bad(line, "a template's name is of letters, digits and _");
	const char *args = skip_blank(open + 1, end - 1);
	struct text sig = { 0 };
	text_printf(&sig, "void t_%.*s(struct buf *o%s%.*s)", (int)(open - p), p, args < end - 1 ? ", " : "", (int)(end - 1 - args), args);
	forward(args, end);
	text_printf(&protos, "%s;\n", sig.p);
	code(line, "%s", sig.p);
	code(0, "{");
	free(sig.p);
	g.h = (struct html){ .blank = true };
	push(B_TEMPLATE, line);
}

/* One {{ … }}; p to end is its inside, trimmed; after is what follows the tag. */
static void tag(int line, const char *p, const char *end, const char *after, bool alone)
{
	int n;
	const char *start = p;
	if (word(&p, end, "include")) {
		if (g.depth || *p != '"')
			bad(line, "write {{ include \"room/header.h\" }} before the templates");
		text_printf(&includes, "#include %.*s\n", (int)(end - p), p);
		return;
	}
	if (word(&p, end, "template")) {
		tag_template(line, p, end);
		g.eat = true;
		return;
	}
	if (!g.depth)
		bad(line, "a tag outside any template");
	g.eat = alone;
	n = (int)(end - p);
	struct block *b = &g.stack[g.depth - 1];
	if (word(&p, end, "if")) {
		html_cut();
		code(line, "if (%.*s) {", (int)(end - p), p);
		push(B_IF, line);
	} else if (word(&p, end, "elif") || word(&p, end, "else")) {
		const char *q = p;
		bool cond = start[2] == 'i';
		if (start[2] == 's' && word(&q, end, "if"))
			cond = true, p = q;
		if (b->kind != B_IF || b->has_else)
			bad(line, "%.4s without an if", start);
		branch_end(b, line);
		flush_lit();
		g.depth--;
		if (cond ? p == end : p != end)
			bad(line, cond ? "elif without a condition" : "else takes no condition; write elif");
		if (cond)
			code(line, "} else if (%.*s) {", (int)(end - p), p);
		else
			code(0, "} else {");
		g.depth++;
		b->has_else = !cond;
		g.h = b->in;
	} else if (word(&p, end, "for")) {
		html_cut();
		g.h.blank = false;
		code(line, "for (%.*s) {", (int)(end - p), p);
		push(B_FOR, line);
	} else if (word(&p, end, "end")) {
		if (p != end)
			bad(line, "end stands alone");
		tag_end(line);
	} else if (word(&p, end, "let")) {
		code(line, "%.*s;", (int)(end - p), p);
	} else if (word(&p, end, "call")) {
		const char *open = memchr(p, '(', (size_t)(end - p));
		if (!open || end[-1] != ')')
			bad(line, "write {{ call name(v, …) }}");
		if (g.h.at != P_TEXT)
			bad(line, "a template may be called only where text may stand");
		const char *args = skip_blank(open + 1, end - 1);
		code(line, "t_%.*s(o%s%.*s);", (int)(open - p), p, args < end - 1 ? ", " : "", (int)(end - 1 - args), args);
		g.h.blank = false;
	} else if (n) {
		g.eat = false;
		tag_value(line, p, end, after);
	} else {
		bad(line, "an empty tag");
	}
}

/* The end of the tag that begins at p (after its braces); counts braces and passes over C strings. */
static const char *tag_close(const char *p, int line)
{
	int braces = 0;
	for (; p < g.end; p++) {
		if (*p == '"' || *p == '\'') {
			char q = *p;
			for (p++; p < g.end && *p != q && *p != '\n'; p++)
				p += *p == '\\';
			if (p >= g.end || *p != q)
				bad(line, "a string in the tag is not closed");
		} else if (*p == '{') {
			braces++;
		} else if (*p == '}') {
			if (!braces && p + 1 < g.end && p[1] == '}')
				return p;
			if (!braces)
				bad(line, "a lone } in the tag");
			braces--;
		}
	}
	bad(line, "the tag is not closed");
}

static void compile(const char *root, const char *path)
{
	struct text full = { 0 }, in;
	text_printf(&full, "%s/%s", root, path);
	if (!file_read(full.p, &in))
		die("%s: %s", full.p, strerror(errno));
	g.file = path;
	g.p = in.p;
	g.end = in.p + in.n;
	g.line = 1;
	g.eat = false;
	while (g.p < g.end) {
		const char *open = memmem(g.p, (size_t)(g.end - g.p), "{{", 2), *stop = open ? open : g.end;
		if (g.depth) {
			html_text(g.p, stop);
		} else {
			for (; g.p < stop; g.line += *g.p++ == '\n')
				if (!isspace((unsigned char)*g.p))
					bad(g.line, "text outside any template");
		}
		if (!open)
			break;
		int line = g.line;
		const char *p = open + 2, *close;
		if (p < g.end && *p == '#') {
			close = memmem(p, (size_t)(g.end - p), "}}", 2);
			if (!close)
				bad(line, "the remark is not closed");
		} else {
			close = tag_close(p, line);
		}
		/* alone on its line? */
		const char *l = open, *r = close + 2;
		while (l > in.p && (l[-1] == ' ' || l[-1] == '\t'))
			l--;
		while (r < g.end && (*r == ' ' || *r == '\t' || *r == '\r'))
			r++;
		bool alone = (l == in.p || l[-1] == '\n') && (r == g.end || *r == '\n');
		for (const char *q = p; q < close; q++)
			g.line += *q == '\n';
		g.p = close + 2;
		if (*p == '#') {
			if (alone)
				g.eat = true;
			continue;
		}
		const char *e = close;
		p = skip_blank(p, e);
		while (e > p && isspace((unsigned char)e[-1]))
			e--;
		tag(line, p, e, g.p, alone);
	}
	if (g.depth)
		bad(g.stack[g.depth - 1].line, "this block is never ended");
	free(in.p);
	free(full.p);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		die("usage: tplgen OUT.c OUT.h ROOT DIR");
	struct paths l = { 0 };
	paths_find(&l, argv[3], argv[4], ".html");
	for (size_t i = 0; i < l.n; i++)
		compile(argv[3], l.p[i]);
	const char *slash = strrchr(argv[2], '/'), *base = slash ? slash + 1 : argv[2];
	struct text h = { 0 }, c = { 0 };
	text_puts(&h, "/* Made by tools/tplgen. */\n#pragma once\n#include \"base/base.h\"\n#include \"web/view.h\"\n\n");
	if (structs.n)
		text_put(&h, structs.p, structs.n);
	if (protos.n)
		text_put(&h, protos.p, protos.n);
	text_printf(&c, "/* Made by tools/tplgen. */\n#include \"web/web.h\"\n#include \"web/view.h\"\n");
	if (includes.n)
		text_put(&c, includes.p, includes.n);
	text_printf(&c, "#include \"%s\"\n\n", base);
	if (g.c.n)
		text_put(&c, g.c.p, g.c.n);
	file_write(argv[1], &c);
	file_write(argv[2], &h);
	return 0;
}
