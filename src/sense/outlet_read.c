/* Why: what comes from outside is whatever somebody wrote there: feeds of four kinds, broken ones, HTML in them, and bombs.
 * Invariants: pure; every text is bounded as it is read; no entity is declared, nothing is fetched; what cannot be read is counted, never guessed. */
#include "base/clock.h"
#include "sense/outlet.h"
#include "text/text.h"
#include <expat.h>
#include <jansson.h>
#include <stdio.h>
#include <strings.h>

#define DEPTH 64
#define RAW ((size_t)128 << 10)      /* of one field, as HTML */
#define SHORT 1000                   /* of an address or a name */
#define SAID_SINCE INT64_C(631152000000)   /* 1990 */

/* At most RAW bytes, no character cut. */
static struct str bounded(struct str s)
{
	if (s.n > RAW)
		for (s.n = RAW; s.n && ((unsigned char)s.p[s.n] & 0xC0) == 0x80;)
			s.n--;
	return s;
}

/* ---- HTML to words ---- */

static const struct { const char *name; const char *text; } entities[] = {
	{ "amp", "&" }, { "lt", "<" }, { "gt", ">" }, { "quot", "\"" }, { "apos", "'" }, { "nbsp", " " }, { "ldquo", "“" }, { "rdquo", "”" }, { "lsquo", "‘" }, { "rsquo", "’" },
	{ "hellip", "…" }, { "mdash", "—" }, { "ndash", "–" }, { "middot", "·" }, { "ensp", " " }, { "emsp", " " },
};

/* At "&": the character meant and how many bytes it took; 0: it is a plain "&". */
static size_t entity(struct str s, struct buf *b)
{
	size_t end = 1;
	while (end < s.n && end < 12 && s.p[end] != ';' && s.p[end] != '&' && s.p[end] != ' ')
		end++;
	if (end >= s.n || s.p[end] != ';' || end < 2)
		return 0;
	if (s.p[1] == '#') {
		uint32_t cp = 0;
		bool hex = s.p[2] == 'x' || s.p[2] == 'X';
		for (size_t i = hex ? 3 : 2; i < end; i++) {
			int d = s.p[i] >= '0' && s.p[i] <= '9' ? s.p[i] - '0' : hex && (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'f' ? (s.p[i] | 32) - 'a' + 10 : -1;
			if (d < 0 || cp > 0x10FFFF)
				return 0;
			cp = cp * (hex ? 16 : 10) + (uint32_t)d;
		}
		char out[4];
		bool odd = cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0xD800 && cp < 0xE000) || cp > 0x10FFFF;
		buf_put(b, odd ? " " : out, odd ? 1 : utf8_put(out, cp));
		return end + 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(entities); i++)
		if (str_is((struct str){ s.p + 1, end - 1 }, entities[i].name)) {
			buf_cstr(b, entities[i].text);
			return end + 1;
		}
	return 0;
}

static bool tag_is(struct str name, const char *list)
{
	for (const char *w = list; *w;) {
		size_t n = strcspn(w, " ");
		if (n == name.n && strncasecmp(w, name.p, n) == 0)
			return true;
		w += n + (w[n] == ' ');
	}
	return false;
}

/* At "<": the bytes of the mark; 0: it is none. hidden: what it encloses is not for reading; then all to its end. */
static size_t mark(struct str s, struct buf *b)
{
	size_t at = 1;
	if (s.n < 3 || !(s.p[1] == '/' || s.p[1] == '!' || s.p[1] == '?' || ((s.p[1] | 32) >= 'a' && (s.p[1] | 32) <= 'z')))
		return 0;
	if (str_starts(s, "<!--")) {
		ptrdiff_t end = str_find(s, STR("-->"));
		return end < 0 ? s.n : (size_t)end + 3;
	}
	bool closes = s.p[1] == '/';
	at += closes;
	size_t from = at;
	while (at < s.n && ((s.p[at] | 32) >= 'a' && (s.p[at] | 32) <= 'z' ? true : s.p[at] >= '0' && s.p[at] <= '9'))
		at++;
	struct str name = { s.p + from, at - from };
	for (char quote = 0; at < s.n && (quote || s.p[at] != '>'); at++)
		quote = quote ? (s.p[at] == quote ? 0 : quote) : s.p[at] == '"' || s.p[at] == '\'' ? s.p[at] : 0;
	at += at < s.n;
	if (!closes && tag_is(name, "script style noscript template iframe object svg title")) {
		while (at < s.n && !(s.p[at] == '<' && s.n - at > name.n + 2 && s.p[at + 1] == '/' && strncasecmp(s.p + at + 2, name.p, name.n) == 0))
			at++;
		return at;
	}
	if (tag_is(name, "p br div li tr h1 h2 h3 h4 h5 h6 ul ol table blockquote article section"))
		buf_char(b, '\n');
	return at;
}

struct str outlet_plain(struct arena *a, struct str html)
{
	BUF_AUTO raw = BUF(RAW + 16);
	BUF_AUTO out = BUF(RAW + 16);
	html = bounded(html);
	for (size_t i = 0; i < html.n;) {
		struct str rest = { html.p + i, html.n - i };
		size_t n = html.p[i] == '<' ? mark(rest, &raw) : html.p[i] == '&' ? entity(rest, &raw) : 0;
		if (!n)
			buf_char(&raw, html.p[i] == '\n' || html.p[i] == '\r' || html.p[i] == '\t' ? ' ' : html.p[i]);
		i += n ? n : 1;
	}
	bool blank = true, line = true;
	for (size_t i = 0; i < raw.n; i++) {
		char ch = raw.p[i];
		if (ch == '\n' ? line : ch == ' ' && blank)
			continue;
		if (ch == '\n' && out.n && out.p[out.n - 1] == ' ')
			out.n--;
		buf_char(&out, ch);
		line = ch == '\n';
		blank = ch == ' ' || line;
	}
	return arena_str(a, str_trim(buf_view(&out)));
}

static bool is_html(struct str s)
{
	static const char *const sign[] = { "</", "<br", "<BR", "<p>", "<P>", "/>", "&nbsp;", "&lt;", "&#" };
	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		if (str_find(s, str_of(sign[i])) >= 0)
			return true;
	return false;
}

/* ---- when it was said ---- */

static int64_t rfc822(struct arena *a, struct str s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *p = arena_cstr(a, utf8_head(s, 60)), *comma = strchr(p, ',');
	char month[4] = "", zone[8] = "";
	int day, year, hour, minute, second = 0, off = 0;
	p = comma ? comma + 1 : p;
	if (sscanf(p, " %d %3s %d %d:%d:%d %7s", &day, month, &year, &hour, &minute, &second, zone) < 6 && sscanf(p, " %d %3s %d %d:%d %7s", &day, month, &year, &hour, &minute, zone) < 5)
		return 0;
	const char *m = strstr(months, month);
	year += year < 70 ? 2000 : year < 100 ? 1900 : 0;
	int mon = strlen(month) == 3 && m && (m - months) % 3 == 0 ? (int)(m - months) / 3 + 1 : 0;
	if (!mon || !day_valid(year, mon, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return 0;
	if ((zone[0] == '+' || zone[0] == '-') && strlen(zone) == 5) {
		int v = 0;
		if (sscanf(zone + 1, "%4d", &v) == 1)
			off = (v / 100 * 60 + v % 100) * (zone[0] == '-' ? -1 : 1);
	} else if (strcmp(zone, "CST") == 0) {
		off = 480;       /* China's, here */
	}
	return day_start(day_make(year, mon, day)) + (hour * 60 + minute - off) * MS_MINUTE + second * MS_SECOND + 8 * MS_HOUR;
}

/* In seconds, milliseconds, ISO 8601 or RFC 822; a source that lies about the time is not believed. */
static int64_t said_of(struct arena *a, struct str s, int64_t now)
{
	int64_t ms = 0;
	s = str_trim(s);
	if (str_int(s, &ms))
		ms = ms > 0 && ms < INT64_C(100000000000) ? ms * 1000 : ms;
	else if (s.n > 60 || !date_parse(s, &ms))
		ms = rfc822(a, s);
	return ms >= SAID_SINCE && ms <= now + 5 * MS_MINUTE ? ms : 0;
}

/* ---- collecting ---- */

struct raw { struct str ref, title, text, link, said; bool html; };
struct collecting { struct arena *a; struct outlet_posts *out; size_t cap, seen; int64_t now; };

static struct str short_of(struct arena *a, struct str s, bool html)
{
	s = html || is_html(s) ? outlet_plain(a, s) : s;
	struct fault none = { 0 };
	struct str clean;
	if (text_clean(a, s, &clean, &none) != OK)
		return STR_NONE;
	return utf8_head(str_trim(clean), 200);
}

static bool web_address(struct str s) { return (str_starts(s, "http://") || str_starts(s, "https://")) && s.n <= SHORT && utf8_valid(s); }

/* False: there is no room for more. */
static bool put(struct collecting *k, const struct raw *r)
{
	struct fault none = { 0 };
	struct str text = r->html || is_html(r->text) ? outlet_plain(k->a, r->text) : r->text;
	struct outlet_item i = { .title = short_of(k->a, r->title, r->html), .said = said_of(k->a, r->said, k->now) };
	k->seen++;
	if (k->out->n == OUTLET_ITEMS) {
		k->out->cut = true;
		return false;
	}
	if (text_clean(k->a, text, &text, &none) != OK || (!str_trim(text).n && !i.title.n)) {
		k->out->first_bad = k->out->bad++ ? k->out->first_bad : k->seen;
		return true;
	}
	i.text = utf8_head(str_trim(text), OUTLET_TEXT);
	struct str link = str_trim(r->link), ref = str_trim(r->ref);
	i.link = web_address(link) ? arena_str(k->a, link) : web_address(ref) ? arena_str(k->a, ref) : STR_NONE;
	i.ref = ref.n && ref.n <= SHORT ? arena_str(k->a, ref) : i.link;
	VEC_PUSH(k->a, k->out->v, k->out->n, k->cap, i);
	return true;
}

/* ---- XML ---- */

enum part { PART_NONE, PART_REF, PART_TITLE, PART_TEXT, PART_LINK, PART_SAID, PART_COUNT };
struct xml { XML_Parser x; struct collecting k; struct raw now; struct buf text[PART_COUNT]; struct buf one; enum part part; int depth, item, part_depth; bool root, bad, full; };

static const char *attribute(const char **v, const char *name)
{
	for (; *v; v += 2)
		if (strcmp(v[0], name) == 0)
			return v[1];
	return "";
}

static enum part part_of(const char *name)
{
	static const struct { const char *name; enum part part; } v[] = {
		{ "guid", PART_REF }, { "id", PART_REF }, { "title", PART_TITLE }, { "description", PART_TEXT }, { "content:encoded", PART_TEXT }, { "content", PART_TEXT }, { "summary", PART_TEXT },
		{ "link", PART_LINK }, { "pubDate", PART_SAID }, { "published", PART_SAID }, { "updated", PART_SAID }, { "dc:date", PART_SAID },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (strcmp(v[i].name, name) == 0)
			return v[i].part;
	return PART_NONE;
}

static void XMLCALL opened(void *arg, const char *name, const char **attributes)
{
	struct xml *r = arg;
	if (++r->depth > DEPTH) {
		r->bad = true;
		XML_StopParser(r->x, XML_FALSE);
		return;
	}
	if (r->depth == 1)
		r->root = strcmp(name, "rss") == 0 || strcmp(name, "feed") == 0 || strcmp(name, "rdf:RDF") == 0;
	if (!r->item && (strcmp(name, "item") == 0 || strcmp(name, "entry") == 0)) {
		r->item = r->depth;
		for (int i = 0; i < PART_COUNT; i++)
			buf_reset(&r->text[i]);
		return;
	}
	if (r->part)
		buf_char(&r->one, ' ');       /* XHTML inside: words stay apart */
	if (!r->item || r->depth != r->item + 1)
		return;
	r->part = part_of(name);
	r->part_depth = r->depth;
	buf_reset(&r->one);
	/* Atom's links are attributes; the one without a rel is the post itself. */
	const char *href = r->part == PART_LINK ? attribute(attributes, "href") : "", *rel = attribute(attributes, "rel");
	if (*href && (!*rel || strcmp(rel, "alternate") == 0) && !r->text[PART_LINK].n)
		buf_cstr(&r->text[PART_LINK], href);
}

static void XMLCALL closed(void *arg, const char *name)
{
	struct xml *r = arg;
	(void)name;
	if (r->part && r->depth == r->part_depth) {
		struct buf *to = &r->text[r->part];
		struct str s = str_trim(buf_view(&r->one));
		/* Of a summary and the whole the longer; of two dates the first. */
		if (s.n && (r->part == PART_TEXT ? s.n > to->n : !to->n)) {
			buf_reset(to);
			buf_str(to, s);
		}
		r->part = PART_NONE;
	} else if (r->item && r->depth == r->item) {
		struct raw one = { buf_view(&r->text[PART_REF]), buf_view(&r->text[PART_TITLE]), buf_view(&r->text[PART_TEXT]), buf_view(&r->text[PART_LINK]), buf_view(&r->text[PART_SAID]), true };
		r->item = 0;
		if (!put(&r->k, &one)) {
			r->full = true;
			XML_StopParser(r->x, XML_FALSE);
		}
	}
	r->depth--;
}

static void XMLCALL said(void *arg, const char *s, int n)
{
	struct xml *r = arg;
	if (r->part)
		buf_put(&r->one, s, (size_t)n);
}

/* A bomb needs declarations; a feed none. */
static void XMLCALL declared(void *arg, const char *name, int parameter, const char *value, int n, const char *base, const char *system, const char *public, const char *notation)
{
	struct xml *r = arg;
	(void)name, (void)parameter, (void)value, (void)n, (void)base, (void)system, (void)public, (void)notation;
	r->bad = true;
	XML_StopParser(r->x, XML_FALSE);
}

static enum err read_xml(struct xml *r, struct str s, struct fault *f)
{
	r->x = XML_ParserCreate("UTF-8");
	if (!r->x)
		return fail(f, ERR_INTERNAL, NULL, "expat: out of memory");
	for (int i = 0; i < PART_COUNT; i++)
		r->text[i] = BUF(RAW);
	r->one = BUF(RAW);
	XML_SetUserData(r->x, r);
	XML_SetElementHandler(r->x, opened, closed);
	XML_SetCharacterDataHandler(r->x, said);
	XML_SetEntityDeclHandler(r->x, declared);
	bool ok = XML_Parse(r->x, s.p, (int)s.n, 1) == XML_STATUS_OK || r->full;
	unsigned long line = XML_GetCurrentLineNumber(r->x);
	XML_ParserFree(r->x);
	for (int i = 0; i < PART_COUNT; i++)
		buf_free(&r->text[i]);
	buf_free(&r->one);
	if (!r->root)
		return fail(f, ERR_INVALID, N_("This is no RSS or Atom feed. Please check the address in a browser."), "root");
	if (ok && !r->bad)
		return OK;
	if (r->bad || !r->k.out->n) {
		enum err e = fail(f, ERR_INVALID, r->bad ? N_("The feed holds declarations or a depth that no feed needs (line %s). It was not read.") : N_("The feed is broken at line %s."), "xml");
		snprintf(f->arg, sizeof f->arg, "%lu", line);
		return e;
	}
	r->k.out->first_bad = r->k.out->bad++ ? r->k.out->first_bad : r->k.seen + 1;
	return OK;
}

/* ---- JSON ---- */

static void json_freep(json_t **j) { json_decref(*j); }

static struct str first_text(struct arena *a, const json_t *o, const char *names)
{
	while (*names) {
		size_t n = strcspn(names, " ");
		char *name = arena_cstr(a, (struct str){ names, n });
		const json_t *v = json_object_get(o, name);
		if (json_is_string(v) && json_string_length(v))
			return (struct str){ json_string_value(v), json_string_length(v) };
		if (json_is_integer(v))
			return arena_fmt(a, "%lld", (long long)json_integer_value(v));
		names += n + (names[n] == ' ');
	}
	return STR_NONE;
}

static bool put_json(struct collecting *k, const json_t *o)
{
	if (!json_is_object(o)) {
		k->seen++;
		k->out->first_bad = k->out->bad++ ? k->out->first_bad : k->seen;
		return true;
	}
	struct raw r = { first_text(k->a, o, "id guid"), first_text(k->a, o, "title"), first_text(k->a, o, "content_text text content body summary"), first_text(k->a, o, "url link"),
			 first_text(k->a, o, "date_published published time date created_at pubDate"), false };
	if (!r.text.n) {
		r.text = first_text(k->a, o, "content_html html");
		r.html = true;
	}
	r.text = bounded(r.text);
	return put(k, &r);
}

static enum err read_json(struct collecting *k, struct str s, struct fault *f)
{
	static const char *const lists[] = { "items", "data", "posts", "list", "results" };
	json_error_t at;
	CLEANUP(json_freep) json_t *j = json_loadb(s.p, s.n, 0, &at);
	if (!j) {
		enum err e = fail(f, ERR_INVALID, N_("The answer is no valid JSON (%s)."), "json");
		snprintf(f->arg, sizeof f->arg, "%d:%d", at.line, at.column);
		return e;
	}
	const json_t *list = j;
	for (size_t i = 0; i < ARRAY_LEN(lists) && !json_is_array(list); i++)
		list = json_is_array(json_object_get(j, lists[i])) ? json_object_get(j, lists[i]) : j;
	if (!json_is_array(list))
		return fail(f, ERR_INVALID, N_("The JSON holds no list of posts: an array, or an object with “items”."), "items");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!put_json(k, json_array_get(list, i)))
			break;
	return OK;
}

static void read_lines(struct collecting *k, struct str s)
{
	json_error_t at;
	for (size_t from = 0; from < s.n;) {
		const char *nl = memchr(s.p + from, '\n', s.n - from);
		size_t end = nl ? (size_t)(nl - s.p) : s.n;
		struct str line = str_trim((struct str){ s.p + from, end - from });
		if (line.n && k->out->n == OUTLET_ITEMS) {
			k->out->cut = true;
			return;
		}
		if (line.n) {
			CLEANUP(json_freep) json_t *j = line.n <= OUTLET_LINE ? json_loadb(line.p, line.n, 0, &at) : NULL;
			(void)put_json(k, j);
		}
		from = end + (nl != NULL);
		k->out->used = from;
	}
}

enum err outlet_parse(struct arena *a, enum outlet_form form, struct str bytes, int64_t now, struct outlet_posts *ret, struct fault *f)
{
	const char *encoding;
	struct str s;
	struct collecting k = { .a = a, .out = ret, .now = now };
	memset(ret, 0, sizeof *ret);
	if (bytes.n > OUTLET_BYTES)
		return fail(f, ERR_LIMIT, N_("It is larger than 8 MiB, and was not read."), "size");
	if (form == OUTLET_LINES) {
		if (!utf8_valid(bytes) && memchr(bytes.p, 0, bytes.n))
			return fail(f, ERR_INVALID, N_("This is no text in UTF-8."), "utf8");
		read_lines(&k, bytes);
		return OK;
	}
	TRY(text_to_utf8(a, bytes, &s, &encoding, f));
	if (form == OUTLET_JSON)
		return read_json(&k, s, f);
	struct xml x = { .k = k };
	return read_xml(&x, str_trim(s), f);
}
