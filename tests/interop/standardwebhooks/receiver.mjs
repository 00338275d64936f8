// Receives webhooks, checks signatures with the official package (the same code is in docs/webhooks.md) and bodies against their
// schemas. Every fourth event is refused once, so that it has to come again.
// node receiver.mjs ADDRESS: makes an endpoint, prints a line of JSON for each arrival; ends when its standard input does.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { Webhook } from "standardwebhooks";
import { schemaOf } from "./schemas.mjs";

const [address] = process.argv.slice(2);
const token = process.env.MANAGEMENT_TOKEN;
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);

const print = (event, more) => console.log(JSON.stringify({ event, ...more }));

async function call(method, path, body) {
  const reply = await fetch(address + path, { method, headers: { authorization: `Bearer ${token}` }, body: body && JSON.stringify(body) });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

// Ed25519 (v1a), which the package does not know: node has it.
function verifyEd25519(publicKey, headers, body) {
  const key = createPublicKey({
    format: "jwk",
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey.replace(/^whpk_/, ""), "base64").toString("base64url") },
  });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  return headers["webhook-signature"].split(" ").some((one) => {
    const [version, signature] = one.split(",");
    return version === "v1a" && verify(null, signed, key, Buffer.from(signature, "base64"));
  });
}

let endpoint;
let webhook;
let publicKey;
let example;
const seen = new Set();

/** What is wrong with a request, as texts. */
function problemsOf(headers, body) {
  const problems = [];
  try {
    webhook.verify(body, headers); // throws for a body that was not signed by this secret
  } catch (error) {
    problems.push(`signature: ${error.message}`);
  }

  if (!verifyEd25519(publicKey, headers, body)) problems.push("ed25519");
  const event = JSON.parse(body);
  if (event.id !== headers["webhook-id"]) problems.push("webhook-id");
  if (headers["x-show"] !== "seven") problems.push("header of the endpoint");
  const schema = schemaOf(event.type);
  if (!schema) problems.push(`no schema of ${event.type}`);
  else if (!ajv.validate(schema, event)) problems.push(ajv.errorsText());
  return problems;
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  example ??= { headers: request.headers, body };
  const event = JSON.parse(body);
  const refused = !seen.has(event.id) && seen.size % 4 === 3;
  seen.add(event.id);
  print("webhook", { type: event.type, id: event.id, refused, problems: problemsOf(request.headers, body), data: event.data });
  response.writeHead(refused ? 500 : 200).end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

endpoint = await call("POST", "/v2/webhooks", { url: `http://127.0.0.1:${server.address().port}/`, headers: { "x-show": "seven" }, ed25519: true });
webhook = new Webhook(endpoint.secret);
publicKey = endpoint.keys.find((key) => key.scheme === "v1a").public_key;
print("ready");

process.stdin.resume();
await once(process.stdin, "end");

// What was changed on its way must not pass.
const { headers, body } = example;
let refused = 0;
for (const [badBody, badHeaders] of [
  [body.replace("2.0", "2.1"), headers],
  [body, { ...headers, "webhook-id": "another" }],
  [body, { ...headers, "webhook-timestamp": String(Math.floor(Date.now() / 1000) - 3600) }],
]) {
  try {
    webhook.verify(badBody, badHeaders);
  } catch {
    refused++;
  }
}

print("checked", { refused, ed25519Refused: !verifyEd25519(publicKey, headers, body + " ") });
await call("DELETE", `/v2/webhooks/${endpoint.id}`);
server.close();
server.closeAllConnections();
