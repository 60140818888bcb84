/*
 * What every compiled template is given besides its own data, and how it prints a value in each kind of place.
 * Made for the code of tools/tplgen; handlers only fill struct view.
 */
#ifndef XA_VIEW_H
#define XA_VIEW_H
#include "base/tr.h"
#include "web/web.h"

struct view {
	enum lang lang;
	struct str csrf;      /* for the hidden field of every form; absent when nobody is logged in */
	struct str nonce;     /* req_nonce(): put into <script> and into every tag with hx- attributes */
	struct str path;      /* of the request, to come back to */
	const char *halt, *halt_hint;   /* message ids: nothing can be saved now, what to do; NULL */
	bool demo;            /* the made-up city: every page says so */
	const void *face;     /* the face's own data for its frame (menu, user, counts), or NULL */
};

static inline void tpl_url_str(struct buf *o, struct str s) { html_url(o, s); }
static inline void tpl_url_cstr(struct buf *o, const char *s) { html_url(o, str_of(s)); }
static inline void tpl_part_str(struct buf *o, struct str s) { html_url_part(o, s); }
static inline void tpl_part_cstr(struct buf *o, const char *s) { html_url_part(o, str_of(s)); }

/* In quoted attributes and textareas; unlike TPL_PUT it takes no struct html, which may hold quotes. */
#define TPL_PUT_ATTR(o, e) _Generic((e), struct str: tpl_put_str, char *: tpl_put_cstr, const char *: tpl_put_cstr, \
	int64_t: tpl_put_int, long long: tpl_put_int, int: tpl_put_i, unsigned: tpl_put_size, size_t: tpl_put_size)((o), (e))
/* A whole URL attribute. */
#define TPL_PUT_URL(o, e) _Generic((e), struct str: tpl_url_str, char *: tpl_url_cstr, const char *: tpl_url_cstr)((o), (e))
/* A path segment or query value inside one. */
#define TPL_PUT_URL_PART(o, e) _Generic((e), struct str: tpl_part_str, char *: tpl_part_cstr, const char *: tpl_part_cstr, \
	int64_t: tpl_put_int, long long: tpl_put_int, int: tpl_put_i, unsigned: tpl_put_size, size_t: tpl_put_size)((o), (e))

/* A translated message up to its "%s", and from behind it; a translation that lost its %s is printed whole. */
static inline void tpl_f_head(struct buf *o, const char *fmt)
{
	const char *at = strstr(fmt, "%s");
	html_text(o, (struct str){ fmt, at ? (size_t)(at - fmt) : strlen(fmt) });
}
static inline void tpl_f_tail(struct buf *o, const char *fmt)
{
	const char *at = strstr(fmt, "%s");
	html_text(o, str_of(at ? at + 2 : ""));
}
#endif
