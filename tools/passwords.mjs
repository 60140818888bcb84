#!/usr/bin/env node
// Why: people choose what everybody chooses. The 3,000 passwords that leak most often come from npm's zxcvbn (MIT), not from a copy here.
// Usage: node passwords.mjs --package FOLDER/node_modules/zxcvbn [--stamp FILE] OUTPUT.txt
// One a line, the most frequent first; the same package gives the same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const options = { package: 'node_modules/zxcvbn', stamp: '' };
let output = null;
for (let i = 2; i < process.argv.length; i++) {
  const word = process.argv[i];
  if (word.startsWith('--') && word.slice(2) in options && i + 1 < process.argv.length) options[word.slice(2)] = process.argv[++i];
  else if (!word.startsWith('--') && output === null) output = word;
  else output = '';
}
const lists = output && createRequire(import.meta.url)(resolve(options.package, 'lib/frequency_lists.js'));
const words = (lists?.passwords ?? []).filter((w) => /^[\x21-\x7e]{4,40}$/.test(w)).slice(0, 3000);
if (words.length !== 3000) {
  process.stderr.write('passwords: usage: passwords.mjs [--package FOLDER] [--stamp FILE] OUTPUT.txt; the package must hold 3,000\n');
  process.exit(1);
}
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, words.join('\n') + '\n');
if (options.stamp) writeFileSync(join(options.stamp), '');
