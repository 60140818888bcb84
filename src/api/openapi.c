/* Why: the description is made from the tables that also rule, so that it cannot say what is not so.
 * Invariants: only what a caller may send or get: no internal step, no secret field; each operationId stands once. The
 * schemas stand in openapi_schema.c. */
#include "api/openapi.h"

void o_kv(struct json *j, const char *k, const char *v)
{
	j_key(j, k);
	j_cstr(j, v);
}

void o_open(struct json *j, const char *k, char ch)
{
	j_key(j, k);
	j_open(j, ch);
}

void o_ref(struct json *j, const char *where, const char *name)
{
	BUF_AUTO b = BUF(256);
	buf_printf(&b, "#/components/%s%s", where, name);
	j_key(j, "$ref");
	j_str(j, buf_view(&b));
}

static void response_ref(struct json *j, const char *code, const char *name)
{
	o_open(j, code, '{');
	o_ref(j, "responses/", name);
	j_close(j, '}');
}

/* ---- answers ---- */

static void content(struct json *j, const char *media, const char *schema, bool page)
{
	o_open(j, "content", '{');
	o_open(j, media, '{');
	o_open(j, "schema", '{');
	if (page) {
		o_kv(j, "type", "object");
		o_open(j, "required", '[');
		j_cstr(j, "items");
		j_close(j, ']');
		o_open(j, "properties", '{');
		o_open(j, "items", '{');
		o_kv(j, "type", "array");
		o_open(j, "items", '{');
		o_ref(j, "schemas/", schema);
		j_close(j, '}');
		j_close(j, '}');
		o_open(j, "next", '{');
		o_open(j, "type", '[');
		j_cstr(j, "string");
		j_cstr(j, "null");
		j_close(j, ']');
		o_kv(j, "description", "Address of the following page; null: this is the last.");
		j_close(j, '}');
		j_close(j, '}');
	} else {
		o_ref(j, "schemas/", schema);
	}
	j_close(j, '}');
	j_close(j, '}');
	j_close(j, '}');
}

static void header(struct json *j, const char *name, const char *text)
{
	o_open(j, name, '{');
	o_kv(j, "description", text);
	o_open(j, "schema", '{');
	o_kv(j, "type", "string");
	j_close(j, '}');
	j_close(j, '}');
}

enum answers { A_READ, A_WRITE, A_CREATE };

static void responses(struct json *j, const char *ok_text, const char *schema, bool page, enum answers kind)
{
	o_open(j, "responses", '{');
	for (int again = 0; again < (kind == A_CREATE ? 2 : 1); again++) {
		o_open(j, kind == A_CREATE && !again ? "201" : "200", '{');
		o_kv(j, "description", again ? "The key was used before: the record of then" : ok_text);
		if (!page && schema && kind != A_READ) {
			o_open(j, "headers", '{');
			header(j, "ETag", "Version of the record");
			if (kind == A_CREATE)
				header(j, "Location", "Address of the record");
			j_close(j, '}');
		}
		content(j, "application/json", schema ? schema : "any", page);
		j_close(j, '}');
	}
	response_ref(j, "401", "auth");
	response_ref(j, "403", "denied");
	response_ref(j, "404", "not_found");
	if (kind != A_READ) {
		response_ref(j, "400", "malformed");
		response_ref(j, "409", "conflict");
		response_ref(j, "413", "limit");
		response_ref(j, "415", "malformed");
	}
	response_ref(j, "422", "invalid");
	response_ref(j, "429", "rate");
	j_close(j, '}');
}

/* ---- parameters ---- */

static void parameter(struct json *j, const char *in, const char *name, const char *text, const char *type)
{
	j_open(j, '{');
	o_kv(j, "name", name);
	o_kv(j, "in", in);
	if (strcmp(in, "path") == 0) {
		j_key(j, "required");
		j_bool(j, true);
	}
	if (text)
		o_kv(j, "description", text);
	o_open(j, "schema", '{');
	o_kv(j, "type", type);
	j_close(j, '}');
	j_close(j, '}');
}

static void filter_parameters(struct json *j, struct ctx *c, const struct rtype *t)
{
	static const struct { const char *name, *text, *type; } common[] = {
		{ "q", "Words to search for in the narratives and numbers", "string" },
		{ "state", "One state, or several parted by |", "string" },
		{ "area", "All in this area and below", "string" },
		{ "org", "Responsible unit", "string" },
		{ "owner", "Responsible person", "string" },
		{ "creator", "Who made it", "string" },
		{ "parent", "Record it belongs to", "string" },
		{ "number", "Its number", "string" },
		{ "open", "true: still work to do; false: done", "boolean" },
		{ "created_from", "Made on this day or later", "string" },
		{ "created_to", "Made on this day or earlier", "string" },
		{ "order", "newest (if not said) or oldest", "string" },
		{ "after", "For paging; it stands in next", "string" },
		{ "limit", "Records a page, 1 to 500; 50 if not said", "integer" },
	};
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		parameter(j, "query", common[i].name, common[i].text, common[i].type);
	for (size_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		if (f->secrecy != S_PLAIN)
			continue;
		if (f->type == F_TIME || f->type == F_DATE) {
			parameter(j, "query", arena_printf(c->a, "%s_from", f->name), TRC(c, f->label), "string");
			parameter(j, "query", arena_printf(c->a, "%s_to", f->name), TRC(c, f->label), "string");
		} else if (f->flags & FF_FILTER) {
			parameter(j, "query", f->name, TRC(c, f->label), f->type == F_BOOL ? "boolean" : "string");
		}
	}
}

/* ---- operations ---- */

static void begin(struct json *j, const char *method, const char *tag, struct str id, struct str summary)
{
	o_open(j, method, '{');
	j_key(j, "operationId");
	j_str(j, id);
	o_open(j, "tags", '[');
	j_cstr(j, tag);
	j_close(j, ']');
	j_key(j, "summary");
	j_str(j, summary);
}

static void id_parameter(struct json *j, bool list)
{
	if (list)
		o_open(j, "parameters", '[');
	parameter(j, "path", "id", NULL, "string");
	if (list)
		j_close(j, ']');
}

static void list_path(struct json *j, struct ctx *c, const struct rtype *t)
{
	const char *name = t->name;
	o_open(j, arena_printf(c->a, "/api/v1/%s", name), '{');
	begin(j, "get", name, arena_fmt(c->a, "list_%s", name), str_of(TRC(c, t->plural)));
	o_open(j, "parameters", '[');
	filter_parameters(j, c, t);
	j_close(j, ']');
	responses(j, "A page of records", name, true, A_READ);
	j_close(j, '}');
	const struct step *s = NULL;
	for (size_t i = 0; i < t->nsteps && !s; i++)
		if (!t->steps[i].from[0] && openapi_public(&t->steps[i]))
			s = &t->steps[i];
	if (s) {
		begin(j, "post", name, arena_fmt(c->a, "create_%s", name), str_of(TRC(c, s->label)));
		o_open(j, "parameters", '[');
		parameter(j, "header", "Idempotency-Key", "The same key with the same body gives the first answer again", "string");
		j_close(j, ']');
		openapi_body(j, c, t, s->verb);
		responses(j, "Made", name, false, A_CREATE);
		j_close(j, '}');
	}
	j_close(j, '}');
}

static void read_path(struct json *j, struct ctx *c, const struct rtype *t, const char *what, const char *text, const char *schema, bool page)
{
	o_open(j, arena_printf(c->a, "/api/v1/%s/{id}%s%s", t->name, *what ? "/" : "", what), '{');
	begin(j, "get", t->name, arena_fmt(c->a, "%s_%s", *what ? what : "get", t->name), str_of(text));
	id_parameter(j, true);
	responses(j, "OK", schema, page, A_READ);
	j_close(j, '}');
	j_close(j, '}');
}

static void verb_path(struct json *j, struct ctx *c, const struct rtype *t, const struct step *s)
{
	o_open(j, arena_printf(c->a, "/api/v1/%s/{id}/%s", t->name, s->verb), '{');
	begin(j, "post", t->name, arena_fmt(c->a, "%s_%s", t->name, s->verb), str_of(TRC(c, s->label)));
	o_open(j, "parameters", '[');
	id_parameter(j, false);
	parameter(j, "header", "If-Match", "ETag of the record as you saw it, or * for whatever it is; or send version in the body", "string");
	parameter(j, "header", "Idempotency-Key", "The same key with the same body gives the first answer again", "string");
	j_close(j, ']');
	openapi_body(j, c, t, s->verb);
	responses(j, "Done", t->name, false, A_WRITE);
	j_close(j, '}');
	j_close(j, '}');
}

static bool covers(const struct rtype *t, size_t i) { return t->fields[i].secrecy == S_MASKED && t->level >= 2 && !t->office; }

static void reveal_path(struct json *j, struct ctx *c, const struct rtype *t)
{
	bool any = false;
	for (size_t i = 0; i < t->nfields; i++)
		any |= covers(t, i);
	if (!any)
		return;
	o_open(j, arena_printf(c->a, "/api/v1/%s/{id}/reveal/{field}", t->name), '{');
	begin(j, "post", t->name, arena_fmt(c->a, "%s_reveal", t->name), STR("Uncovers one masked field: journaled, counted, limited a day"));
	o_open(j, "parameters", '[');
	id_parameter(j, false);
	j_open(j, '{');
	o_kv(j, "name", "field");
	o_kv(j, "in", "path");
	j_key(j, "required");
	j_bool(j, true);
	o_open(j, "schema", '{');
	o_kv(j, "type", "string");
	o_open(j, "enum", '[');
	for (size_t i = 0; i < t->nfields; i++)
		if (covers(t, i))
			j_cstr(j, t->fields[i].name);
	j_close(j, ']');
	j_close(j, '}');
	j_close(j, '}');
	j_close(j, ']');
	responses(j, "The record with this field uncovered", t->name, false, A_WRITE);
	j_close(j, '}');
	j_close(j, '}');
}

static void type_paths(struct json *j, struct ctx *c, const struct rtype *t)
{
	list_path(j, c, t);
	read_path(j, c, t, "", TRC(c, t->label), t->name, false);
	read_path(j, c, t, "history", "What happened to it", "event", true);
	read_path(j, c, t, "steps", "What may be done now", "step", true);
	for (size_t i = 0; i < t->nsteps; i++) {
		bool first = t->steps[i].from[0] && openapi_public(&t->steps[i]);
		for (size_t k = 0; k < i && first; k++)
			first = strcmp(t->steps[k].verb, t->steps[i].verb) != 0 || !openapi_public(&t->steps[k]);
		if (first)
			verb_path(j, c, t, &t->steps[i]);
	}
	reveal_path(j, c, t);
	if (!t->file)
		return;
	o_open(j, arena_printf(c->a, "/api/v1/%s/{id}/content", t->name), '{');
	begin(j, "get", t->name, arena_fmt(c->a, "%s_content", t->name), STR("The file as it was handed in; each fetching is kept in the journal"));
	o_open(j, "parameters", '[');
	id_parameter(j, false);
	parameter(j, "query", "part", "“view”: the copy of a picture made anew, without place and camera, as JPEG", "string");
	j_close(j, ']');
	responses(j, "The bytes, with the type of the file", "any", false, A_READ);
	j_close(j, '}');
	j_close(j, '}');
}

struct prop { const char *name, *text; };

/* Up to the schema of what is sent, which BODY_OPEN and its own brackets close. */
#define BODY_OPEN 4
static void body_open(struct json *j, const char *type)
{
	o_open(j, "requestBody", '{');
	j_key(j, "required");
	j_bool(j, true);
	o_open(j, "content", '{');
	o_open(j, type, '{');
	o_open(j, "schema", '{');
}

/* A POST of an object of texts. */
static void said_path(struct json *j, const char *path, const char *id, const char *text, const struct prop *props, const char *answer)
{
	o_open(j, path, '{');
	begin(j, "post", "around", str_of(id), str_of(text));
	body_open(j, "application/json");
	o_kv(j, "type", "object");
	o_open(j, "properties", '{');
	for (; props->name; props++) {
		o_open(j, props->name, '{');
		o_kv(j, "type", "string");
		o_kv(j, "description", props->text);
		j_close(j, '}');
	}
	for (int i = 0; i < BODY_OPEN + 1; i++)
		j_close(j, '}');
	responses(j, answer, NULL, false, A_READ);
	j_close(j, '}');
	j_close(j, '}');
}

/* Lines of JSON under the key of a source. */
static void pushed_path(struct json *j)
{
	o_open(j, "/api/v1/public-posts", '{');
	begin(j, "post", "around", STR("public_posts"), STR("Public posts of a source that is pushed to us, one JSON object a line; what came before is passed over"));
	o_open(j, "parameters", '[');
	parameter(j, "header", "X-Feed-Key", "The source's key, from its page", "string");
	j_close(j, ']');
	body_open(j, "application/x-ndjson");
	o_kv(j, "type", "string");
	o_kv(j, "description", "Each line: id, text or html, and where known title, url, time (ISO 8601 or seconds); at most 1 MiB in all, 256 KiB a line. Authors are not read");
	for (int i = 0; i < BODY_OPEN; i++)
		j_close(j, '}');
	responses(j, "How many were seen, came before, were kept, are copies, concern nobody here, could not be read (and the first line of these)", "any", false, A_READ);
	j_close(j, '}');
	j_close(j, '}');
}

static void around_paths(struct json *j, struct ctx *c)
{
	static const struct { const char *path, *id, *text, *schema; bool page; const char *param[3]; } more[] = {
		{ "/api/v1/me", "me", "Who am I, and which types may I read and make", "any", false, { 0 } },
		{ "/api/v1/due", "due", "Running clocks, soonest first, each with its explanation", "clock", true, { "scope", "late", "limit" } },
		{ "/api/v1/safety", "safety", "The self-check: every insecure setting, with what to do (security administrator)", "any", false, { 0 } },
		{ "/api/v1/areas", "areas", "Divisions right under another", "area", true, { "under" } },
		{ "/api/v1/codes/{list}", "codes", "A code list", "code", true, { 0 } },
	};
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		o_open(j, more[i].path, '{');
		begin(j, "get", "around", str_of(more[i].id), str_of(more[i].text));
		o_open(j, "parameters", '[');
		if (strchr(more[i].path, '{'))
			parameter(j, "path", "list", "Name of the list", "string");
		for (int k = 0; k < 3 && more[i].param[k]; k++)
			parameter(j, "query", more[i].param[k], NULL, "string");
		j_close(j, ']');
		responses(j, "OK", more[i].schema, more[i].page, A_READ);
		j_close(j, '}');
		j_close(j, '}');
	}
	said_path(j, "/api/v1/step-up", "step_up", "Shows again that it is she who holds the token: for the steps with fresh, within the next minutes",
		  (const struct prop[]){ { "proof", "The one-time code; of who has no second factor, what she logs in with" }, { 0 } }, "Until when");
	said_path(j, "/api/v1/call-event", "call_event", "What the telephone system tells of a call to the help line; again and in any order, as it comes",
		  (const struct prop[]){ { "ref", "Its own number of the call" }, { "event", "ring, answer, miss or end" }, { "from", "The caller's number; absent when withheld" },
					 { "line", "Which line, such as 12338" }, { 0 } }, "The call's id");
	pushed_path(j);
	(void)c;
}

/* ---- the whole ---- */

static void common_responses(struct json *j)
{
	static const struct { const char *name, *text; } list[] = {
		{ "malformed", "The body is no JSON object, or not declared as JSON" }, { "auth", "No token, or not a good one; code fresh: this step needs POST /api/v1/step-up within the last minutes" },
		{ "denied", "This post may not do this" }, { "not_found", "There is no such record, or it is not in the scope of this post" },
		{ "conflict", "Changed by somebody else first (the record as it is stands in current), not possible in its state, or there already" },
		{ "limit", "Too large or too deep" }, { "invalid", "Fields that need a correction, by name" }, { "rate", "Too many requests; see Retry-After" },
	};
	o_open(j, "responses", '{');
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		o_open(j, list[i].name, '{');
		o_kv(j, "description", list[i].text);
		content(j, "application/problem+json", "problem", false);
		j_close(j, '}');
	}
	j_close(j, '}');
}

static void head(struct json *j, struct ctx *c)
{
	o_kv(j, "openapi", "3.1.0");
	o_open(j, "info", '{');
	o_kv(j, "title", TRC(c, N_("XiaoAn: the API of a women's federation's case work")));
	o_kv(j, "version", XA_VERSION);
	o_kv(j, "description", TRC(c, N_("Every record type and every step of the catalogue. What a post may see and do here is what it may see and do on its pages.")));
	o_open(j, "license", '{');
	o_kv(j, "name", "Apache-2.0");
	o_kv(j, "identifier", "Apache-2.0");
	j_close(j, '}');
	j_close(j, '}');
	o_open(j, "servers", '[');
	j_open(j, '{');
	o_kv(j, "url", "/");
	j_close(j, '}');
	j_close(j, ']');
	o_open(j, "security", '[');
	j_open(j, '{');
	o_open(j, "bearer", '[');
	j_close(j, ']');
	j_close(j, '}');
	j_close(j, ']');
	o_open(j, "tags", '[');
	for (const struct rtype *const *t = c->app->types; *t; t++) {
		j_open(j, '{');
		o_kv(j, "name", (*t)->name);
		o_kv(j, "description", TRC(c, (*t)->label));
		j_close(j, '}');
	}
	j_open(j, '{');
	o_kv(j, "name", "around");
	j_close(j, '}');
	j_close(j, ']');
}

void openapi_write(struct ctx *c, struct buf *b)
{
	struct json j = { .b = b };
	j_open(&j, '{');
	head(&j, c);
	o_open(&j, "paths", '{');
	around_paths(&j, c);
	for (const struct rtype *const *t = c->app->types; *t; t++)
		type_paths(&j, c, *t);
	j_close(&j, '}');
	o_open(&j, "components", '{');
	o_open(&j, "securitySchemes", '{');
	o_open(&j, "bearer", '{');
	o_kv(&j, "type", "http");
	o_kv(&j, "scheme", "bearer");
	j_close(&j, '}');
	j_close(&j, '}');
	common_responses(&j);
	o_open(&j, "schemas", '{');
	openapi_schemas(&j, c);
	j_close(&j, '}');
	j_close(&j, '}');
	j_close(&j, '}');
}

enum err api_openapi(struct req *rq, struct resp *rs)
{
	rs->type = "application/json";
	openapi_write(ctx_of(rq), &rs->body);
	return OK;
}
