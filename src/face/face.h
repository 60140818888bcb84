/*
 * face/: what all faces share: the hook that every request passes, the shell of a page, log-in, forms and lists made from
 * the catalogue, error pages.
 *
 * May include everything below the faces; desk/, phone/, portal/ and api/ include it.  Holds no rule of the river: who may
 * do what is asked of may() and act(), and a route's `right` is only the first fence (which posts have this page at all).
 * Tests: tests/face/, tests/e2e/.
 */
#ifndef XA_FACE_H
#define XA_FACE_H
#include "record/record.h"
#include "web/view.h"
#include "web/web.h"

/* A route's right is a mask of roles, R(CITY) | …; RIGHT_ALL: every post that has logged in; open routes carry it too. */
#define RIGHT_ALL R_ANY
/* Behind TLS no other host and no plain page can set or read it (S5). */
static inline const char *session_cookie_name(bool tls) { return tls ? "__Host-xa" : "xa_session"; }

struct nav { const char *label, *url, *icon; bool active; int64_t count; };

/* What the shell of a page shows beside the page itself. */
struct shell {
	struct str title;              /* already translated */
	struct str user, post;         /* her own name; unit and post */
	struct nav nav[40];
	int nnav;
	int64_t notices;               /* unread */
	struct str flash;              /* one line of news after an act */
	struct str words;              /* in the search box */
	bool phone;                    /* phone look */
	const char *search_url;        /* NULL: no search box */
};

struct face {
	struct ctx c;
	struct actor actor;
	struct view v;
	struct shell shell;
	bool known;                    /* logged in */
	bool must_change;              /* her password is a first one, or too old */
	bool enrol;                    /* her post must have a second factor: nothing opens before it is set up */
	bool factor;                   /* she has one */
	unsigned char session[32];     /* hash of the session's cookie, or of the token */
	struct str csrf;
	int64_t ends;                  /* until then the session needs no second look */
	int64_t version;               /* keep.c: the answer was kept under this one; 0: it was made now */
	struct reading later;            /* its note */
};
static inline struct face *face_of(struct req *rq) { return rq->ctx; }
/* The request's context; it gets the connection of the thread that has the request now when that has changed. */
static inline struct ctx *ctx_of(struct req *rq)
{
	struct ctx *c = &face_of(rq)->c;
	if (rq->moved)
		c->db = rq->db;
	rq->moved = false;
	return c;
}

/* web_config hooks. */
enum err face_before(struct req *rq, struct resp *rs);
void face_error(struct req *rq, struct resp *rs, enum err e);
void face_after(struct req *rq, struct resp *rs, int64_t us);
bool face_kept(struct req *rq, struct resp *rs);

/* Once for the program: what faces keep (app->face); without it they make everything anew. */
CHECKED enum err face_open(struct app *app);
void face_close(struct app *app);
/* Keeps the answer for the next time this session asks for it, if it may be; last in the handler of a ROUTE_KEPT. What a kept page
 * says by the clock must have told c->until. See keep.c. */
void face_keep(struct req *rq, struct resp *rs);
extern const struct route face_routes[];     /* /login /logout /lang /password /setup */

/* Puts the keyed address of the request into the actor, for the journal: of staff only, never of citizens (S29). */
void face_origin(struct req *rq);

/* Counts for /metrics: requests by class of status and their time. */
struct metrics { int64_t by_class[6], us_total; };
void metrics_count(int status, int64_t us);
struct metrics metrics_now(void);

/* Fills the shell for a page called title (message id). Costs at most two statements. */
CHECKED enum err face_shell(struct req *rq, const char *title);
void face_title(struct req *rq, struct str title);       /* a title that is data */
/* Sets the line of news for the next page (a cookie that lives until it is shown); msg: message id. */
void face_flash(struct req *rq, struct resp *rs, const char *msg);
struct str face_text(struct ctx *c, const char *msg, const char *arg);    /* translated, "%s" filled */
/* The whole fault as one text for a person, with what to do. */
struct str face_fault(struct ctx *c, enum err e, const struct fault *f);

/* Data of the face's own templates. */
/* again: the form's fields, to be sent once more by a button */
struct error_page { struct str title, text, id; struct str *fields; size_t nfields; const struct param *again; size_t nagain; };
struct demo_post { struct str login, post; };
struct login_page {
	struct str error, login, next, key, name;   /* name: whose password is chosen */
	const char *url;
	bool ask_old;
	struct demo_post *posts;
	size_t nposts;
	struct str demo_password;
};

struct hidden { struct str name, value; };
struct fresh_page { struct str error, to; bool factor; struct hidden *kept; size_t nkept; };
struct factor_page { struct str error, typed, since; struct html picture; bool on, begun, must, may_drop; int64_t left; };
struct codes_page { struct str name, made; struct str code[10]; };
struct session_line { struct str id, agent, remote, place, since, seen; bool mine; };
struct try_line { struct str when, what; bool bad; };
struct account_page {
	struct str login, changed, since, flash;
	bool factor, must;
	int64_t left;                  /* recovery codes */
	struct session_line *s;
	size_t ns;
	struct try_line *t;
	size_t nt;
	struct str idle, max;
};
struct first_person { const char *key, *post, *duty; struct str name, login, phone, link; struct str error[3]; };
struct first_page { struct str key, error, federation, area, area_error; struct first_person p[3]; struct str host; };

/* ---- forms from the catalogue -------------------------------------------------------------------------------- */

enum widget { W_LINE, W_AREA, W_SELECT, W_CHECKS, W_BOOL, W_DATE, W_TIME, W_NUMBER, W_TEL, W_REF, W_PLACE, W_HIDDEN };
struct option { struct str value, label; bool on; };
struct form_field {
	struct str name, label, value, help, error, shown;   /* shown: label of a chosen reference */
	enum widget widget;
	bool need, masked;             /* masked: a value stands there that is not shown; empty keeps it, `mask` says how it looks */
	bool can_clear;                /* a masked value can be taken out: its name in the field "clear" */
	struct str mask;
	bool rare;                     /* as a filter: seldom used */
	struct str group;              /* heading before this field; absent: goes on */
	int64_t max;
	struct option *options;
	size_t noptions;
};
struct form {
	const struct rtype *t;
	const struct step *s;
	struct str url, error, submit; /* error: over the form */
	int64_t id, version, parent;
	struct form_field *f;
	size_t n;
	struct str idem;               /* made for each form shown: a double click is answered once */
	bool danger;
	const char *back;
};
/* The form of a step on r (NULL at creation). in: what was sent and refused, so that nothing is lost (from the request's
 * form fields); e and the request's fault give the messages. Reading only. */
CHECKED enum err form_make(struct req *rq, const struct rtype *t, const struct step *s, const struct rec *r, enum err e, struct form *ret);
/* The act that a posted form asks for: fields of the step taken from the request (codes sent several times are joined). */
struct act form_act(struct req *rq, const struct rtype *t, const struct step *s, int64_t id);
/* Options of a code list, of areas below `under`, of references: for special pages. */
struct option *options_code(struct ctx *c, const char *list, struct str chosen, size_t *ret_n);
struct option *options_area(struct ctx *c, struct str under, struct str chosen, size_t *ret_n);
CHECKED enum err options_ref(struct ctx *c, const char *type, int64_t chosen, struct option **ret, size_t *ret_n);

/* ---- a record as a person sees it -------------------------------------------------------------------------------- */

/* A masked value with the way to uncover it: a form that sends `field` to `url` and comes back `at` this page. */
struct cover {
	struct str url, field, at;
	struct str mask, tel;          /* how it stands covered; the number to call, once uncovered */
	bool can, open;                /* she may uncover it; it stands open in this answer */
	bool phone, unsafe;            /* a number that can be called at once; she said that calling there is not safe */
	bool now;                      /* it was uncovered in order to call */
};
struct cover cover_of(struct ctx *c, const struct rec *r, int field, struct str at);
struct shown { struct str label, value, url; bool masked, lines; struct cover cover; };
/* Every field that holds something and may be shown, in the catalogue's order. */
struct shown *record_shown(struct ctx *c, const struct rec *r, size_t *ret_n);
/* History lines: when, who, what was done. */
struct event { struct str when, who, what, detail; };
CHECKED enum err record_history(struct ctx *c, const struct rec *r, struct event **ret, size_t *ret_n);
/* The flow picture: the main line in one row, side exits under it, the present state and the ways out of it; see flow.c. */
struct flow_node { struct str name, label, one, two /* the label as it stands in the box: one line, or two */, arrow /* how the history says that it was reached */; int col, row, x, y; bool now, done, near /* one step from here */; };
struct flow_edge { struct str path, label; int lx, ly; bool live /* leads out of the present state */, named; };
struct flow { struct flow_node *node; struct flow_edge *edge; int nnode, nedge, width, height, node_w, cols; bool sides, whole /* every way, not those out of one state */; };
struct flow flow_of(struct ctx *c, const struct rec *r, const struct event *e, size_t n);
/* The whole of a type, no record of it: every way between its states. */
struct flow flow_all(struct ctx *c, const struct rtype *t);
/* Clocks with light and explanation. */
struct clock_row { struct str label, due, left, explain, url, title; enum light light; const char *light_name; int level; bool running; };
CHECKED enum err clocks_of(struct ctx *c, const struct rec *r, struct clock_row **ret, size_t *ret_n);
struct clock_row clock_row(struct ctx *c, const struct due *d);

#endif
