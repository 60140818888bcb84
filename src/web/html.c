/* Why: text of strangers becomes HTML here and nowhere else. html_text is safe between tags and inside quoted
 * attributes; html_url keeps javascript:, data: (but a JPEG) and foreign hosts out of href and action. */
#include "web/web.h"

static void escape(struct buf *o, struct str s, bool lines)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *e;
		switch (s.p[i]) {
		case '&': e = "&amp;"; break;
		case '<': e = "&lt;"; break;
		case '>': e = "&gt;"; break;
		case '"': e = "&#34;"; break;
		case '\'': e = "&#39;"; break;
		case '\0': e = "\xEF\xBF\xBD"; break;
		case '\r':
			if (!lines)
				continue;
			e = i + 1 < s.n && s.p[i + 1] == '\n' ? "" : "<br>";
			break;
		case '\n':
			if (!lines)
				continue;
			e = "<br>";
			break;
		default: continue;
		}
		buf_put(o, s.p + from, i - from);
		buf_cstr(o, e);
		from = i + 1;
	}
	if (s.n > from)
		buf_put(o, s.p + from, s.n - from);
}

void html_text(struct buf *o, struct str s) { escape(o, s, false); }
void html_text_lines(struct buf *o, struct str s) { escape(o, s, true); }

static bool unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
}

static void percent(struct buf *o, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	char t[3] = { '%', hex[c >> 4], hex[c & 15] };
	buf_put(o, t, 3);
}

void html_url_part(struct buf *o, struct str s)
{
	/* A segment of only dots would be taken for a step up the path, even percent-encoded; the server refuses it. */
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (unreserved(c))
			buf_char(o, (char)c);
		else
			percent(o, c);
	}
}

/* A picture inside the page: pixels that a browser cannot take for a page or a script. */
static bool picture_inside(struct str s)
{
	static const char head[] = "data:image/jpeg;base64,";
	size_t i = sizeof head - 1;
	if (!str_starts(s, head) || s.n == i)
		return false;
	while (i < s.n && (unreserved((unsigned char)s.p[i]) || strchr("+/=", s.p[i])) && !strchr("-._~", s.p[i]))
		i++;
	return i == s.n;
}

void html_url(struct buf *o, struct str s)
{
	if (picture_inside(s)) {
		buf_str(o, s);
		return;
	}
	/* "//host" and "/\host" are foreign hosts to a browser, which also drops tabs and newlines wherever they stand. */
	bool local = s.n && (s.p[0] == '#' || (s.p[0] == '/' && (s.n == 1 || (s.p[1] != '/' && s.p[1] != '\\'))));
	for (size_t i = 0; local && i < s.n; i++)
		local = (unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f;
	if (!local) {
		buf_char(o, '#');
		return;
	}
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c != '&' && c < 0x80 && !strchr(" \"'<>`\\{}|^", c))
			continue;
		buf_put(o, s.p + from, i - from);
		from = i + 1;
		if (c == '&')
			buf_cstr(o, "&amp;");
		else
			percent(o, c);
	}
	buf_put(o, s.p + from, s.n - from);
}
