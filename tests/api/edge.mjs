/*
 * The running server as a stranger meets it: what the process may still do, and what it answers to who comes too often or too slowly.
 * No test here hangs on how fast anything is.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
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

/* ---- what a parser must not swallow (S37) ---- */

/* Sends the bytes; the status of the first answer, its headers and body: until the connection ends. */
const say = (bytes) => new Promise((resolve, reject) => {
	const { port } = new URL(city.url);
	const s = connect(Number(port), '127.0.0.1');
	const all = [];
	s.on('data', (b) => all.push(b));
	s.on('error', (e) => (all.length ? undefined : reject(e)));
	s.on('close', () => {
		const text = Buffer.concat(all).toString('latin1'), at = text.indexOf('\r\n\r\n');
		resolve({ status: Number(text.slice(9, 12)), head: text.slice(0, at), body: text.slice(at + 4), text });
	});
	s.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));
});
const get = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`;
const post = (type, body, path = '/help/write', more = '') =>
	`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\n${more}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`;
const form = (body) => post('application/x-www-form-urlencoded', body);
const parts = (n) => Array.from({ length: n }, (_, i) => `--b\r\nContent-Disposition: form-data; name="f${i}"\r\n\r\nx\r\n`).join('') + '--b--\r\n';
const multi = (body, boundary = 'b') => post(`multipart/form-data; boundary=${boundary}`, body);
const long = (n, c = 'a') => c.repeat(n);

const table = [
	['headers: 101', get('/help', Array.from({ length: 101 }, (_, i) => `X-${i}: a\r\n`).join('')), 431],
	['headers: one of 20 KB', get('/help', `X-A: ${long(20000)}\r\n`), 431],
	['headers: 60 KB', get('/help', `X-A: ${long(60000)}\r\n`), 431],
	['cookie of 20 KB', get('/help', `Cookie: xa_session=${long(20000)}\r\n`), 431],
	['two thousand cookies', get('/help', `Cookie: ${Array.from({ length: 2000 }, (_, i) => `c${i}=${i}`).join('; ')}\r\n`), [0, 431]],   /* more than libmicrohttpd has room to take apart: it hangs up */
	['path of 9,000', get(`/${long(9000)}`), 414],
	['path of 60,000', get(`/${long(60000)}`), 414],
	['query of 9,000', get(`/help?${long(9000)}`), 414],
	['query of 2,001 fields', get(`/help?${long(2001, 'a&')}`), [0, 413]],
	['segments: 100', get(long(100, '/a')), 404],
	['header name with a blank before the colon', get('/help', 'X-A : 1\r\n'), 400],
	['header name of control characters', get('/help', 'X\x01A: 1\r\n'), 400],
	['control character in a value', get('/help', 'X-A: a\x01b\r\n'), 400],
	['Host absent', 'GET /help HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
	['Host twice', get('/help', 'Host: y\r\n'), 400],
	['Host that is none', 'GET /help HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
	['HTTP/1.0', 'GET /help HTTP/1.0\r\nHost: x\r\n\r\n', 505],
	['HTTP/0.9', 'GET /help\r\n\r\n', [400, 505]],
	['HTTP/9.9', 'GET /help HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n', [400, 505]],
	['TRACE', 'TRACE /help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [400, 405]],
	['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [400, 405]],
	['a method of small letters', 'get /help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [400, 405]],
	['a method of 40 letters', `${long(40, 'A')} /help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, [400, 405]],
	['a whole address as target', get('http://x/help'), 400],
	['a star as target', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
	['Content-Length twice, different', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\na=b&c`, 400],
	['Content-Length twice, the same', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\na=b`, 400],
	['Content-Length as a list', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3, 3\r\n\r\na=b`, 400],
	['Content-Length and chunks', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
	['chunks and Content-Length', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`, 400],
	['an encoding before the chunks', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
	['encoding by another name', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
	['encoding twice', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`, 400],
	['chunk size that is none', `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n`, 400],
	...['-1', '+3', '0x3', '3 3', '1e3', '99999999999999999999', ''].map((v) =>
		[`Content-Length: “${v}”`, `POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${v}\r\n\r\na=b`, [400, 413]]),
	['body of 1 MB and a little', form(`text=${long((1 << 20) + 1)}`), 413],
	['a body said to be of 64 GB', 'POST /help/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 68719476736\r\n\r\n', 413],
	...[['NUL', '%00'], ['no UTF-8', '%ff%fe'], ['an overlong slash', '%c0%af'], ['an overlong NUL', '%c0%80'], ['an overlong dot', '%e0%80%ae'],
		['a surrogate', '%ed%a0%80'], ['beyond Unicode', '%f4%90%80%80'], ['half an escape', '%2'], ['no escape', '%zz'], ['dots', '%2e%2e/'],
		['dots after an encoded slash', '..%2fetc%2fpasswd'], ['dots after a backslash', '..%5cetc'], ['raw bytes', '\xff\xfe'], ['a line end', '%0d%0aX:%20y']]
		.flatMap(([name, s]) => [[`path with ${name}`, get(`/help/${s}`), 400]]),
	['query with an overlong slash', get('/help?a=%c0%af'), 400],
	['query with NUL', get('/help?a=%00'), 400],
	['form with an overlong slash', form('text=%c0%af'), 400],
	['form with raw bytes', form('text=\xff\xfe'), 400],
	['form with NUL', form('text=%00'), 400],
	['form of 2,001 fields', form(Array.from({ length: 2001 }, (_, i) => `f${i}=1`).join('&')), 413],
	['2,001 parts', multi(parts(2001)), 413],
	['parts without their boundary', post('multipart/form-data', parts(1)), 400],
	['another boundary', multi(parts(1), 'c'), 400],
	['a boundary of 200', multi(parts(1), long(200)), 400],
	['parts that do not end', multi(parts(3).slice(0, -9)), 400],
	['a part without a name', multi('--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n'), 400],
	['a part with two names', multi('--b\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\nx\r\n--b--\r\n'), 400],
	['a part with 5 KB of headers', multi(`--b\r\nContent-Disposition: form-data; name="a"\r\nX: ${long(5000)}\r\n\r\nx\r\n--b--\r\n`), 400],
	['a part with a folded header', multi('--b\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\nx\r\n--b--\r\n'), 400],
	['a part with NUL', multi('--b\r\nContent-Disposition: form-data; name="a\0"\r\n\r\nx\r\n--b--\r\n'), 400],
	['a part that is no UTF-8', multi('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--\r\n'), 400],
	['a file where none is taken', post('multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="a"; filename="x.exe"\r\n\r\nx\r\n--b--\r\n', '/help/status'), 400],
];

test('each broken or oversized request is answered so, in words, and the server lives', async () => {
	const wrong = [];
	for (const [name, bytes, want] of table) {
		const r = await say(bytes);
		if (![want].flat().includes(r.status))
			wrong.push(`${name}: ${r.status}, not ${want}`);
		else if (r.status === 0)
			continue;
		else if (r.body.replace(/<[^>]*>/g, '').trim().length <= 4)
			wrong.push(`${name}: does not say why`);
		else if (r.text.match(/HTTP\/1\.1 (?!400)\d{3} /g)?.length > 0 && r.status === 400)
			wrong.push(`${name}: taken for two`);   /* libmicrohttpd writes the head of its own refusals twice, and hangs up */
	}
	assert.deepEqual(wrong, []);
	assert.equal((await say(get('/help'))).status, 200, 'alive');
});

test('JSON that is too deep, too long, or none', async () => {
	const made = spawnSync(city.program, ['token', 'make', 'city', '--name', 'edge', '--data', city.data], { encoding: 'utf8' });
	const token = /[A-Za-z0-9_-]{40,}/.exec(made.stdout)[0];
	const json = (body) => post('application/json', body, '/api/v1/clue', `Authorization: Bearer ${token}\r\n`);
	const cases = [
		['2,000 arrays deep', json(long(2000, '[') + long(2000, ']')), [400, 413, 422]],
		['2,000 objects deep', json(long(2000, '{"a":') + '1' + long(2000, '}')), [400, 413, 422]],
		['cut off', json('{"text":"a'), 400], ['empty', json(''), [400, 422]], ['a word', json('true'), [400, 422]], ['two documents', json('{}{}'), 400],
		['a key twice', json('{"text":"a","text":"b"}'), 400], ['no UTF-8', json('{"text":"\xff"}'), 400], ['overlong', json('{"text":"\xc0\xaf"}'), 400],
		['half a surrogate', json('{"text":"\\ud800"}'), 400], ['NUL in a text', json('{"text":"a\\u0000b"}'), [400, 422]], ['a number of 400 digits', json(`{"text":${long(400, '9')}}`), [400, 422]],
		['1 MB and a little', json(`{"text":"${long(1 << 20)}"}`), 413], ['not said to be JSON', post('text/plain', '{}', '/api/v1/clue', `Authorization: Bearer ${token}\r\n`), 415],
	];
	for (const [name, bytes, want] of cases) {
		const r = await say(bytes);
		assert.ok([want].flat().includes(r.status), `${name}: ${r.status}, not ${want}\n${r.body.slice(0, 300)}`);
		assert.match(r.head, /application\/problem\+json/, name);
		assert.equal(JSON.parse(Buffer.from(r.body, 'latin1').toString('utf8')).status, r.status, name);
	}
	assert.equal((await say(get('/help'))).status, 200, 'alive');
});
