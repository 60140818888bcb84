/* Residents of a Chinese city as records to be linked: what a name, a telephone, an ID number, a day of birth, an address are worth (link.h). */
#ifndef XA_LINK_PERSON_H
#define XA_LINK_PERSON_H
#include "link/link.h"
#include "text/pinyin.h"

enum { TRAIT_NAME, TRAIT_PHONE, TRAIT_ID, TRAIT_BIRTH, TRAIT_SEX, TRAIT_HOME, TRAITS };
/* Levels of the name, from 2 up: the family name of a nickname ("老张", "张阿姨"), one character of it another, the same sound ("章莉" for "张丽"), the same.
 * Telephone: last four said alone, one digit off, the same. ID number: day of birth in it, one digit off, the same. Day of birth: the year, near (day and month
 * swapped, one digit, or as far apart as the two calendars), the same. Home: town, community or estate, house, the room. */
struct person_said { struct str name, phone, idno, address, area; int64_t birth; /* ms, 0: not known */ int sex; /* 1, 2; 0: not known */ };

struct people;
/* p must live as long. today: a day of birth in an ID number after it is none. To be freed. */
struct people *people_new(const struct pinyin *p, int32_t today);
void people_free(struct people *v);
/* Takes what is said; nothing of it is kept but what is compared. Numbers from 0. */
void people_add(struct people *v, const struct person_said *s);
/* Once all are there: how common each name is. ret is good as long as v. */
void people_set(struct people *v, struct link_set *ret);
/* The weights: learned from these pairs when they hold so many of one person that they can be learned, else those of a made-up city (bench/link.c). */
void people_learn(const struct link_set *s, const struct link_pair *p, size_t n, int enough, struct link_model *ret);
/* Both have an ID number that holds, and they differ: never one person. */
bool people_apart(const struct people *v, uint32_t i, uint32_t j);
/* Bits taken off a pair with these levels, 0 or less: what a family shares (roof, telephone, part of a name), and a generation between the days of birth. */
struct kin_bits { double family, age; };
struct kin_bits people_kin(const struct people *v, uint32_t i, uint32_t j, const uint8_t *level);
#endif
