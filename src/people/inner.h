/* people/ among its own files. */
#ifndef XA_PEOPLE_INNER_H
#define XA_PEOPLE_INNER_H
#include "people/people.h"

enum { ORG_NAME, ORG_KIND, ORG_ABOVE, ORG_ADDRESS, ORG_PHONE, ORG_MARK, ORG_PLACE };
enum { STAFF_NAME, STAFF_LOGIN, STAFF_ROLE, STAFF_POST, STAFF_PHONE, STAFF_SKILLS, STAFF_LEAVES, STAFF_HOURS };
enum { GRID_CODE, GRID_NAME, GRID_KIND, GRID_WORKER, GRID_POLYGON };
enum { STUDIO_NAME, STUDIO_LEVEL, STUDIO_ADDRESS, STUDIO_PHONE, STUDIO_HEAD, STUDIO_HOURS, STUDIO_COMMITTEE, STUDIO_HONOURS };
enum { MEDIATOR_STAFF, MEDIATOR_STUDIO, MEDIATOR_SKILLS, MEDIATOR_CAPACITY, MEDIATOR_CERTIFICATE, MEDIATOR_LOAD, MEDIATOR_LANGUAGES, MEDIATOR_HOURS,
	MEDIATOR_FULLTIME, MEDIATOR_GRADE, MEDIATOR_GRADE_ON, MEDIATOR_HONOURS, MEDIATOR_APPOINTED, MEDIATOR_UNTIL };
enum { HOUSEHOLD_ADDRESS, HOUSEHOLD_SIZE, HOUSEHOLD_RISK, HOUSEHOLD_NOTES };
enum {
	PERSON_NAME, PERSON_SEX, PERSON_BIRTH, PERSON_IDPAPER, PERSON_IDNO, PERSON_PHONE, PERSON_HOUSEHOLD, PERSON_KIN, PERSON_STATUS,
	PERSON_MARITAL, PERSON_ETHNICITY, PERSON_EDUCATION, PERSON_OCCUPATION, PERSON_HEALTH, PERSON_WORKPLACE, PERSON_NOTES, PERSON_SAME
};

#define PEOPLE_ADMINS (R(ADMIN) | R(SECADMIN))
#define PEOPLE_EVERY_POST (R_STAFF | R(LEADER) | R(AUDITOR) | PEOPLE_ADMINS)

/* Who acts as this staff record, of a unit of this kind (absent: none). ERR_AUTH as people_actor(). */
CHECKED enum err people_actor_of(struct ctx *c, const struct rec *staff, struct str org_kind, struct actor *ret);


/* Numbers of persons: each once, at most KEYS of a kind. */
#define KEYS 40
struct keys { struct str phone[KEYS], idno[KEYS]; size_t nphone, nidno; };

/* numbers.c, all on the writer. Could one of these be a number of somebody who works here, of her declared kin or of her household? False:
 * surely not, and people_conflicts_of() would find nothing in the store. */
CHECKED enum err numbers_ask(struct ctx *c, const struct keys *k, bool *ret);
/* Something of hers may have been added: her phone, or kin (all that she declared). */
CHECKED enum err numbers_staff(struct ctx *c, const struct rec *her, const struct seen *kin);
/* The effect of every step that gives a person a number or a household. */
CHECKED enum err numbers_person(struct ctx *c, const struct rec *old, struct rec *now);

#endif
