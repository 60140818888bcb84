// Is the description valid OpenAPI 3.1, and do real answers fit it?  Usage: node openapi.mjs NODE_MODULES FILE
// FILE.samples holds [{"schema": NAME, "value": ANSWER}, …].  Writes FILE.verdict, prints what is wrong.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(modules, name)));
const { Validator } = await load('@seriousme/openapi-schema-validator/index.js');
const { default: Ajv } = await load('ajv/dist/2020.js');
const { default: formats } = await load('ajv-formats/dist/index.js');
const text = readFileSync(file, 'utf8');
const wrong = [];

const result = await new Validator().validate(JSON.parse(text));
if (!result.valid) wrong.push(result.errors);

const ajv = new Ajv({ strict: false });
(formats.default ?? formats)(ajv);
ajv.addSchema(JSON.parse(text), 'doc');
for (const { schema, value } of JSON.parse(readFileSync(`${file}.samples`, 'utf8'))) {
  const check = ajv.getSchema(`doc#/components/schemas/${schema}`);
  if (!check) wrong.push(`no schema ${schema}`);
  else if (!check(value)) wrong.push({ schema, errors: check.errors });
}
if (wrong.length) console.log(JSON.stringify(wrong, null, 1).slice(0, 4000));
writeFileSync(`${file}.verdict`, wrong.length ? 'wrong' : 'valid');
