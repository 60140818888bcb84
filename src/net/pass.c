/* Why: the child reads what a stranger sent, so what it says is a stranger's word too: it is read back as strictly.
 * Invariants: a head of lines "name value", an empty line, the body; a name twice, a missing one or a number out of bounds is no answer. */
#include "net/net.h"
#include "base/child.h"

#define HEAD_MAX ((size_t)16 << 10)

static void line(struct buf *b, const char *name, struct str v)
{
	if (!v.p || v.n > 2000)
		return;
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < ' ')
			return;
	buf_printf(b, "%s ", name);
	buf_str(b, v);
	buf_char(b, '\n');
}

/* Cuts the head's lines off s, calling put for each; false when it is no head. */
static bool head(struct str *s, bool (*put)(void *arg, struct str name, struct str value), void *arg)
{
	for (size_t read = 0; read < HEAD_MAX;) {
		const char *end = s->n ? memchr(s->p, '\n', s->n) : NULL;
		if (!end)
			return false;
		struct str value, l = { s->p, (size_t)(end - s->p) };
		read += l.n + 1;
		*s = (struct str){ end + 1, s->n - l.n - 1 };
		if (!l.n)
			return true;
		struct str name = str_cut(l, ' ', &value);
		if (!value.p || !put(arg, name, value))
			return false;
	}
	return false;
}

/* ---- what is asked ---- */

void net_ask_put(struct buf *b, const struct net_ask *q)
{
	line(b, "url", q->url);
	line(b, "etag", q->etag);
	line(b, "modified", q->modified);
	line(b, "contact", q->contact);
	for (size_t i = 0; i < q->nallow; i++) {
		buf_cstr(b, "allow ");
		hex_put(b, q->allow[i].addr, 16);
		buf_printf(b, "/%d\n", q->allow[i].bits);
	}
	buf_printf(b, "max %zu\nlimit %lld\n\n", q->max ? q->max : NET_BODY_MAX, (long long)(q->limit_ms ? q->limit_ms : NET_LIMIT_MS));
}

struct asking { struct arena *a; struct net_ask *q; struct net_range allow[32]; };

static bool ask_line(void *arg, struct str name, struct str value)
{
	struct asking *k = arg;
	struct net_ask *q = k->q;
	int64_t n;
	struct { const char *name; struct str *to; } texts[] = { { "url", &q->url }, { "etag", &q->etag }, { "modified", &q->modified }, { "contact", &q->contact } };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_is(name, texts[i].name)) {
			bool first = !texts[i].to->p;
			*texts[i].to = arena_str(k->a, value);
			return first;
		}
	if (str_is(name, "allow")) {
		struct str bits, addr = str_cut(value, '/', &bits);
		struct net_range *r = &k->allow[q->nallow];
		if (q->nallow == ARRAY_LEN(k->allow) || !hex_get(addr, r->addr, 16) || !str_int(bits, &n) || n < 0 || n > 128)
			return false;
		r->bits = (int)n;
		q->nallow++;
		return true;
	}
	if (!str_int(value, &n) || n < 1)
		return false;
	if (str_is(name, "max") && n <= (int64_t)NET_BODY_MAX)
		q->max = (size_t)n;
	else if (str_is(name, "limit") && n <= 120000)
		q->limit_ms = n;
	else
		return false;
	return true;
}

enum err net_ask_take(struct arena *a, struct str s, struct net_ask *ret, struct fault *f)
{
	struct net_ask q = { 0 };
	struct asking *k = NEW(a, struct asking);
	*k = (struct asking){ .a = a, .q = &q };
	if (!head(&s, ask_line, k) || s.n || !q.url.n || !q.max || !q.limit_ms)
		return fail(f, ERR_INVALID, NULL, "nothing that can be fetched was asked for");
	q.allow = k->allow;
	*ret = q;
	return OK;
}

/* ---- what came ---- */

void net_answer_put(struct buf *b, const struct net_answer *r)
{
	buf_printf(b, "end %d\nstatus %d\nretry %lld\n", (int)r->end, r->status, (long long)r->retry_s);
	line(b, "type", r->type);
	line(b, "etag", r->etag);
	line(b, "modified", r->modified);
	line(b, "location", r->location);
	buf_printf(b, "body %zu\n\n", r->body.n);
	buf_str(b, r->body);
}

struct answering { struct arena *a; struct net_answer *r; int64_t body; unsigned seen; };

static bool answer_line(void *arg, struct str name, struct str value)
{
	struct answering *k = arg;
	struct net_answer *r = k->r;
	int64_t n;
	struct { const char *name; struct str *to; } texts[] = { { "type", &r->type }, { "etag", &r->etag }, { "modified", &r->modified }, { "location", &r->location } };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_is(name, texts[i].name)) {
			bool first = !texts[i].to->p;
			/* Some servers still write these in the encodings of old; then they are no use. */
			*texts[i].to = utf8_valid(value) ? arena_str(k->a, value) : STR_NONE;
			return first;
		}
	static const char *const numbers[] = { "end", "status", "retry", "body" };
	size_t i = 0;
	while (i < ARRAY_LEN(numbers) && !str_is(name, numbers[i]))
		i++;
	if (i == ARRAY_LEN(numbers) || (k->seen & 1u << i) || !str_int(value, &n))
		return false;
	k->seen |= 1u << i;
	if (i == 0 && n >= 0 && n < NET_END_COUNT)
		r->end = (enum net_end)n;
	else if (i == 1 && n >= 0 && n < 1000)
		r->status = (int)n;
	else if (i == 2 && n >= -1 && n < 1000000000)
		r->retry_s = n;
	else if (i == 3 && n >= 0 && n <= (int64_t)NET_BODY_MAX)
		k->body = n;
	else
		return false;
	return true;
}

enum err net_answer_take(struct arena *a, struct str s, struct net_answer *ret, struct fault *f)
{
	struct net_answer r = { 0 };
	struct answering k = { a, &r, 0, 0 };
	if (!head(&s, answer_line, &k) || k.seen != 15 || (int64_t)s.n != k.body)
		return fail(f, ERR_INVALID, NULL, "the child's answer is none");
	r.body = arena_str(a, s);
	*ret = r;
	return OK;
}

/* ---- asking the child ---- */

static enum err by_child(const struct net *n, struct arena *a, const struct net_ask *q, struct net_answer *ret, struct fault *f)
{
	static const char *const words[] = { NULL };
	BUF_AUTO in = BUF((size_t)64 << 10);
	BUF_AUTO out = BUF(NET_BODY_MAX + HEAD_MAX);
	struct fault ignored = { 0 };
	bool ok = false;
	net_ask_put(&in, q);
	if (in.over)
		return fail(f, ERR_LIMIT, NULL, "too much to ask");
	/* The child ends itself in time; if it cannot, it is ended. */
	int64_t limit = (q->limit_ms ? q->limit_ms : NET_LIMIT_MS) + 5000;
	TRY(child_run(&(struct child){ n->program, words, buf_view(&in), limit, n->broker }, &out, &ok, f));
	if (!ok || net_answer_take(a, buf_view(&out), ret, &ignored) != OK)
		*ret = (struct net_answer){ .end = NET_CHILD, .retry_s = -1 };
	return OK;
}

enum err net_get(const struct net *n, struct arena *a, const struct net_ask *q, struct net_answer *ret, struct fault *f)
{
	return n->get ? n->get(n, a, q, ret, f) : by_child(n, a, q, ret, f);
}

const char *net_end_text(enum net_end e)
{
	static const char *const texts[NET_END_COUNT] = {
		[NET_NO_NAME] = N_("The host's name is not known. Please check the address."),
		[NET_NO_ANSWER] = N_("Nobody answers at this address."),
		[NET_CUT] = N_("The answer broke off before its end: fewer bytes than were announced."),
		[NET_LONG] = N_("The answer is longer than 8 MB. It was not read."),
		[NET_SLOW] = N_("The answer did not come to its end in time."),
		[NET_TLS] = N_("The secure connection failed: the certificate is not valid for this address."),
		[NET_INSIDE] = N_("The address lies in an inner network. The operator would have to allow it (xiaoan serve --posts-inside)."),
		[NET_ODD] = N_("What answers there does not speak HTTP."),
		[NET_CHILD] = N_("The fetching program failed. Please tell the operator."),
	};
	return texts[e];
}
