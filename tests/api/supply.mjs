/* How the program is built and of what: hardening that stands in its ELF file, and the list of its parts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.XA_PROGRAM ?? `${root}build/xiaoan`;
const elf = (file, ...how) => spawnSync('readelf', ['-W', ...how, file], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;

function everywhere(file) {
	const segments = elf(file, '-l'), dynamic = elf(file, '-d');
	assert.match(elf(file, '-h'), /Type:\s+DYN/, 'PIE');
	assert.match(dynamic, /FLAGS_1.*PIE/);
	assert.match(segments, /GNU_RELRO/);
	assert.match(dynamic, /BIND_NOW|Flags:.*NOW/, 'full RELRO');
	assert.match(segments, /GNU_STACK.*RW /, 'no code on the stack');
	assert.doesNotMatch(segments, /LOAD.*RWE/, 'nothing both written and run');
	assert.doesNotMatch(dynamic, /TEXTREL|RPATH|RUNPATH/);
}

test('the program that is tested is hardened', () => everywhere(program));

test('the release is, and fortified', (t) => {
	const release = `${root}build/xiaoan`;
	if (!existsSync(release))
		return t.skip('build/xiaoan is not built here');
	everywhere(release);
	const symbols = elf(release, '--dyn-syms');
	assert.match(symbols, /__stack_chk_fail/);
	assert.match(symbols, /__(snprintf|memcpy|vsnprintf)_chk/, 'FORTIFY_SOURCE');
	/* What every file was compiled with. */
	const commands = JSON.parse(readFileSync(`${root}build/compile_commands.json`, 'utf8')).filter((c) => c.file.includes('/src/') && c.file.endsWith('.c'));
	assert.ok(commands.length > 100);
	for (const flag of ['-D_FORTIFY_SOURCE=3', '-fstack-protector-strong', '-fstack-clash-protection', '-ftrivial-auto-var-init=zero', '-fPI'])
		for (const c of commands)
			assert.ok(c.command.includes(flag), `${c.file}: ${flag}`);
	const strings = spawnSync('grep', ['-c', root.slice(0, -1), release], { encoding: 'utf8' }).stdout.trim();
	assert.equal(strings, '0', 'the folder that it was built in stands nowhere in it');
});

test('the list of parts has every one, and is the same twice', () => {
	const make = () => spawnSync('node', [`${root}tools/sbom.mjs`], { encoding: 'utf8' }).stdout;
	const one = make(), sbom = JSON.parse(one);
	assert.equal(one, make());
	assert.equal(sbom.bomFormat, 'CycloneDX');
	const purls = sbom.components.map((c) => c.purl);
	assert.equal(new Set(purls).size, purls.length);
	for (const name of ['libseccomp-dev', 'libmicrohttpd-dev', 'libsodium-dev'])
		assert.ok(purls.some((p) => p.startsWith(`pkg:deb/debian/${name}`)), name);
	const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
	for (const [path, p] of Object.entries(lock.packages))
		if (path)
			assert.ok(sbom.components.some((c) => c.version === p.version && path.endsWith(c.name)), path);
});
