/* The hash tree: the vectors of the Certificate Transparency reference code, and every pair of sizes up to 70. */
#include "test.h"
#include "tree/tree.h"

static const char *const entry[] = { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
static const char *const roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};
#define H5F "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define H6B "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define H96 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define HBC "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define HCA "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define H0E "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

static tree_hash leaves[70];

static bool range(void *arg, uint64_t lo, uint64_t hi, tree_hash ret)
{
	(void)arg;
	if (hi - lo == 1) {
		memcpy(ret, leaves[lo], TREE_HASH);
		return true;
	}
	tree_hash l, r;
	uint64_t mid = lo + tree_split(hi - lo);
	range(arg, lo, mid, l);
	range(arg, mid, hi, r);
	tree_node(l, r, ret);
	return true;
}

static void root_of(uint64_t n, tree_hash ret)
{
	if (n)
		range(NULL, 0, n, ret);
	else
		tree_empty(ret);
}

static void vectors(void)
{
	for (size_t i = 0; i < 8; i++) {
		unsigned char raw[16];
		size_t n = strlen(entry[i]) / 2;
		NEED(hex_get(str_of(entry[i]), raw, n));
		tree_leaf(raw, n, leaves[i]);
	}
}

static bool same(const unsigned char *h, const char *hex)
{
	unsigned char w[32];
	return hex_get(str_of(hex), w, 32) && memcmp(h, w, 32) == 0;
}

TEST(roots_of_the_reference)
{
	vectors();
	for (size_t n = 0; n <= 8; n++) {
		tree_hash r;
		root_of(n, r);
		CHECK(same(r, roots[n]));
	}
}

TEST(inclusion_proofs_of_the_reference)
{
	static const struct { uint64_t leaf, size; int n; const char *path[3]; } v[] = {
		{ 1, 1, 0, { 0 } }, { 1, 8, 3, { H96, H5F, H6B } }, { 6, 8, 3, { HBC, HCA, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ 3, 3, 1, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
		{ 2, 5, 3, { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", H5F, HBC } },
	};
	vectors();
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		tree_hash p[TREE_PATH], root;
		int n = tree_inclusion(range, NULL, v[i].leaf - 1, v[i].size, p);
		CHECK_INT(n, v[i].n);
		for (int k = 0; k < n && k < 3; k++)
			CHECK(same(p[k], v[i].path[k]));
		root_of(v[i].size, root);
		CHECK(tree_inclusion_ok(v[i].leaf - 1, v[i].size, leaves[v[i].leaf - 1], p, (size_t)n, root));
	}
}

TEST(consistency_proofs_of_the_reference)
{
	static const struct { uint64_t from, to; int n; const char *path[3]; } v[] = {
		{ 1, 1, 0, { 0 } }, { 1, 8, 3, { H96, H5F, H6B } }, { 6, 8, 3, { H0E, HCA, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ 2, 5, 2, { H5F, HBC } },
	};
	vectors();
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		tree_hash p[TREE_PATH], a, b;
		int n = tree_consistency(range, NULL, v[i].from, v[i].to, p);
		CHECK_INT(n, v[i].n);
		for (int k = 0; k < n && k < 3; k++)
			CHECK(same(p[k], v[i].path[k]));
		root_of(v[i].from, a);
		root_of(v[i].to, b);
		CHECK(tree_consistency_ok(v[i].from, v[i].to, a, b, p, (size_t)n));
	}
}

static void many(void)
{
	for (int i = 0; i < 70; i++) {
		char t[16];
		int n = snprintf(t, sizeof t, "row %d", i);
		tree_leaf(t, (size_t)n, leaves[i]);
	}
}

/* Each proof holds, and holds no longer once any hash, size, place or its length is another. */
TEST(every_inclusion_and_what_it_refuses)
{
	many();
	for (uint64_t size = 1; size <= 70; size++)
		for (uint64_t at = 0; at < size; at++) {
			tree_hash p[TREE_PATH], root;
			int n = tree_inclusion(range, NULL, at, size, p);
			root_of(size, root);
			NEED(n >= 0 && tree_inclusion_ok(at, size, leaves[at], p, (size_t)n, root));
			NEED(!tree_inclusion_ok(at, size, leaves[(at + 1) % 70], p, (size_t)n, root));
			NEED(n == 0 || !tree_inclusion_ok(at, size, leaves[at], p, (size_t)n - 1, root));
			NEED(!tree_inclusion_ok(at, size, leaves[at], p, (size_t)n + 1, root));
			NEED(!tree_inclusion_ok(size, size, leaves[at], p, (size_t)n, root));
			for (int k = 0; k < n; k++) {
				p[k][k % 32] ^= 1;
				NEED(!tree_inclusion_ok(at, size, leaves[at], p, (size_t)n, root));
				p[k][k % 32] ^= 1;
			}
		}
	tree_hash p[TREE_PATH];
	CHECK_INT(tree_inclusion(range, NULL, 5, 5, p), -1);
	CHECK_INT(tree_inclusion(range, NULL, 0, 0, p), -1);
}

TEST(every_consistency_and_what_it_refuses)
{
	many();
	for (uint64_t to = 1; to <= 70; to++)
		for (uint64_t from = 1; from <= to; from++) {
			tree_hash p[TREE_PATH], a, b;
			int n = tree_consistency(range, NULL, from, to, p);
			root_of(from, a);
			root_of(to, b);
			NEED(n >= 0 && tree_consistency_ok(from, to, a, b, p, (size_t)n));
			NEED(!tree_consistency_ok(from, to, a, b, p, (size_t)n + 1));
			NEED(n == 0 || !tree_consistency_ok(from, to, a, b, p, (size_t)n - 1));
			NEED(from == to || !tree_consistency_ok(to, from, b, a, p, (size_t)n));
			a[7] ^= 1;
			NEED(!tree_consistency_ok(from, to, a, b, p, (size_t)n));
			a[7] ^= 1;
			for (int k = 0; k < n; k++) {
				p[k][k % 32] ^= 1;
				NEED(!tree_consistency_ok(from, to, a, b, p, (size_t)n));
				p[k][k % 32] ^= 1;
			}
		}
	tree_hash p[TREE_PATH], none, b;
	CHECK_INT(tree_consistency(range, NULL, 0, 5, p), -1);
	CHECK_INT(tree_consistency(range, NULL, 6, 5, p), -1);
	tree_empty(none);
	root_of(5, b);
	CHECK(tree_consistency_ok(0, 5, none, b, NULL, 0));
	CHECK(!tree_consistency_ok(0, 5, b, b, NULL, 0));
}
