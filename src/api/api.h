/*
 * api/: the JSON face: every record type and every verb of the catalogue under /api/v1, its own description as OpenAPI, and
 * what machines ask about the program's health.
 *
 * May include face/ and below; holds no rule: reading goes through see(), changing through act(), and what a post may see,
 * masks and secrets are those of the pages.  One table owned here: api_idem (migrations/0060_api.sql), the keyed hash of the
 * body that an idempotency key came with.  docs/api.md is written for those who call it.  Tests: tests/api/.
 *
 *   GET  /api/v1/TYPE?filters&q&order&after&limit   a page of records, newest first; next and Link lead to the following one
 *   POST /api/v1/TYPE                               create; Idempotency-Key; 201 and Location, 200 when answered again
 *   GET  /api/v1/TYPE/ID                            one record; ETag is its version
 *   POST /api/v1/TYPE/ID/VERB                       a step; If-Match or "version" says what the caller saw; 409 shows both
 *   GET  /api/v1/TYPE/ID/history, …/steps           what happened; what may be done now
 *   GET  /api/v1/codes/LIST, /areas?under=CODE, /me, /due
 *   GET  /api/v1/openapi.json, /healthz, /metrics, /docs/errors
 *
 * TYPE is the name in the catalogue; its plain plural ("clues") is understood as well.
 */
#ifndef XA_API_H
#define XA_API_H
#include "web/web.h"
extern const struct route api_routes[];
/* Writer: forgets the bodies of keys older than 30 days; together with idem_sweep(), in one transaction. */
struct ctx;
CHECKED enum err api_sweep(struct ctx *c);
#endif
