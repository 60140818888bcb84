// Is the description valid OpenAPI 3.1?  Usage: node openapi.mjs VALIDATOR FILE; writes FILE.verdict, prints what is wrong.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [tool, file] = process.argv.slice(2);
const { Validator } = await import(pathToFileURL(tool));
const document = JSON.parse(readFileSync(file, 'utf8'));
const result = await new Validator().validate(document);
if (!result.valid) console.log(JSON.stringify(result.errors, null, 1).slice(0, 4000));
writeFileSync(`${file}.verdict`, result.valid ? 'valid' : 'wrong');
