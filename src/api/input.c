/* Why: what a machine sends is checked for its shape here and for its sense in act() and see(); both name the field.
 * Invariants: nothing is guessed: a wrong type, an unknown name, a name sent twice is refused, never passed over. */
#include "api/inner.h"
#include <stdio.h>
#include <stdlib.h>

static void json_freep(json_t **j) { json_decref(*j); }
static void free_textp(char **p) { free(*p); }

const struct rtype *api_type(struct ctx *c, struct str name)
{
	const struct rtype *t = type_find(c->app, name);
	if (!t && str_ends(name, "s"))
		t = type_find(c->app, (struct str){ name.p, name.n - 1 });
	return t;
}

/* ---- the body ---- */

/* Before any parser recurses: how deep do brackets stand in each other, strings left out. */
static bool too_deep(struct str s)
{
	int depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (quoted && ch == '\\')
			i++;
		else if (ch == '"')
			quoted = !quoted;
		else if (!quoted && (ch == '{' || ch == '['))
			depth++;
		else if (!quoted && (ch == '}' || ch == ']'))
			depth--;
		if (depth > API_DEPTH)
			return true;
	}
	return false;
}

static bool is_json(struct str type)
{
	struct str rest, t = str_trim(str_cut(type, ';', &rest));
	static const char want[] = "application/json";
	if (t.n != sizeof want - 1)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if ((t.p[i] | (t.p[i] >= 'A' && t.p[i] <= 'Z' ? 0x20 : 0)) != want[i])
			return false;
	return true;
}

static enum err parse(struct req *rq, struct resp *rs, json_t **ret)
{
	json_error_t at;
	*ret = NULL;
	if (!rq->body.n) {
		*ret = json_object();
		return OK;
	}
	if (!is_json(req_header(rq, "Content-Type"))) {
		rs->status = 415;
		return fail(&rq->fault, ERR_INVALID, N_("Please send JSON with “Content-Type: application/json”."), NULL);
	}
	if (too_deep(rq->body))
		return fail(&rq->fault, ERR_LIMIT, N_("The JSON is nested deeper than is allowed."), "depth");
	json_t *j = json_loadb(rq->body.p, rq->body.n, JSON_REJECT_DUPLICATES, &at);
	if (!j) {
		/* Where, never what: the text of the error may quote the body. */
		rs->status = 400;
		enum err e = fail(&rq->fault, ERR_INVALID, N_("The body is no valid JSON (%s). No key may stand twice, no text may hold NUL."), "json");
		snprintf(rq->fault.arg, sizeof rq->fault.arg, "%d:%d", at.line, at.column);
		return e;
	}
	if (!json_is_object(j)) {
		json_decref(j);
		rs->status = 400;
		return fail(&rq->fault, ERR_INVALID, N_("The body must be a JSON object of fields."), NULL);
	}
	*ret = j;
	return OK;
}

static struct str text_of(struct arena *a, const json_t *v)
{
	return arena_str(a, (struct str){ json_string_value(v), json_string_length(v) });
}

static struct str dumped(struct arena *a, const json_t *v, size_t flags)
{
	CLEANUP(free_textp) char *s = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | flags);
	return s ? arena_str(a, str_of(s)) : STR_NONE;
}

/* An id: a string of digits, as the answers have it, or a number. */
static bool id_of(const json_t *v, int64_t *ret)
{
	if (json_is_integer(v))
		*ret = json_integer_value(v);
	else if (!json_is_string(v) || !str_int((struct str){ json_string_value(v), json_string_length(v) }, ret))
		return false;
	return *ret > 0;
}

static const char *wanted(const struct field *f)
{
	switch (f->type) {
	case F_INT: return "integer";
	case F_BOOL: return "true / false";
	case F_CODES: return "array of strings";
	case F_REF: return "string of digits";
	case F_MONEY: return "string such as \"1200.50\", or integer";
	default: return "string";
	}
}

static bool codes_text(struct arena *a, const json_t *v, struct str *ret)
{
	BUF_AUTO b = BUF(65536);
	for (size_t i = 0; i < json_array_size(v); i++) {
		const json_t *one = json_array_get(v, i);
		if (!json_is_string(one) || strchr(json_string_value(one), ','))
			return false;
		buf_cstr(&b, i ? "," : "");
		buf_put(&b, json_string_value(one), json_string_length(one));
	}
	*ret = b.over ? STR_NONE : arena_str(a, buf_view(&b));
	return !b.over;
}

/* The text that act() expects of a JSON value; false: the type is wrong. null empties a field. */
static bool value_text(struct arena *a, const struct field *f, const json_t *v, struct str *ret)
{
	*ret = STR("");
	if (json_is_null(v))
		return true;
	if (f && f->type == F_JSON) {
		*ret = dumped(a, v, 0);
		return ret->p != NULL;
	}
	if (f && f->type == F_CODES)
		return json_is_array(v) && codes_text(a, v, ret);
	if (f && f->type == F_BOOL) {
		*ret = json_is_true(v) ? STR("1") : STR("0");
		return json_is_boolean(v);
	}
	if (f && f->type == F_INT && !json_is_integer(v))
		return false;
	bool number = !f || f->type == F_INT || f->type == F_REF || f->type == F_MONEY;
	if (number && json_is_integer(v)) {
		*ret = arena_fmt(a, "%lld", (long long)json_integer_value(v));
		return true;
	}
	if (!json_is_string(v))
		return false;
	*ret = text_of(a, v);
	return true;
}

static void wrong_type(struct req *rq, const char *name, const char *want)
{
	fault_field(&rq->fault, arena_cstr(rq->a, utf8_head(str_of(name), 40)), N_("Wrong JSON type; expected: %s."), want);
}

static void take(struct req *rq, const struct rtype *t, const char *name, const json_t *v, struct api_body *o)
{
	struct str text;
	if (strcmp(name, "parent") == 0) {
		if (!json_is_null(v) && !id_of(v, &o->parent))
			wrong_type(rq, name, "string of digits");
		return;
	}
	if (strcmp(name, "version") == 0) {
		o->version = json_is_integer(v) ? json_integer_value(v) : 0;
		if (o->version <= 0)
			wrong_type(rq, name, "integer");
		return;
	}
	bool common = strcmp(name, "area") == 0 || strcmp(name, "org") == 0 || strcmp(name, "owner") == 0;
	int i = field_find(t, str_of(name));
	const struct field *f = i < 0 ? NULL : &t->fields[i];
	if (!common && (!f || f->type == F_SECRET)) {
		fault_field(&rq->fault, arena_cstr(rq->a, utf8_head(str_of(name), 40)), N_("There is no such field."), NULL);
		return;
	}
	if (!value_text(rq->a, f, v, &text)) {
		wrong_type(rq, name, f ? wanted(f) : strcmp(name, "area") == 0 ? "string" : "string of digits");
		return;
	}
	o->in[o->n++] = (struct input){ arena_str(rq->a, str_of(name)), text };
}

enum err api_body(struct req *rq, struct resp *rs, const struct rtype *t, struct api_body *ret)
{
	CLEANUP(json_freep) json_t *j = NULL;
	struct api_body o = { 0 };
	const char *name;
	json_t *v;
	TRY(parse(rq, rs, &j));
	o.in = NEWN(rq->a, struct input, json_object_size(j) + 1);
	json_object_foreach(j, name, v)
		take(rq, t, name, v, &o);
	if (req_header(rq, "Idempotency-Key").p)
		o.canon = dumped(rq->a, j, JSON_SORT_KEYS);
	*ret = o;
	return OK;
}

/* ---- the query of a list ---- */

static bool digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static void bad(struct req *rq, struct str name, const char *msg, const char *arg)
{
	fault_field(&rq->fault, arena_cstr(rq->a, utf8_head(name, 40)), msg, arg);
}

/* Every value of "a|b" must be one of the list, so that a slip is an error and not an empty page. */
static bool each(struct req *rq, struct str name, struct str v, bool (*ok)(const struct ctx *, const void *, struct str), const void *arg)
{
	int n = 0;
	for (struct str rest = v; rest.p; n++) {
		struct str one = str_cut(rest, '|', &rest);
		if (n == API_VALUES) {
			bad(rq, name, N_("At most %s values are allowed here."), arena_printf(rq->a, "%d", API_VALUES));
			return false;
		}
		if (!ok(ctx_of(rq), arg, one)) {
			bad(rq, name, N_("“%s” is not possible here."), arena_cstr(rq->a, utf8_head(one, 20)));
			return false;
		}
	}
	return true;
}

static bool is_state(const struct ctx *c, const void *t, struct str v)
{
	const struct rtype *type = t;
	(void)c;
	for (size_t i = 0; i < type->nstates; i++)
		if (str_is(v, type->states[i].name))
			return true;
	return false;
}

static bool is_code(const struct ctx *c, const void *f, struct str v) { return code_find(c->app->codes, ((const struct field *)f)->of, v) != NULL; }
static bool is_text(const struct ctx *c, const void *x, struct str v) { (void)c, (void)x; return v.n > 0; }

static bool is_number(const struct ctx *c, const void *x, struct str v)
{
	int64_t n;
	(void)c, (void)x;
	return str_int(v, &n);
}

static bool is_area(const struct ctx *c, const void *x, struct str v)
{
	(void)c, (void)x;
	return digits(v) && v.n <= 15;
}

static bool is_bool(struct str v, struct str *ret)
{
	if (str_is(v, "true") || str_is(v, "1"))
		*ret = STR("1");
	else if (str_is(v, "false") || str_is(v, "0"))
		*ret = STR("0");
	else
		return false;
	return true;
}

static bool is_bound(struct str name) { return str_ends(name, "_from") || str_ends(name, "_to"); }

static void field_filter(struct req *rq, const struct rtype *t, struct str name, struct str *v)
{
	int i = field_find(t, name);
	if (i < 0) {
		/* "created_from" and the like: see() knows which there are. */
		if (!is_bound(name))
			bad(rq, name, N_("There is no such filter."), NULL);
		return;
	}
	const struct field *f = &t->fields[i];
	if (!(f->flags & FF_FILTER) || f->secrecy != S_PLAIN || f->type == F_DATE || f->type == F_TIME)
		bad(rq, name, f->type == F_DATE || f->type == F_TIME ? N_("Please ask with _from and _to.") : N_("One cannot filter by this field."), NULL);
	else if (f->type == F_BOOL && !is_bool(*v, v))
		bad(rq, name, N_("Please say true or false."), NULL);
	else if (f->type == F_CODES && !is_code(ctx_of(rq), f, *v))
		bad(rq, name, N_("“%s” is not possible here."), arena_cstr(rq->a, utf8_head(*v, 20)));
	else if (f->type == F_CODE)
		(void)each(rq, name, *v, is_code, f);
	else if (f->type == F_INT || f->type == F_REF)
		(void)each(rq, name, *v, is_number, NULL);
	else if (f->type == F_AREA)
		(void)each(rq, name, *v, is_area, NULL);
	else
		(void)each(rq, name, *v, is_text, NULL);
}

static void check_filter(struct req *rq, const struct rtype *t, struct str name, struct str *v)
{
	static const char *const numbers[] = { "org", "owner", "parent", "creator", "id" };
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (str_is(name, numbers[i])) {
			(void)each(rq, name, *v, is_number, NULL);
			return;
		}
	if (str_is(name, "state"))
		(void)each(rq, name, *v, is_state, t);
	else if (str_is(name, "number"))
		(void)each(rq, name, *v, is_text, NULL);
	else if (str_is(name, "open") && !is_bool(*v, v))
		bad(rq, name, N_("Please say true or false."), NULL);
	else if (str_is(name, "area") && !is_area(NULL, NULL, *v))
		bad(rq, name, N_("There is no area with the code “%s”."), arena_cstr(rq->a, utf8_head(*v, 20)));
	else if (!str_is(name, "open") && !str_is(name, "area"))
		field_filter(rq, t, name, v);
}

static bool searches(const struct rtype *t)
{
	for (size_t i = 0; i < t->nfields; i++)
		if (t->fields[i].flags & FF_SEARCH)
			return true;
	return false;
}

static bool paging(struct req *rq, const struct rtype *t, struct str name, struct str v, struct see *q)
{
	int64_t n = 0;
	if (str_is(name, "limit")) {
		if (!str_int(v, &n) || n < 1 || n > 500)
			bad(rq, name, N_("The number must lie between %s."), "1 – 500");
		q->limit = (int)n;
	} else if (str_is(name, "after")) {
		if (!str_int(v, &q->after) || q->after <= 0)
			bad(rq, name, N_("Please use the address in “next”."), NULL);
	} else if (str_is(name, "order")) {
		q->oldest = str_is(v, "oldest");
		if (!q->oldest && !str_is(v, "newest"))
			bad(rq, name, N_("“%s” is not possible here."), arena_cstr(rq->a, utf8_head(v, 20)));
	} else if (str_is(name, "q")) {
		q->words = v;
		if (!searches(t))
			bad(rq, name, N_("There is nothing to search in here."), NULL);
		if (utf8_count(v) > 100)
			bad(rq, name, N_("This text is too long: at most %s characters."), "100");
	} else {
		return false;
	}
	return true;
}

enum err api_query(struct req *rq, const struct rtype *t, struct see *ret)
{
	struct see q = { .type = t->name, .limit = 50 };
	struct filter *f = NEWN(rq->a, struct filter, API_FILTERS);
	for (size_t i = 0; i < rq->nquery; i++) {
		struct str name = rq->params[i].name, v = rq->params[i].value;
		bool twice = false;
		for (size_t k = 0; k < i; k++)
			twice |= str_eq(rq->params[k].name, name);
		if (twice) {
			bad(rq, name, N_("This stands twice. Several values are parted by “|”."), NULL);
			continue;
		}
		if (!v.n) {
			bad(rq, name, N_("Please fill this in."), NULL);
			continue;
		}
		if (paging(rq, t, name, v, &q))
			continue;
		if (q.nfilters == API_FILTERS)
			return fail(&rq->fault, ERR_LIMIT, N_("These are too many filters."), "filters");
		check_filter(rq, t, name, &v);
		f[q.nfilters++] = (struct filter){ name, v };
	}
	if (rq->fault.nfields)
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	q.filters = f;
	*ret = q;
	return OK;
}
