// Checks the API's document with a public validator:  node validate-openapi.mjs ADDRESS
import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";

const [address] = process.argv.slice(2);
const reply = await fetch(`${address}/v2/openapi.json`);
assert.equal(reply.status, 200);
const api = await reply.json();
const validator = new Validator();
const result = await validator.validate(api);
assert.ok(result.valid, JSON.stringify(result.errors, null, 2));
// Throws where a reference leads nowhere.
const resolved = validator.resolveRefs();
const calls = Object.values(resolved.paths).flatMap((path) => Object.keys(path).filter((verb) => ["get", "post", "delete"].includes(verb)));
console.log(JSON.stringify({ version: validator.version, calls: calls.length }));
