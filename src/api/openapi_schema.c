/* Why: the schemas of the description, from the fields of the catalogue and the code lists. */
#include "api/openapi.h"

static void ki(struct json *j, const char *k, int64_t v)
{
	j_key(j, k);
	j_int(j, v);
}

/* null empties a field that need not be filled. */
static void ktype(struct json *j, const char *type, bool nullable)
{
	if (!nullable) {
		o_kv(j, "type", type);
		return;
	}
	o_open(j, "type", '[');
	j_cstr(j, type);
	j_cstr(j, "null");
	j_close(j, ']');
}

static int64_t max_length(const struct field *f)
{
	return f->max > 0 ? f->max : f->type == F_LONG ? 20000 : f->type == F_PHONE ? 40 : f->type == F_IDNO ? 30 : 200;
}

static void code_ref(struct json *j, const char *list)
{
	BUF_AUTO b = BUF(128);
	buf_printf(&b, "code_%s", list);
	o_ref(j, "schemas/", b.p);
}

static void code_shape(struct json *j, const struct field *f, bool nullable)
{
	if (!nullable) {
		code_ref(j, f->of);
		return;
	}
	o_open(j, "anyOf", '[');
	j_open(j, '{');
	code_ref(j, f->of);
	j_close(j, '}');
	j_open(j, '{');
	o_kv(j, "type", "null");
	j_close(j, '}');
	j_close(j, ']');
}

static void pattern(struct json *j, const char *p, bool nullable)
{
	ktype(j, "string", nullable);
	o_kv(j, "pattern", p);
}

static void text_shape(struct json *j, const struct field *f, bool in, bool nullable)
{
	ktype(j, "string", nullable);
	/* What leaves masked may be another length than what came in. */
	if (!in && f->secrecy != S_PLAIN)
		return;
	ki(j, "maxLength", max_length(f));
	if (in && f->min > 0)
		ki(j, "minLength", f->min);
}

static void field_shape(struct json *j, const struct field *f, bool in, bool nullable)
{
	switch (f->type) {
	case F_INT:
		ktype(j, "integer", nullable);
		if (f->min || f->max) {
			ki(j, "minimum", f->min);
			ki(j, "maximum", f->max);
		}
		break;
	case F_BOOL: ktype(j, "boolean", nullable); break;
	case F_MONEY: pattern(j, "^[0-9]+(\\.[0-9]{1,2})?$", nullable); break;
	case F_REF: pattern(j, "^[0-9]{1,19}$", nullable); break;
	case F_AREA: pattern(j, "^[0-9]{6,15}$", nullable); break;
	case F_DATE: case F_TIME:
		ktype(j, "string", nullable);
		o_kv(j, "format", f->type == F_DATE ? "date" : "date-time");
		break;
	case F_CODE: code_shape(j, f, nullable); break;
	case F_CODES:
		ktype(j, "array", nullable);
		o_open(j, "items", '{');
		code_ref(j, f->of);
		j_close(j, '}');
		break;
	case F_JSON: case F_SECRET: break;
	default: text_shape(j, f, in, nullable); break;
	}
}

static void property(struct json *j, struct ctx *c, const struct field *f, bool in, bool nullable)
{
	BUF_AUTO b = BUF(2048);
	o_open(j, f->name, '{');
	field_shape(j, f, in, nullable);
	buf_cstr(&b, TRC(c, f->label));
	if (f->help)
		buf_printf(&b, " – %s", TRC(c, f->help));
	if (f->standard)
		buf_printf(&b, " (%s)", f->standard);
	if (f->type == F_REF)
		buf_printf(&b, " [%s]", f->of);
	j_key(j, "description");
	j_str(j, buf_view(&b));
	if (!in && (f->flags & FF_SYSTEM)) {
		j_key(j, "readOnly");
		j_bool(j, true);
	}
	j_close(j, '}');
}

/* ---- bodies ---- */

struct asked { bool may, must; };

/* Over all rows of the verb: a field may be sent when one row takes it, must when every row needs it. at n, n+1, n+2 stand
 * area, org and owner. */
static struct asked *asked_of(struct ctx *c, const struct rtype *t, const char *verb)
{
	static const char *const common[] = { "area", "org", "owner" };
	struct asked *o = NEWN(c->a, struct asked, t->nfields + 3), *row = NEWN(c->a, struct asked, t->nfields + 3);
	bool first = true, create = strcmp(verb, "create") == 0;
	for (size_t k = 0; k < t->nsteps; k++) {
		const struct step *s = &t->steps[k];
		if (strcmp(s->verb, verb) != 0 || !openapi_public(s))
			continue;
		const char *at = s->fields;
		struct str w;
		bool need;
		memset(row, 0, sizeof *row * (t->nfields + 3));
		while (step_field(&at, &w, &need)) {
			int i = field_find(t, w);
			for (size_t m = 0; m < 3 && i < 0; m++)
				if (str_is(w, common[m]))
					i = (int)(t->nfields + m);
			if (i >= 0)
				row[i] = (struct asked){ true, need };
			/* A star takes the common columns in as well, see act(). */
			for (size_t m = 0; m < t->nfields + 3 && str_is(w, "*"); m++)
				row[m].may |= m >= t->nfields || (!(t->fields[m].flags & FF_SYSTEM) && (create || !(t->fields[m].flags & FF_ONCE)));
		}
		for (size_t m = 0; m < t->nfields + 3; m++) {
			row[m].must |= row[m].may && create && m < t->nfields && (t->fields[m].flags & FF_NEED);
			o[m].may |= row[m].may;
			o[m].must = row[m].must && (first || o[m].must);
		}
		first = false;
	}
	for (size_t m = 0; m < t->nfields; m++)
		o[m].may &= t->fields[m].type != F_SECRET;
	return o;
}

static void put_required(struct json *j, const struct rtype *t, const struct asked *a)
{
	bool any = false;
	for (size_t i = 0; i < t->nfields; i++)
		any |= a[i].may && a[i].must;
	if (!any)
		return;
	o_open(j, "required", '[');
	for (size_t i = 0; i < t->nfields; i++)
		if (a[i].may && a[i].must)
			j_cstr(j, t->fields[i].name);
	j_close(j, ']');
}

static void common_property(struct json *j, const char *name, const char *type, const char *pat, const char *text)
{
	o_open(j, name, '{');
	o_kv(j, "type", type);
	if (pat)
		o_kv(j, "pattern", pat);
	else
		ki(j, "minimum", 1);
	o_kv(j, "description", text);
	j_close(j, '}');
}

/* Made up, all of it: telephone numbers and names that belong to nobody. */
static void example_value(struct json *j, struct ctx *c, const struct field *f)
{
	size_t n = 0;
	const struct code *k;
	switch (f->type) {
	case F_INT: j_int(j, f->min > 1 ? f->min : 1); break;
	case F_BOOL: j_bool(j, true); break;
	case F_MONEY: j_cstr(j, "1200.50"); break;
	case F_DATE: j_cstr(j, "2026-11-24"); break;
	case F_TIME: j_cstr(j, "2026-11-24T09:05:00+08:00"); break;
	case F_REF: j_cstr(j, "1781000000000000001"); break;
	case F_AREA: j_cstr(j, "990582001001"); break;
	case F_CODE: case F_CODES:
		k = codes_list(c->app->codes, f->of, &n);
		if (f->type == F_CODES)
			j_open(j, '[');
		if (n)
			j_str(j, k[0].code);
		if (f->type == F_CODES)
			j_close(j, ']');
		break;
	case F_NAME: j_cstr(j, "王小明"); break;
	case F_PHONE: j_cstr(j, "19900000001"); break;
	case F_ADDRESS: j_cstr(j, "港城市东风街道幸福社区1号"); break;
	case F_LONG: j_cstr(j, "邻居反映夜里有争吵声，请上门看看。"); break;
	case F_JSON: j_raw(j, STR("{}")); break;
	default: j_cstr(j, "示例"); break;
	}
}

static void put_example(struct json *j, struct ctx *c, const struct rtype *t, const struct asked *a)
{
	bool named = false;
	o_open(j, "example", '{');
	if (t->parent) {
		j_key(j, "parent");
		j_cstr(j, "1781000000000000001");
	}
	for (size_t i = 0; i < t->nfields; i++) {
		bool first_name = t->fields[i].type == F_NAME && !named && a[i].may;
		named |= first_name;
		if (!a[i].may || (!a[i].must && !first_name))
			continue;
		j_key(j, t->fields[i].name);
		example_value(j, c, &t->fields[i]);
	}
	j_close(j, '}');
}

void openapi_body(struct json *j, struct ctx *c, const struct rtype *t, const char *verb)
{
	bool create = strcmp(verb, "create") == 0;
	const struct asked *a = asked_of(c, t, verb);
	o_open(j, "requestBody", '{');
	o_open(j, "content", '{');
	bool file = create && t->file;
	o_open(j, file ? "multipart/form-data" : "application/json", '{');
	o_open(j, "schema", '{');
	o_kv(j, "type", "object");
	j_key(j, "additionalProperties");
	j_bool(j, false);
	put_required(j, t, a);
	o_open(j, "properties", '{');
	for (size_t i = 0; i < t->nfields; i++)
		if (a[i].may)
			property(j, c, &t->fields[i], true, !a[i].must);
	if (a[t->nfields].may)
		common_property(j, "area", "string", "^[0-9]{6,15}$", TRC(c, N_("Place")));
	if (a[t->nfields + 1].may)
		common_property(j, "org", "string", "^[0-9]{1,19}$", TRC(c, N_("Unit")));
	if (a[t->nfields + 2].may)
		common_property(j, "owner", "string", "^[0-9]{1,19}$", TRC(c, N_("Responsible person")));
	if (file)
		common_property(j, "file", "string", ".", "The file itself, one a request, with its name");
	if (create && t->parent)
		common_property(j, "parent", "string", "^[0-9]{1,19}$", t->parent);
	if (!create)
		common_property(j, "version", "integer", NULL, "Version you saw, when If-Match is not sent");
	j_close(j, '}');
	j_close(j, '}');
	if (create && !file)
		put_example(j, c, t, a);
	j_close(j, '}');
	j_close(j, '}');
	j_key(j, "required");
	j_bool(j, create);
	j_close(j, '}');
}

/* ---- components ---- */

static void code_schema(struct json *j, struct ctx *c, const char *list)
{
	size_t n;
	const struct code *k = codes_list(c->app->codes, list, &n);
	BUF_AUTO text = BUF(65536);
	o_open(j, arena_printf(c->a, "code_%s", list), '{');
	o_kv(j, "type", "string");
	if (n) {
		o_open(j, "enum", '[');
		for (size_t i = 0; i < n; i++)
			j_str(j, k[i].code);
		j_close(j, ']');
	}
	for (size_t i = 0; i < n && i < 100; i++) {
		struct str label = c->lang == LANG_ZH ? k[i].zh : k[i].en;
		buf_printf(&text, "%s%.*s %.*s", i ? "; " : "", (int)k[i].code.n, k[i].code.p, (int)label.n, label.p);
	}
	j_key(j, "description");
	j_str(j, buf_view(&text));
	j_close(j, '}');
}

static void code_schemas(struct json *j, struct ctx *c)
{
	struct map *seen = map_new(c->a);
	for (const struct rtype *const *t = c->app->types; *t; t++)
		for (size_t i = 0; i < (*t)->nfields; i++) {
			const struct field *f = &(*t)->fields[i];
			if ((f->type != F_CODE && f->type != F_CODES) || map_get(seen, str_of(f->of)))
				continue;
			map_put(seen, str_of(f->of), (void *)(uintptr_t)f);
			code_schema(j, c, f->of);
		}
}

static void type_schema(struct json *j, struct ctx *c, const struct rtype *t)
{
	o_open(j, t->name, '{');
	o_kv(j, "description", TRC(c, t->label));
	o_open(j, "allOf", '[');
	j_open(j, '{');
	o_ref(j, "schemas/", "record");
	j_close(j, '}');
	j_open(j, '{');
	o_kv(j, "type", "object");
	o_open(j, "properties", '{');
	o_open(j, "state", '{');
	o_kv(j, "type", "string");
	if (t->nstates) {
		o_open(j, "enum", '[');
		for (size_t i = 0; i < t->nstates; i++)
			j_cstr(j, t->states[i].name);
		j_close(j, ']');
	}
	j_close(j, '}');
	o_open(j, "fields", '{');
	o_kv(j, "type", "object");
	o_open(j, "properties", '{');
	for (size_t i = 0; i < t->nfields; i++)
		if (t->fields[i].type != F_SECRET)
			property(j, c, &t->fields[i], false, false);
	j_close(j, '}');
	j_close(j, '}');
	j_close(j, '}');
	j_close(j, '}');
	j_close(j, ']');
	j_close(j, '}');
}

/* What has no catalogue: written by hand, as it is answered in read.c, around.c and by the face for errors. */
static const char fixed[] =
	"\"any\":{\"type\":\"object\"},"
	"\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9]{1,19}$\",\"description\":\"63 bits: too many for a JavaScript number, so a string\"},"
	"\"record\":{\"type\":\"object\",\"required\":[\"type\",\"id\",\"version\"],\"properties\":{"
	"\"type\":{\"type\":\"string\"},\"id\":{\"$ref\":\"#/components/schemas/id\"},\"version\":{\"type\":\"integer\",\"minimum\":1},"
	"\"number\":{\"type\":[\"string\",\"null\"]},\"state\":{\"type\":\"string\"},\"area\":{\"type\":\"string\"},"
	"\"parent\":{\"type\":[\"string\",\"null\"]},\"org\":{\"type\":[\"string\",\"null\"]},\"owner\":{\"type\":[\"string\",\"null\"]},"
	"\"creator\":{\"type\":[\"string\",\"null\"]},\"created\":{\"type\":\"string\",\"format\":\"date-time\"},"
	"\"updated\":{\"type\":\"string\",\"format\":\"date-time\"},"
	"\"fields\":{\"type\":\"object\",\"description\":\"Only what is filled; pages leave out the long texts\"},"
	"\"labels\":{\"type\":\"object\",\"description\":\"Words for the codes\",\"additionalProperties\":{\"type\":[\"string\",\"array\"],\"items\":{\"type\":\"string\"}}},"
	"\"masked\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Fields whose text is masked for this post\"}}},"
	"\"problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"code\"],\"properties\":{"
	"\"type\":{\"type\":\"string\",\"format\":\"uri-reference\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
	"\"code\":{\"type\":\"string\",\"enum\":[\"invalid\",\"auth\",\"denied\",\"not_found\",\"stale\",\"state\",\"duplicate\",\"limit\",\"rate\",\"busy\",\"full\",\"io\",\"db\",\"internal\"]},"
	"\"detail\":{\"type\":\"string\"},\"request\":{\"type\":\"string\"},"
	"\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"field\",\"detail\"],\"properties\":{\"field\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}},"
	"\"seen_version\":{\"type\":\"integer\"},\"current\":{\"$ref\":\"#/components/schemas/record\"}}},"
	"\"event\":{\"type\":\"object\",\"properties\":{\"seq\":{\"type\":\"integer\"},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
	"\"verb\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"},\"role\":{\"type\":\"string\"},\"face\":{\"type\":\"string\"},\"outcome\":{\"type\":\"string\"},"
	"\"name\":{\"type\":[\"string\",\"null\"]},\"user\":{\"type\":[\"string\",\"null\"]},\"version\":{\"type\":\"integer\"},\"change\":{\"type\":\"object\"}}},"
	"\"step\":{\"type\":\"object\",\"properties\":{\"verb\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"},\"to\":{\"type\":[\"string\",\"null\"]},"
	"\"primary\":{\"type\":\"boolean\"},\"danger\":{\"type\":\"boolean\"},\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
	"\"name\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"},\"need\":{\"type\":\"boolean\"}}}}}},"
	"\"clock\":{\"type\":\"object\",\"properties\":{\"id\":{\"$ref\":\"#/components/schemas/id\"},\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
	"\"rule\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"},\"light\":{\"type\":\"string\",\"enum\":[\"none\",\"green\",\"yellow\",\"red\"]},"
	"\"explain\":{\"type\":\"string\"},\"start\":{\"type\":\"string\",\"format\":\"date-time\"},\"due\":{\"type\":\"string\",\"format\":\"date-time\"},"
	"\"first_due\":{\"type\":\"string\",\"format\":\"date-time\"},\"late\":{\"type\":\"boolean\"},\"level\":{\"type\":\"integer\"}}},"
	"\"area\":{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"}}},"
	"\"code\":{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"},\"parent\":{\"type\":\"string\"}}}";

void openapi_schemas(struct json *j, struct ctx *c)
{
	j_raw(j, str_of(fixed));
	code_schemas(j, c);
	for (const struct rtype *const *t = c->app->types; *t; t++)
		type_schema(j, c, *t);
}
