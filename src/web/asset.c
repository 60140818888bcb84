/* Why: an asset's address holds its content's hash, so it never changes and may be kept for ever; only assets are
 * compressed, since pages hold secrets beside what strangers wrote (BREACH). */
#include "web/inner.h"

const char *asset_url(const char *name)
{
	const struct asset *s = assets;
	while (s->name && strcmp(s->name, name) != 0)
		s++;
	must(s->name != NULL);      /* a template names an asset that is not built in */
	return s->url;
}

/* "gzip" in a list of codings, and not with weight 0. */
static bool takes_gzip(struct str list)
{
	while (list.p && list.n) {
		struct str q, item = str_trim(str_cut(list, ',', &list));
		struct str coding = str_trim(str_cut(item, ';', &q));
		if (!name_is(coding, "gzip"))
			continue;
		q = q.p ? str_trim(q) : q;
		return !q.p || !(str_is(q, "q=0") || str_is(q, "q=0.0") || str_is(q, "q=0.00") || str_is(q, "q=0.000"));
	}
	return false;
}

static bool etag_known(struct str list, struct str tag)
{
	while (list.p && list.n) {
		struct str item = str_trim(str_cut(list, ',', &list));
		if (str_starts(item, "W/"))
			item.p += 2, item.n -= 2;
		if (str_eq(item, tag) || str_is(item, "*"))
			return true;
	}
	return false;
}

bool asset_serve(struct web_conn *k)
{
	struct req *rq = &k->rq;
	struct resp *rs = &k->rs;
	if (!str_starts(rq->path, "/assets/") || strcmp(rq->method, "GET") != 0)
		return false;
	const struct asset *s = assets;
	while (s->name && !str_is(rq->path, s->url))
		s++;
	if (!s->name)
		return false;
	bool gz = s->gz && takes_gzip(req_header(rq, "Accept-Encoding"));
	struct str tag = arena_fmt(k->a, "\"%s%s\"", s->url + strlen("/assets/"), gz ? ".gz" : "");
	resp_reset(rs);
	resp_header(rs, rq, "ETag", tag);
	resp_header(rs, rq, "Cache-Control", STR("public, max-age=31536000, immutable"));
	resp_header(rs, rq, "Vary", STR("Accept-Encoding"));
	rs->type = s->type;
	if (etag_known(req_header(rq, "If-None-Match"), tag)) {
		rs->status = 304;
		return true;
	}
	rs->status = 200;
	if (gz)
		resp_header(rs, rq, "Content-Encoding", STR("gzip"));
	k->fixed = (struct str){ (const char *)(gz ? s->gz : s->bytes), gz ? s->ngz : s->n };
	return true;
}
