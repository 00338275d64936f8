// Receives webhooks and checks them with the official package; the same code is in docs/webhooks.md.
// node receiver.mjs ADDRESS ROOM: makes an endpoint, starts and stops a live stream, prints what came, as JSON.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { Webhook } from "standardwebhooks";

const [address, room] = process.argv.slice(2);
const token = process.env.MANAGEMENT_TOKEN;

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

const arrivals = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  arrivals.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
  response.writeHead(200).end();
  server.emit("arrival");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const endpoint = await call("POST", "/v2/webhooks", { url: `http://127.0.0.1:${server.address().port}/`, ed25519: true });
await call("POST", `/v2/live-streams/room/${room}/start`);
await call("POST", `/v2/live-streams/room/${room}/stop`);
while (arrivals.length === 0) await once(server, "arrival", { signal: AbortSignal.timeout(60_000) });

const { headers, body } = arrivals[0];
const webhook = new Webhook(endpoint.secret);
const event = webhook.verify(body, headers); // throws for a body that was not signed by this secret
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

const publicKey = endpoint.keys.find((key) => key.scheme === "v1a").public_key;
const result = {
  type: event.type,
  id: event.id === headers["webhook-id"],
  refused,
  ed25519: verifyEd25519(publicKey, headers, body),
  ed25519_refused: !verifyEd25519(publicKey, headers, body + " "),
};
await call("DELETE", `/v2/webhooks/${endpoint.id}`);
server.close();
server.closeAllConnections();
console.log(JSON.stringify(result));
