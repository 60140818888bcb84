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
