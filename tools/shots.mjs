// shots.mjs [--docs]: pictures of every page, as each post, of a small demo city made for it: Chinese at 1280 pixels, and the
// pages of the posts that work on the way at 390; English for the city; the month as PDF. Into shots/, which git ignores;
// with --docs the few of the README, into docs/img/. Needs chromium and a built program (XA_PROGRAM, default build/xiaoan).
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const docs = process.argv.includes('--docs');
const out = docs ? 'docs/img' : 'shots';
const program = process.env.XA_PROGRAM ?? 'build/xiaoan';
const data = mkdtempSync(join(tmpdir(), 'xiaoan-shots-'));
const posts = ['city', 'town', 'community', 'grid', 'mediator', 'hotline', 'police', 'court', 'civil', 'leader', 'auditor', 'admin', 'secadmin'];

function serve() {
	const server = spawn(program, ['serve', '--demo', '--scale', docs ? '0.2' : '0.05', '--data', data, '--port', '0'],
		{ env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, stdio: ['ignore', 'pipe', 'inherit'] });
	return new Promise((done, failed) => {
		let said = '';
		server.on('exit', (code) => failed(new Error(`the program ended (${code})`)));
		server.stdout.on('data', (s) => {
			said += s;
			const base = said.match(/http:\/\/[^\s]+/)?.[0], password = said.match(/password: (\S+)/)?.[1];
			if (base && password)
				done({ server, base, password });
		});
	});
}

const { server, base, password } = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--lang=zh-CN'] });
mkdirSync(out, { recursive: true });
let count = 0;

async function log_in(post, view) {
	const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 860 }, ...view });
	const page = await context.newPage();
	await page.goto(base + '/login');
	await page.fill('#login', post);
	await page.fill('#password', password);
	await Promise.all([page.waitForURL((u) => u.pathname !== '/login'), page.press('#password', 'Enter')]);
	return page;
}

async function shot(page, url, name, whole = !docs) {
	if (url) {
		const answer = await page.goto(base + url);
		if (answer.status() >= 400)
			throw new Error(`${url}: ${answer.status()}`);
	}
	await page.screenshot({ path: join(out, `${name}.png`), fullPage: whole });
	count++;
}

const links = (page, pattern) => page.$$eval('main a[href]', (all, p) => all.map((a) => a.getAttribute('href')).filter((h) => new RegExp(p).test(h)), pattern);

async function first(page, url, type) {
	await page.goto(base + url);
	return (await links(page, `^/${type}/\\d+$`))[0];
}

// Every page of the menu, the first record of each list, and every form that a button of these opens.
async function all_of(post, mark = '', view = {}) {
	const page = await log_in(post, view);
	const name_of = (s) => `${post}${mark}-${s}`;
	if (mark === '-en')
		await Promise.all([page.waitForNavigation(), page.click('button[name=lang]')]);
	await shot(page, '/', name_of('workbench'));
	const menu = await page.$$eval('nav a[href]', (all) => all.map((a) => a.getAttribute('href')));
	for (const url of menu.filter((u) => u !== '/')) {
		const name = url.slice(1).replace(/\W+/g, '-');
		await shot(page, url, name_of(name));
		const record = (await links(page, '^/[a-z]+/\\d+$')).find((u) => u.startsWith(url + '/'));
		for (const form of await links(page, `^${url}/new`))
			await shot(page, form, name_of(`${name}-new`));
		if (!record)
			continue;
		await shot(page, record, name_of(`${name}-one`));
		for (const step of new Set(await links(page, `^${record}/[a-z_]+$`)))
			await shot(page, step, name_of(`${name}-${step.split('/').pop()}`));
	}
	await page.context().close();
}

// The month on paper: each page of the PDF.
async function on_paper() {
	const page = await log_in('city');
	const answer = await page.request.get(base + '/report/month.pdf');
	writeFileSync(join(out, 'month.pdf'), await answer.body());
	spawnSync('pdftoppm', ['-r', '60', '-png', join(out, 'month.pdf'), join(out, 'month')], { stdio: 'inherit' });
	await page.goto(base + '/report/month');
	await page.emulateMedia({ media: 'print' });
	writeFileSync(join(out, 'month-printed.pdf'), await page.pdf({ format: 'A4' }));
	spawnSync('pdftoppm', ['-r', '60', '-png', join(out, 'month-printed.pdf'), join(out, 'month-printed')], { stdio: 'inherit' });
	await page.context().close();
}

async function citizens(name, view) {
	const page = await (await browser.newContext({ locale: 'zh-CN', ...view })).newPage();
	for (const p of ['help', 'help/write', 'help/status', 'login'])
		await shot(page, '/' + p, `${name}-${p.replace('/', '-')}`);
	await page.context().close();
}

async function for_docs() {
	const city = await log_in('city'), mediator = await log_in('mediator');
	await shot(city, '/', 'workbench');
	await shot(city, await first(city, '/clue?grade=red&state=new|screened', 'clue') ?? await first(city, '/clue?grade=red', 'clue'), 'clue');
	await shot(city, '/report/month', 'month');
	await shot(mediator, await first(mediator, '/case?state=mediating', 'case') ?? await first(mediator, '/case', 'case'), 'case');
	const phone = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 390, height: 780 }, isMobile: true })).newPage();
	await shot(phone, '/help', 'phone');
}

try {
	if (docs) {
		await for_docs();
	} else {
		for (const post of posts)
			await all_of(post);
		const small = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
		for (const post of ['town', 'grid', 'mediator'])
			await all_of(post, '-phone', small);
		await all_of('city', '-en');
		await on_paper();
		await citizens('desktop', { viewport: { width: 1280, height: 860 } });
		await citizens('phone', { viewport: { width: 390, height: 780 }, isMobile: true, deviceScaleFactor: 2 });
	}
	console.log(`${count} pictures in ${out}/`);
} finally {
	await browser.close();
	server.removeAllListeners('exit');
	server.kill('SIGINT');
	await new Promise((done) => server.on('exit', done));
	rmSync(data, { recursive: true, force: true });
}
