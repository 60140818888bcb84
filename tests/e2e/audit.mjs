/* The audit board as the auditor meets it: what others did shows up, verification runs, the slip and the lists come out. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { sound, launch, login, open, phone, serve } from './lib.mjs';

let city, browser;
const shots = process.env.XA_SHOTS;
const shot = (page, name) => shots ? page.screenshot({ path: join(shots, name), fullPage: true }) : undefined;

before(async () => {
	city = await serve();
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

test('reads, refusals and failed log-ins reach the board', async () => {
	const page = await open(browser, city);
	await page.goto('/login');
	await page.fill('[name=login]', 'town');
	await page.fill('[name=password]', 'not-her-password-1');
	await page.click('main form[action="/login"] button[type=submit]');
	await login(page, city, 'town');
	await page.goto('/clue');
	await page.click('table.rows a >> nth=0');
	const looked = page.locator('a[href$="/looked"]');
	if (await looked.count()) {
		await looked.click();
		assert.match(await page.innerText('h1'), /谁看过/);
		assert.ok(await page.locator('table.list tbody tr').count() > 0);
		await sound(page);
		await shot(page, 'looked.png');
	}
	await page.goto('/search?q=%E4%B8%88%E5%A4%AB&purpose=handle_case');
	await shot(page, 'search.png');
	await page.goto('/journal');          /* not hers */
	await page.context().close();

	const audit = await open(browser, city);
	await login(audit, city, 'auditor');
	await audit.goto('/audit');
	const text = await audit.innerText('main, body');
	for (const word of ['审计台', '登录失败', '被拒绝', '按人员', '最新签名树头'])
		assert.ok(text.includes(word), word);
	await sound(audit);
	await shot(audit, 'audit.png');
	await audit.click('button:has-text("立即核对")');
	for (let i = 0; i < 30 && !(await audit.innerText('.proof')).includes('完整'); i++) {
		await audit.waitForTimeout(1000);
		await audit.goto('/audit');
	}
	assert.equal(await audit.locator('.proof-good').count(), 1);
	await shot(audit, 'audit-good.png');
	await audit.goto('/journal?verb=reads');
	await sound(audit);
	await shot(audit, 'journal.png');
	/* The tile of refusals leads to the town's. */
	await audit.goto('/audit');
	await audit.click('a.tile:has-text("被拒绝")');
	assert.match(await audit.innerText('table.list'), /拒绝/);
	const small = await open(browser, city, phone);
	await login(small, city, 'auditor');
	await small.goto('/audit');
	await sound(small);
	await shot(small, 'audit-phone.png');
	await small.context().close();
});

test('what is carried away is journaled, and proves', async () => {
	const page = await open(browser, city);
	await login(page, city, 'auditor');
	const head = await page.context().request.get('/audit/head.json');
	const saved = join(dirname(city.data), 'head.json');
	writeFileSync(saved, await head.body());
	const slip = await page.context().request.get('/audit/slip.pdf');
	assert.equal(slip.headers()['content-type'], 'application/pdf');
	if (shots)
		writeFileSync(join(shots, 'slip.pdf'), await slip.body());
	for (const path of ['/audit/board.xlsx', '/audit/journal.xlsx?verb=login'])
		assert.equal((await page.context().request.get(path)).status(), 200);
	await page.goto('/journal?verb=export');
	assert.ok(await page.locator('table.list tbody tr').count() >= 4);
	const said = spawnSync(join(dirname(city.program), 'src/verify/xiaoan-verify'), ['--head', saved, join(city.data, 'xiaoan.db')], { encoding: 'utf8' });
	assert.equal(said.status, 0, said.stdout + said.stderr);
});
