/*
 * tree/: the hash tree of the journal, as RFC 6962 and RFC 9162 define it: hashing of leaves and nodes, proofs made and
 * checked.
 *
 * The one room that the server (safe/) and the verifier (verify/) share, so it includes nothing of ours: a stranger can
 * read these two files and know all there is.  Uses SHA-256 of libsodium.  No state, no allocation, any thread.
 * Tests: tests/tree/ (vectors of the Certificate Transparency reference code, and every pair of sizes up to 70).
 */
#ifndef XA_TREE_H
#define XA_TREE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREE_HASH 32
#define TREE_PATH 65       /* hashes of the longest proof there can be */
typedef unsigned char tree_hash[TREE_HASH];

void tree_leaf(const void *entry, size_t n, tree_hash ret);            /* SHA-256(0x00 ‖ entry) */
void tree_node(const tree_hash l, const tree_hash r, tree_hash ret);   /* SHA-256(0x01 ‖ l ‖ r) */
void tree_empty(tree_hash ret);                                        /* root of no leaves: SHA-256("") */
void tree_sha256(const void *p, size_t n, tree_hash ret);
/* The greatest power of two below n (n > 1): where RFC 6962 2.1 divides a tree. */
uint64_t tree_split(uint64_t n);

/* Gives the root of the leaves lo … hi-1 of the log; false when it cannot (the maker of the proof then gives up). */
typedef bool tree_range_fn(void *arg, uint64_t lo, uint64_t hi, tree_hash ret);
/* PATH(index, D[size]) of RFC 6962 2.1.1: the number of hashes written, or -1. Leaves count from 0. */
int tree_inclusion(tree_range_fn *range, void *arg, uint64_t index, uint64_t size, tree_hash ret[TREE_PATH]);
/* PROOF(from, D[to]) of RFC 6962 2.1.2, 0 < from <= to: the number of hashes written, or -1. */
int tree_consistency(tree_range_fn *range, void *arg, uint64_t from, uint64_t to, tree_hash ret[TREE_PATH]);

/* RFC 9162 2.1.3.2 and 2.1.4.2: does the path prove it? A path that is too long or too short proves nothing. */
bool tree_inclusion_ok(uint64_t index, uint64_t size, const tree_hash leaf, const tree_hash *path, size_t n, const tree_hash root);
bool tree_consistency_ok(uint64_t from, uint64_t to, const tree_hash root_from, const tree_hash root_to, const tree_hash *path, size_t n);

#endif
