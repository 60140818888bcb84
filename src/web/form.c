/* Why: names and values from outside become decoded, valid UTF-8 here, once; what is broken is refused, never repaired,
 * so that no two readers can take one request for two. */
#include "web/inner.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool url_decode(struct arena *a, struct str s, bool plus, struct str *ret)
{
	char *o = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			if (i + 2 >= s.n)
				return false;
			int h = hex_digit(s.p[i + 1]), l = hex_digit(s.p[i + 2]);
			if (h < 0 || l < 0)
				return false;
			c = (char)(h << 4 | l);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		o[n++] = c;
	}
	o[n] = 0;
	*ret = (struct str){ o, n };
	return utf8_valid(*ret);
}

enum err form_param(struct web_conn *k, struct str name, struct str value)
{
	struct req *rq = &k->rq;
	if (rq->nparams == PARAMS_MAX)
		return fail(&rq->fault, ERR_LIMIT, N_("The form has too many fields."), NULL);
	size_t cap = rq->nparams == 0 ? 0 : rq->nparams < 8 ? 8 : (size_t)1 << (64 - __builtin_clzll(rq->nparams - 1));
	VEC_PUSH(k->a, rq->params, rq->nparams, cap, ((struct param){ name, value }));
	return OK;
}

enum err form_urlencoded(struct web_conn *k, struct str s)
{
	while (s.p && s.n) {
		struct str value, pair = str_cut(s, '&', &s);
		if (pair.n == 0)
			continue;
		struct str name = str_cut(pair, '=', &value), n, v = STR("");
		if (!url_decode(k->a, name, true, &n) || (value.p && !url_decode(k->a, value, true, &v)))
			return conn_bad(k, 400, N_("The form contains characters that are not valid text (UTF-8)."), "urlencoded");
		TRY(form_param(k, n, v));
	}
	return OK;
}
