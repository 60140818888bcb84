/*
 * The running server as a stranger meets it: what the process may still do, and what it answers to who comes too often or too slowly.
 * No test here hangs on how fast anything is.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { serve } from '../e2e/lib.mjs';

let city;
before(async () => { city = await serve({ args: ['--tls'] }); });
after(async () => { assert.equal(await city.stop(), 0, 'the program ends cleanly when asked to'); });

const fields = (path) => Object.fromEntries(readFileSync(path, 'utf8').split('\n').map((l) => l.split(/:\s+/)));

test('every thread of the server is behind the fence', () => {
	const at = `/proc/${city.pid}`;
	const tasks = readdirSync(`${at}/task`);
	assert.ok(tasks.length > 4, 'threads');
	for (const t of tasks) {
		const s = fields(`${at}/task/${t}/status`);
		assert.equal(s.NoNewPrivs, '1', `${s.Name}: no new rights`);
		if (s.Seccomp !== undefined)
			assert.equal(s.Seccomp, '2', `${s.Name}: system calls`);
		assert.equal(s.Umask, '0077');
	}
	if (!/libasan/.test(readFileSync(`${at}/maps`, 'utf8')))
		assert.match(readFileSync(`${at}/limits`, 'utf8'), /Max core file size\s+0\s+0/, 'no core dumps');
});

/* As the proxy on this machine passes a visitor on. */
const from = (address, headers = {}) => ({ redirect: 'manual', headers: { 'X-Forwarded-For': address, ...headers } });
async function until(url, options, status, most = 2000) {
	for (let i = 0; i < most; i++) {
		const r = await fetch(url, options);
		if (r.status === status)
			return r;
		await r.arrayBuffer();
	}
	return null;
}

test('who asks too often is told what to do, in his language; his neighbour and the call for help are not touched', async () => {
	const zh = await until(`${city.url}/login`, from('203.0.113.1'), 429);
	assert.ok(zh, 'refused at last');
	assert.match(zh.headers.get('retry-after'), /^[1-9][0-9]*$/);
	const page = await zh.text();
	assert.match(page, /请等 \d+ 秒再试/);
	assert.match(page, /110/);
	assert.match(zh.headers.get('content-security-policy'), /default-src 'none'/);
	const en = await until(`${city.url}/login`, from('203.0.113.1', { Cookie: 'xa_lang=en' }), 429);
	assert.match(await en.text(), /wait \d+ s, then try again/);
	assert.equal((await fetch(`${city.url}/login`, from('203.0.113.2'))).status, 200, 'another address');
	for (let i = 0; i < 5; i++)
		assert.equal((await fetch(`${city.url}/help`, from('203.0.113.1'))).status, 200, 'her page');
});

test('an address that floods the call for help is answered all the same', async () => {
	for (let i = 0; i < 120; i++)
		assert.equal((await fetch(`${city.url}/help`, from('203.0.113.3'))).status, 200);
	const later = await Promise.all(Array.from({ length: 20 }, () => fetch(`${city.url}/help/write`, from('203.0.113.3'))));
	assert.deepEqual(later.map((r) => r.status), Array(20).fill(200));
});

test('the API answers a problem document', async () => {
	const r = await until(`${city.url}/api/v1/me`, from('203.0.113.4'), 429);
	assert.ok(r);
	assert.equal(r.headers.get('content-type'), 'application/problem+json');
	const p = await r.json();
	assert.equal(p.status, 429);
	assert.equal(p.code, 'rate');
	assert.match(r.headers.get('retry-after'), /^[1-9][0-9]*$/);
});

test('an address that the visitor writes himself is not believed', async () => {
	/* Behind the proxy the last hop counts; what stands before it is the visitor's own. */
	let n = 0, r;
	do {
		r = await fetch(`${city.url}/login`, from(`198.51.100.${n % 250}, 203.0.113.5`));
		await r.arrayBuffer();
	} while (r.status !== 429 && ++n < 2000);
	assert.equal(r.status, 429);
});
