/*
 * Every post walks through the pages that it is led to; then every address that one was led to is asked for as each other post, and as nobody.
 * Allowed is only what the tables allow: a route by the matrix of docs/permissions.md, a record by the list of the one who asks, which comes out of SQL and not
 * out of the page's own decision. XA_CRAWL: pages a post (here few; `make attack` walks far).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { posts, serve } from '../e2e/lib.mjs';

const most = Number(process.env.XA_CRAWL ?? 20);
let city, held = 0;
before(async () => { city = await serve(); });
after(async () => { await city.stop(); });

const matrix = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8').split('\n');
const at = matrix.findIndex((l) => l.startsWith('### Routes'));
const header = matrix.slice(at).find((l) => l.startsWith('| ')).split('|').map((s) => s.trim()).slice(2, -1);
const routes = matrix.slice(at).filter((l) => /^\| GET `/.test(l)).map((l) => {
	const cells = l.split('|').map((s) => s.trim());
	const pattern = /`(.*)`/.exec(cells[1])[1];
	return { pattern, marks: cells.slice(2, -1), segments: pattern.slice(1).split('/') };
});

/* The route that serves a path: of those that fit the one with the most literal beginning. */
function routeOf(path) {
	const s = path.slice(1).split('/');
	const score = (r) => r.segments.map((x) => (x.startsWith('{') ? '0' : '1')).join('');
	return routes.filter((r) => r.segments.length === s.length && r.segments.every((x, i) => (x.startsWith('{') ? s[i] !== '' : x === s[i])))
		.sort((a, b) => score(b).localeCompare(score(a)))[0];
}

class Person {
	constructor(post) { this.post = post; this.jar = new Map(); this.lists = new Map(); }
	async ask(path, options = {}) {
		const r = await fetch(city.url + path, { redirect: 'manual', ...options, headers: { Cookie: [...this.jar].map(([k, v]) => `${k}=${v}`).join('; '), ...options.headers } });
		for (const c of r.headers.getSetCookie()) {
			const [, k, v] = /^([^=]+)=([^;]*)/.exec(c);
			this.jar.set(k, v);
		}
		return r;
	}
	async enter() {
		const csrf = /name="csrf" value="([^"]*)"/.exec(await (await this.ask('/login')).text())[1];
		const r = await this.ask('/login', { method: 'POST', body: new URLSearchParams({ csrf, login: this.post, password: city.password }) });
		assert.equal(r.status, 303, `${this.post} logs in`);
		const made = spawnSync(city.program, ['token', 'make', this.post, '--name', 'crawl', '--data', city.data], { encoding: 'utf8' });
		this.token = /[A-Za-z0-9_-]{40,}/.exec(made.stdout)[0];
	}
	/* Ids of the type that her list shows. */
	async list(type) {
		if (this.lists.has(type))
			return this.lists.get(type);
		const ids = new Set();
		let next = `/api/v1/${type}?limit=100`, known = false;
		while (next) {
			const r = await fetch(city.url + next, { headers: { Authorization: `Bearer ${this.token}` } });
			if (r.status !== 200)
				break;
			known = true;
			const page = await r.json();
			for (const x of page.items)
				ids.add(String(x.id));
			next = page.next;
		}
		this.lists.set(type, known ? ids : null);
		return this.lists.get(type);
	}
}

/* Where a page leads: pages of ours, without those that change something or leave. */
const links = (html) => [...html.matchAll(/(?:href|hx-get|action)="(\/[^"#]*)"/g)].map((m) => m[1].replaceAll('&amp;', '&')).filter((u) => !/^\/(assets|logout|lang)/.test(u));

async function walk(p) {
	const seen = new Set(['/']), reached = new Map();
	/* Kinds of pages in turn, so that one long list does not use up the walk. */
	for (let queue = ['/']; queue.length && reached.size < most;) {
		const url = queue.shift();
		const r = await p.ask(url);
		const html = await r.text();
		if (r.status !== 200)
			continue;
		reached.set(url, r.status);
		if (!/text\/html/.test(r.headers.get('content-type')))
			continue;
		for (const u of links(html))
			if (!seen.has(u)) {
				seen.add(u);
				queue.push(u);
			}
		const kinds = new Map();
		for (const u of queue) {
			const k = routeOf(u.split('?')[0])?.pattern ?? u;
			kinds.set(k, [...(kinds.get(k) ?? []), u]);
		}
		queue = [];
		for (let i = 0; [...kinds.values()].some((v) => i < v.length); i++)
			for (const v of kinds.values())
				if (i < v.length)
					queue.push(v[i]);
	}
	return reached;
}

/* Why this answer must not be; undefined: it may. */
async function wrong(p, url, status) {
	const path = url.split('?')[0], route = routeOf(path);
	if (status >= 500)
		return `answers ${status}`;
	if (status !== 200)
		return undefined;
	if (!route)
		return 'no route of the matrix, and yet a page';
	const mark = p.post ? route.marks[header.indexOf(p.post === 'police' ? 'liaison' : p.post)] : null;
	if (!p.post)
		return route.marks.some((m) => /open/i.test(m)) || /^\/(help|login|setup|healthz|metrics|docs)/.test(path) || path === '/api/v1/openapi.json' ? undefined : 'nobody has logged in, and yet a page';
	if (mark !== '✓' && !/open/i.test(mark ?? ''))
		return `the matrix has “${mark}” for this post`;
	const record = /^\/([a-z_]+)\/(\d+)(?:\/|$)/.exec(path);
	const list = record && (route.pattern.startsWith('/{type}/{id}')) ? await p.list(record[1]) : null;
	held += list !== null;
	return list && !list.has(record[2]) ? 'a record that her list does not show' : undefined;
}

test('what one post is led to, another gets only when the tables say so', async () => {
	const people = [];
	for (const post of posts) {
		const p = new Person(post);
		await p.enter();
		people.push(p);
	}
	const all = new Map();
	for (const p of people)
		for (const url of (await walk(p)).keys())
			all.set(url, [...(all.get(url) ?? []), p.post]);
	const bad = [];
	let asked = 0, shown = 0;
	for (const p of [...people, new Person(null)])
		for (const [url, by] of all) {
			const r = await p.ask(url);
			await r.arrayBuffer();
			asked++;
			shown += r.status === 200;
			const why = await wrong(p, url, r.status);
			if (why)
				bad.push(`${p.post ?? 'nobody'}: ${url} (${by[0]} was led there): ${why}`);
			else if (p.post && by.includes(p.post) && r.status !== 200)
				bad.push(`${p.post}: ${url}: ${r.status}, though it was led there`);
		}
	console.log(`# ${all.size} addresses of ${people.length} posts, ${asked} requests, ${shown} shown`);
	assert.deepEqual(bad, []);
	assert.ok(all.size > most && shown < asked, 'something was refused');
	assert.ok(held > 20, 'records were held against lists');
});
