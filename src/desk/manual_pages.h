/* The manual, a chapter a post, with the pictures of what she handles drawn from the state tables. */
#ifndef XA_DESK_MANUAL_PAGES_H
#define XA_DESK_MANUAL_PAGES_H
#include "face/face.h"
extern const struct route manual_routes[];

struct manual_line { struct str title, url; bool own, here; };
struct manual_way { struct str from, step, who, to; };
struct manual_flow { struct str title, url; struct flow flow; };
struct manual_page {
	struct manual_line *chapters;
	size_t nchapters;
	struct str title;
	struct html text;             /* made by cmark from docs/manual.zh.md when the program was built */
	struct manual_flow *flows;
	size_t nflows;
	struct manual_way *ways;      /* of one type: every row of its table that a person may take */
	size_t nways;
};
#endif
