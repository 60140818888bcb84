/* Why: the table of addresses.  `right` lets every post in: what it may see and do is decided by act() and see(), record by
 * record, and a role that may do nothing with a type gets an empty page or a refusal there. */
#include "api/inner.h"

const struct route api_routes[] = {
	XA_ROUTE("GET", "/api/v1/openapi.json", api_openapi, ROUTE_READ, ROUTE_OPEN | ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/me", api_me, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/due", api_due, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/step-up", api_step_up, ROUTE_SLOW, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/call-event", api_call_event, ROUTE_SLOW, ROUTE_API, R(HOTLINE) | R(CITY)),
	XA_ROUTE("POST", "/api/v1/public-posts", api_public_posts, ROUTE_SLOW, ROUTE_OPEN | ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/safety", api_safety, ROUTE_SLOW, ROUTE_API, R(SECADMIN)),
	XA_ROUTE("GET", "/api/v1/areas", api_areas, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/codes/{list}", api_codes, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/document", api_file_create, ROUTE_SLOW, ROUTE_API | ROUTE_UPLOAD, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/document/{id}/content", api_file_content, ROUTE_SLOW, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/clue_document", api_file_create, ROUTE_SLOW, ROUTE_API | ROUTE_UPLOAD, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/clue_document/{id}/content", api_file_content, ROUTE_SLOW, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/certificate", api_file_create, ROUTE_SLOW, ROUTE_API | ROUTE_UPLOAD, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/certificate/{id}/content", api_file_content, ROUTE_SLOW, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/{type}", api_list, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/{type}", api_create, ROUTE_ACT, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/{type}/{id}", api_get, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/{type}/{id}/history", api_history, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/api/v1/{type}/{id}/steps", api_steps, ROUTE_READ, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/{type}/{id}/reveal/{field}", api_reveal, ROUTE_WRITE, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("POST", "/api/v1/{type}/{id}/{verb}", api_verb, ROUTE_ACT, ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/healthz", api_health, ROUTE_READ, ROUTE_OPEN | ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/metrics", api_metrics, ROUTE_READ, ROUTE_OPEN | ROUTE_API, RIGHT_ALL),
	XA_ROUTE("GET", "/docs/errors", api_errors, ROUTE_READ, ROUTE_OPEN | ROUTE_API, RIGHT_ALL),
	{ 0 },
};
