/* Words that came in by every door are looked for wherever the program leaves something: none may be found in the clear. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { go, launch, login, open, phone, serve } from './lib.mjs';

/* Made up, and in no dictionary of ours. */
const planted = {
	form: ['榫卯鹧鸪一号夜里摔碗', '鹧鸪甲', '19900070001', '鹧鸪每晚七点以后可接'],
	api: ['榫卯鹧鸪二号不敢开门', '鹧鸪乙', '19900070002', '鹧鸪路八弄九号'],
	portal: ['榫卯鹧鸪三号躲在娘家'],
	file: ['榫卯鹧鸪四号哭了一夜', '19900070004'],
	spool: ['榫卯鹧鸪五号等在门外'],
	paper: ['榫卯鹧鸪六号的字条', '榫卯鹧鸪七号照片名', '榫卯鹧鸪八号说明'],
	photo: ['榫卯鹧鸪九号的字条'],
};
const words = Object.values(planted).flat();
const needles = words.flatMap((w) => {
	const le = Buffer.from(w, 'utf16le');
	return [[w, 'UTF-8', Buffer.from(w)], [w, 'UTF-16LE', le], [w, 'UTF-16BE', Buffer.from(le).swap16()]];
});
const found = (bytes) => needles.filter(([, , n]) => bytes.includes(n)).map(([w, how]) => `${w} (${how})`);

function* files(dir) {
	for (const e of readdirSync(dir, { withFileTypes: true })) {
		const path = join(dir, e.name);
		if (e.isDirectory())
			yield* files(path);
		else if (e.isFile())
			yield path;
	}
}

let city, browser;
before(async () => {
	city = await serve();
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const run = (...args) => {
	const r = spawnSync(city.program, [...args, '--data', city.data], { encoding: 'utf8' });
	assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
	return r.stdout;
};

test('by the form', async () => {
	const page = await login(await open(browser, city), city, 'hotline');
	await go(page, '/intake');
	const [text, name, tel, note] = planted.form;
	for (const [field, value] of Object.entries({ text, name, phone: tel, party_b: name, safe_note: note }))
		await page.locator(`main form [name=${field}]`).first().fill(value, { force: true });
	await Promise.all([page.waitForURL(/saved=\d+/), page.locator('main form[action="/intake"] button[type=submit]').last().click()]);
	/* And looked for, so that what a search leaves behind is searched too. */
	await go(page, '/intake/same?phone=19900070001');
	await page.context().close();
});

test('by the API', async () => {
	const token = run('token', 'make', 'city', '--name', 'planted').trim().split(/\s+/).pop();
	const [text, name, tel, address] = planted.api;
	const r = await fetch(`${city.url}/api/v1/clue`, {
		method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'planted-1' },
		body: JSON.stringify({ text, source: 'hotline12345', external_id: 'planted-1', reporter_name: name, reporter_phone: tel, address }),
	});
	assert.equal(r.status, 201, await r.text());
});

test('by her phone', async () => {
	const page = await open(browser, city, phone);
	await page.goto('/help/write');
	await page.fill('[name=text]', planted.portal[0]);
	await Promise.all([page.waitForNavigation(), page.locator('main form button[type=submit], form[action="/help/write"] button[type=submit]').last().click()]);
	await page.context().close();
});

test('by a file that is larger than memory holds', async () => {
	const page = await login(await open(browser, city), city, 'hotline');
	const [text, tel] = planted.file;
	const filler = Array.from({ length: 4000 }, (_, i) => `B${i},2026-11-01 09:00,咨询手续怎么办理需要带什么材料第${i}次。,`).join('\n');
	await go(page, '/import');
	await page.setInputFiles('[name=file]', { name: '来电.csv', mimeType: 'text/csv', buffer: Buffer.from(`工单号,来电时间,诉求内容,来电号码\nA1,2026-11-01 09:00,${text}。,${tel}\n${filler}\n`) });
	await Promise.all([page.waitForNavigation(), page.click('main form[action="/import"] button[type=submit]')]);
	/* It waits now in DATA/import. */
	assert.ok(readdirSync(join(city.data, 'import')).length >= 1);
	await page.context().close();
});

test('by a paper that is handed in, and by her phone', async () => {
	const page = await login(await open(browser, city), city, 'mediator');
	await page.goto('/case');
	const hrefs = await page.locator('tr[data-href] a').evaluateAll((v) => v.map((a) => a.getAttribute('href')));
	for (const href of hrefs) {
		await page.goto(href);
		if (await page.locator('#papers a[href^="/document/add"]').count())
			break;
	}
	await page.click('#papers a[href^="/document/add"]');
	const [text, name, note] = planted.paper;
	await page.selectOption('[name=side]', 'a');
	await page.fill('[name=note]', note);
	await page.setInputFiles('[name=file]', { name: `${name}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`${text}。\n`.repeat(9000)) });
	await Promise.all([page.waitForURL(/\/case\/\d+$/), page.click('form[data-upload] button[type=submit]')]);
	/* Looked at and fetched, so that what that leaves behind is searched too. */
	await go(page, await page.locator('.paper a').last().getAttribute('href'));
	assert.ok((await (await page.request.get(await page.locator('a[href$="/file"]').getAttribute('href'))).text()).includes(text));
	await page.context().close();
	const her = await open(browser, city, phone);
	await her.goto('/help/write');
	await her.fill('[name=text]', planted.portal[0]);
	await her.setInputFiles('[name=file]', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from(`${planted.photo[0]}\n`) });
	await Promise.all([her.waitForNavigation(), her.locator('form[action="/help/write"] button[type=submit]').last().click()]);
	await her.context().close();
	assert.ok(readdirSync(join(city.data, 'files')).length >= 2);
});

test('while it arrives', { skip: !existsSync('/proc/self/fd') }, async (t) => {
	const { hostname, port } = new URL(city.url);
	const body = Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${(planted.spool[0] + ',').repeat(20000)}`);
	const s = connect(Number(port), hostname);
	s.on('error', () => {});
	s.write(`POST /import HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${body.length + 1000}\r\n\r\n`);
	s.write(body);
	let seen = 0;
	for (let i = 0; i < 50 && !seen; i++) {
		await new Promise((r) => setTimeout(r, 100));
		let fds;
		try { fds = readdirSync(`/proc/${city.pid}/fd`); } catch { break; }
		for (const fd of fds) {
			const path = `/proc/${city.pid}/fd/${fd}`;
			try {
				if (!/\(deleted\)|\/#\d+/.test(readlinkSync(path)) || statSync(path).size < 300000)
					continue;
				seen++;
				assert.deepEqual(found(readFileSync(path)), [], 'in the nameless file');
			} catch (e) {
				if (e.code === 'ERR_ASSERTION')
					throw e;
			}
		}
	}
	s.destroy();
	t.diagnostic(seen ? 'the nameless file was looked at' : 'the nameless file could not be looked at by this user');
});

test('nothing of it lies on the disk, in copies or in the log', async (t) => {
	const copy = join(city.data, 'copy.db'), keys = join(city.data, 'copy-keys.db');
	run('backup', copy);
	run('keys', 'backup', keys);
	let n = 0, bytes = 0;
	for (const path of files(city.data)) {
		const b = readFileSync(path);
		n++;
		bytes += b.length;
		assert.deepEqual(found(b), [], path);
	}
	t.diagnostic(`${n} files, ${bytes} bytes`);
	assert.deepEqual(found(Buffer.from(city.log())), [], 'in the log');
	/* The search would find them if they were there. */
	assert.deepEqual(found(Buffer.concat([Buffer.from('x'), Buffer.from(words[0], 'utf16le')])).length, 1);
});

/* What a core dump would take in: readable memory that is not marked DONTDUMP. Words of requests pass through it; keys must not. */
test('the root key is in no memory that a core dump takes in', async (t) => {
	const hex = readFileSync(join(city.data, 'root.key'), 'utf8').match(/[0-9a-f]{64}/)[0];
	const key = Buffer.from(hex, 'hex'), text = Buffer.from(hex);
	let maps, mem;
	try {
		maps = readFileSync(`/proc/${city.pid}/smaps`, 'utf8');
		mem = openSync(`/proc/${city.pid}/mem`, 'r');
	} catch {
		t.skip('this user may not look into the process, which is as it should be');
		return;
	}
	let looked = 0, kept = 0;
	for (const part of maps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
		const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(part), size = parseInt(to, 16) - parseInt(from, 16);
		if (!rights.startsWith('r') || size > 1 << 28)
			continue;
		const b = Buffer.alloc(size);
		let got = 0;
		try { got = readSync(mem, b, 0, size, parseInt(from, 16)); } catch { continue; }
		const hit = b.subarray(0, got).includes(key) || b.subarray(0, got).includes(text);
		if (/VmFlags:.*\bdd\b/.test(part)) {
			kept += hit;
			continue;
		}
		looked += got;
		assert.ok(!hit, `the root key lies in ${part.split('\n')[0]}`);
	}
	closeSync(mem);
	t.diagnostic(`${looked} bytes looked at`);
	assert.ok(kept >= 1, 'the test finds the key where it must be');
	assert.match(readFileSync(`/proc/${city.pid}/limits`, 'utf8'), /Max core file size\s+0\s/);
});
