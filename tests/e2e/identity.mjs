/*
 * From an empty folder to three administrators at work: the first run, the second factor, the devices, the self-check; as they meet it
 * in a browser, at the desk and on a telephone. XA_SHOTS: a folder for pictures of each page.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, open, phone, program, sound, text } from './lib.mjs';

const shots = process.env.XA_SHOTS;
const dir = mkdtempSync(join(tmpdir(), 'xiaoan-first-'));
const data = join(dir, 'data');
let server, browser, out = '', url;
const links = {}, seeds = {}, used = {};
const passwords = { sys: 'four trees by the old river', sec: 'seven boats upon a lake', aud: 'nine lamps along the road' };

before(async () => {
	server = spawn(program, ['serve', '--data', data, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } });
	await new Promise((resolve, reject) => {
		server.stdout.on('data', (b) => { out += b; if (/\/first\/\S+\n[^\n]+\n/.test(out)) resolve(); });
		server.on('exit', (code) => reject(new Error(`serve ended (${code}): ${out}`)));
	});
	url = /http:\/\/[0-9.]+:[0-9]+/.exec(out)[0];
	browser = await launch();
});
after(async () => {
	await browser?.close();
	const gone = new Promise((resolve) => server.once('exit', resolve));
	server.kill('SIGTERM');
	await gone;
	rmSync(dir, { recursive: true, force: true });
});

const session = (options) => open(browser, { url }, options);
const press = (page, button) => Promise.all([page.waitForNavigation(), page.click(button)]);
async function shot(page, name) {
	await sound(page);
	if (!shots)
		return;
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
	await page.setViewportSize({ width: 390, height: 844 });
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	await page.screenshot({ path: join(shots, `${name}-phone.png`), fullPage: true });
	await page.setViewportSize({ width: 1280, height: 900 });
	assert.ok(over <= 1, `${name}: ${over} px too wide at 390`);
}

/* RFC 6238 once more, by other hands than ours; never the same step twice. */
function decode(base32) {
	let bits = '';
	for (const c of base32.replace(/\s/g, ''))
		bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0');
	return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}
async function code(who) {
	let step = Math.floor(Date.now() / 30000);
	for (; step <= (used[who] ?? 0); step = Math.floor(Date.now() / 30000) + (step === used[who] ? 1 : 0))
		if (step + 1 > (used[who] ?? 0) && step === used[who]) { step++; break; }   /* one step ahead is allowed */
		else await new Promise((r) => setTimeout(r, 500));
	used[who] = step;
	const msg = Buffer.alloc(8);
	msg.writeBigUInt64BE(BigInt(step));
	const h = createHmac('sha1', seeds[who]).update(msg).digest(), at = h[19] & 15;
	return String((h.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

test('nothing answers before the first run, and its address only once', async () => {
	for (const path of ['/', '/login', '/help', '/healthz', '/api/v1/openapi.json', '/first/' + 'A'.repeat(43)]) {
		const r = await fetch(url + path, { redirect: 'manual' });
		assert.ok([401, 503].includes(r.status), `${path}: ${r.status}`);
	}
	const first = /\/first\/\S+/.exec(out)[0];
	const page = await session();
	await page.goto(first);
	await shot(page, 'first');
	await page.fill('#federation', '晨江市妇女联合会');
	const people = { admin: ['周明', 'sys', '19900001001'], secadmin: ['吴清', 'sec', '19900001002'], auditor: ['周明', 'aud', '19900001003'] };
	for (const [key, v] of Object.entries(people))
		for (const [i, f] of ['name', 'login', 'phone'].entries())
			await page.fill(`#${key}_${f}`, v[i]);
	await press(page, 'main form button[type=submit]');
	assert.equal(page.answer, 422, 'one person holds two posts');
	await shot(page, 'first-refused');
	await page.fill('#auditor_name', '郑宁');
	await press(page, 'main form button[type=submit]');
	await shot(page, 'first-done');
	const found = [...(await text(page)).matchAll(/\/setup\/\S+/g)].map((m) => m[0]);
	assert.equal(found.length, 3);
	[links.sys, links.sec, links.aud] = found;
	assert.equal((await fetch(url + first)).status, 401, 'used up');
	assert.equal((await fetch(url + '/login')).status, 200);
	await page.context().close();
});

test('each chooses a password and must set up a second factor before anything opens', async () => {
	for (const who of ['sys', 'sec', 'aud']) {
		const page = await session();
		await page.goto(links[who]);
		if (who === 'sys')
			await shot(page, 'setup');
		await page.fill('#password', passwords[who]);
		await page.fill('#again', passwords[who]);
		await press(page, 'main form button[type=submit]');
		assert.equal(new URL(page.url()).pathname, '/factor');
		if (who === 'sys')
			await shot(page, 'factor-begin');
		await page.goto('/staff');
		assert.equal(new URL(page.url()).pathname, '/factor', 'nothing else opens');
		await press(page, 'form[action="/factor/begin"] button');
		if (who === 'sys')
			await shot(page, 'factor');
		seeds[who] = decode(await text(page, '.typed code'));
		assert.equal(seeds[who].length, 20);
		await page.fill('#code', '000000');
		await press(page, 'form[action="/factor"] button');
		assert.equal(page.answer, 422);
		await page.fill('#code', await code(who));
		await press(page, 'form[action="/factor"] button');
		if (who === 'sys')
			await shot(page, 'codes');
		links[who] = (await text(page, '.codes')).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/g);
		assert.equal(links[who].length, 10);
		await page.goto('/');
		assert.equal(new URL(page.url()).pathname, '/');
		await page.context().close();
	}
});

async function enter(who, proof, options) {
	const page = await session(options);
	await page.goto('/login');
	if (who === 'sys' && !options)
		await shot(page, 'login');
	await page.fill('#login', who);
	await page.fill('#password', passwords[who]);
	await press(page, 'main form[action="/login"] button[type=submit]');
	if (who === 'sys' && !options)
		await shot(page, 'login-code');
	await page.fill('#code', proof ?? await code(who));
	await press(page, 'main form[action="/login/code"] button[type=submit]');
	return page;
}

test('a paper code opens once; the account page shows every session and ends the others', async () => {
	const page = await enter('sys', links.sys[0]);
	assert.equal(new URL(page.url()).pathname, '/');
	const other = await enter('sys', links.sys[1], { ...phone });
	const third = await enter('sys', links.sys[0], {});
	assert.equal(new URL(third.url()).pathname, '/login/code', 'the same paper code does not open again');
	await page.goto('/account');
	await shot(page, 'account');
	assert.ok(await page.locator('.sessions tbody tr').count() >= 3);
	await press(page, 'form[action="/account/sessions"] button[name=others]');
	assert.equal(await page.locator('.sessions tbody tr').count(), 1);
	await other.goto('/account');
	assert.equal(new URL(other.url()).pathname, '/login', 'ended');
	await page.goto('/notices');
	assert.match(await text(page), /备用码/);
	for (const p of [page, other, third])
		await p.context().close();
});

test('she helps a colleague: link by one administrator, second factor by the other', async () => {
	const sys = await enter('sys', links.sys[2], {});
	await sys.goto('/staff');
	const href = await sys.locator('tr[data-href] a', { hasText: '郑' }).first().getAttribute('href');
	await sys.goto(href);
	await press(sys, 'a[href$="/account"].btn');
	await shot(sys, 'staff-account');
	await press(sys, 'form[action$="/account/link"] button');
	await shot(sys, 'staff-link');
	assert.match(await text(sys), /\/setup\/\S{43}/);
	assert.equal(await sys.locator('form[action$="/account/factor"]').count(), 0, 'not her part');
	const sec = await enter('sec', links.sec[0], {});
	await sec.goto(`${href}/account`);
	assert.equal(await sec.locator('form[action$="/account/link"]').count(), 0, 'not her part');
	await sec.fill('#reason', '手机遗失，当面核实');
	await press(sec, 'form[action$="/account/factor"] button');
	await shot(sec, 'staff-account-sec');
	const aud = await session();
	await aud.goto('/login');
	await aud.fill('#login', 'aud');
	await aud.fill('#password', passwords.aud);
	await press(aud, 'main form[action="/login"] button[type=submit]');
	assert.equal(new URL(aud.url()).pathname, '/factor', 'sets it up anew');
	for (const p of [sys, sec, aud])
		await p.context().close();
});

test('the self-check names what is insecure, on the page and from the machine', async () => {
	const sec = await enter('sec', links.sec[1], {});
	await sec.goto('/safety');
	await shot(sec, 'safety');
	const page = await text(sec);
	assert.match(page, /备份/);
	assert.match(page, /危险/);
	const run = spawnSync(program, ['doctor', '--safety', '--json', '--data', data], { encoding: 'utf8' });
	assert.equal(run.status, 1);
	const json = JSON.parse(run.stdout), by = Object.fromEntries(json.checks.map((c) => [c.name, c.grave]));
	assert.equal(json.worst, 'danger');
	assert.equal(by.backup_key, 'danger');
	assert.equal(by.demo, 'ok');
	assert.equal(by.plain_http, 'unknown', 'the command sees no server');
	assert.equal(by.root_key_place, 'warn');
	assert.equal(by.posts_joined, 'ok');
	await sec.context().close();
});

test('what reaches far is asked for again, and goes on with what was typed', async () => {
	const sys = await enter('sys', links.sys[3], {});
	await sys.goto('/staff/new');
	await sys.waitForSelector('#f-name');
	/* Six minutes later: the only thing that a test cannot wait for. */
	const aged = spawnSync('sqlite3', [join(data, 'xiaoan.db'), '.timeout 5000', 'UPDATE session SET step_up = step_up - 360000'], { encoding: 'utf8' });
	assert.equal(aged.status, 0, aged.stderr);
	await sys.fill('#f-name', '孙巧');
	await sys.selectOption('#f-role', 'grid');
	await sys.fill('#f-login', 'qiao');
	const pick = async (name) => {
		const v = await sys.locator(`[name=${name}] option`).evaluateAll((all) => all.map((o) => o.value).filter(Boolean));
		await sys.locator(`select[name=${name}]`).selectOption(v[0], { force: true });
	};
	await pick('area');
	await pick('org');
	await press(sys, 'main form .card-footer button[type=submit]');
	assert.equal(sys.answer, 401);
	await shot(sys, 'fresh');
	await sys.fill('#fresh_proof', '000000');
	await press(sys, 'form[action="/fresh"] button');
	assert.equal(sys.answer, 401, 'a wrong code, and the form is still there');
	const cookie = async () => (await sys.context().cookies()).find((c) => c.name === 'xa_session').value;
	const before = await cookie();
	await sys.fill('#fresh_proof', links.sys[4]);
	await press(sys, 'form[action="/fresh"] button');
	assert.match(new URL(sys.url()).pathname, /^\/staff\/\d+$/);
	assert.match(await text(sys), /孙巧/);
	assert.notEqual(await cookie(), before, 'the session goes on under a new cookie');
	await sys.context().close();
});
