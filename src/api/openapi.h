/* The two halves of the description: paths in openapi.c, schemas in openapi_schema.c. */
#ifndef XA_API_OPENAPI_H
#define XA_API_OPENAPI_H
#include "api/inner.h"
void o_kv(struct json *j, const char *k, const char *v);
void o_open(struct json *j, const char *k, char ch);
void o_ref(struct json *j, const char *where, const char *name);    /* "schemas/", "clue" */
static inline bool openapi_public(const struct step *s) { return !(s->flags & STEP_INTERNAL); }
/* requestBody of a verb: what any post may send with it, with a made-up example for creation. */
void openapi_body(struct json *j, struct ctx *c, const struct rtype *t, const char *verb);
void openapi_schemas(struct json *j, struct ctx *c);
#endif
