// Calls our server: node client.mjs HOST:PORT TOKEN. Prints {"passed": n, "failed": [...]}.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import { Echo, Health, ServerReflection, call, collect, withToken } from './echo.mjs';

const [address, token] = process.argv.slice(2);
const insecure = grpc.credentials.createInsecure();
const large = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
const echo = new Echo(address, insecure, large);
const metadata = withToken(token);
const { status } = grpc;

const fails = async (promise, code, details) => {
  const error = await promise.then(() => null, e => e);
  assert.ok(error, 'it succeeded');
  assert.equal(status[error.code], status[code]);
  if (details !== undefined) assert.equal(error.details, details);
};

const checks = {
  async 'unary'() {
    assert.equal((await call(echo, 'Say', { text: 'grün 100 %', count: 7 }, metadata)).text, 'grün 100 %');
  },
  async 'an empty message'() {
    assert.equal((await call(echo, 'Say', {}, metadata)).text, '');
  },
  async 'many at once'() {
    const replies = await Promise.all(Array.from({ length: 500 }, (_, count) => call(echo, 'Say', { count }, metadata)));
    replies.forEach((reply, i) => assert.equal(reply.count, i));
  },
  async 'a large message'() {
    const ballast = Buffer.alloc(4 * 1024 * 1024 - 100, 7);
    assert.equal(Buffer.compare((await call(echo, 'Say', { ballast }, metadata)).ballast, ballast), 0);
  },
  async 'a message above the limit'() {
    await fails(call(echo, 'Say', { ballast: Buffer.alloc(4 * 1024 * 1024 + 1) }, metadata), status.RESOURCE_EXHAUSTED);
  },
  async 'every status with its text'() {
    for (let code = 1; code <= 16; code++) await fails(call(echo, 'Fail', { code, message: `Fehler № ${code} %` }, metadata), code, `Fehler № ${code} %`);
  },
  async 'a bug inside'() {
    await fails(call(echo, 'Say', { text: 'crash' }, metadata), status.INTERNAL, 'internal error');
  },
  async 'server streaming'() {
    const { messages, error } = await collect(echo.Repeat({ text: 'a', count: 5000 }, metadata));
    assert.equal(error, null);
    assert.equal(messages.length, 5000);
    messages.forEach((message, i) => assert.equal(message.count, i));
  },
  async 'a slow reader of large messages'() {
    const stream = echo.Repeat({ count: 200, ballast: Buffer.alloc(100_000) }, metadata);
    let seen = 0;
    for await (const message of stream) {
      assert.equal(message.ballast.length, 100_000);
      if (++seen % 10 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    assert.equal(seen, 200);
  },
  async 'a stream that fails'() {
    const { messages, error } = await collect(echo.RepeatAndFail({ count: 3 }, metadata));
    assert.equal(messages.length, 3);
    assert.equal(error.code, status.ABORTED);
    assert.equal(error.details, '100 % genug: ü\n');
  },
  async 'a deadline'() {
    await fails(call(echo, 'Wait', {}, metadata, { deadline: Date.now() + 300 }), status.DEADLINE_EXCEEDED);
  },
  async 'cancellation of a call'() {
    const left = new Promise(resolve => {
      const waiting = echo.Wait({}, metadata, error => resolve(error));
      setImmediate(() => waiting.cancel());
    });
    assert.equal((await left).code, status.CANCELLED);
  },
  async 'cancellation of a stream'() {
    const stream = echo.RepeatAndWait({ count: 2 }, metadata);
    const over = collect(stream);
    let seen = 0;
    stream.on('data', () => { if (++seen === 2) stream.cancel(); });
    const { messages, error } = await over;
    assert.deepEqual([messages.length, error.code], [2, status.CANCELLED]);
  },
  async 'another token, and none'() {
    await fails(call(echo, 'Say', {}, withToken('another token of somebody')), status.UNAUTHENTICATED);
    await fails(call(echo, 'Say', {}, new grpc.Metadata()), status.UNAUTHENTICATED);
    const { error } = await collect(echo.Repeat({ count: 1 }, new grpc.Metadata()));
    assert.equal(error.code, status.UNAUTHENTICATED);
  },
  async 'a method that is not there'() {
    const other = { ...Echo.service.Say, path: '/livestream.testing.v1.Echo/Sing' };
    const Other = grpc.makeGenericClientConstructor({ Sing: other }, 'Other');
    await fails(call(new Other(address, insecure), 'Sing', {}, metadata), status.UNIMPLEMENTED);
  },
  async 'compression'() {
    const gzip = new Echo(address, insecure, { ...large, 'grpc.default_compression_algorithm': 2 });
    assert.equal((await call(gzip, 'Say', { text: 'a'.repeat(1000) }, metadata)).text, 'a'.repeat(1000));
    // What counts is the size of what comes out.
    await fails(call(gzip, 'Say', { ballast: Buffer.alloc(4 * 1024 * 1024 + 1) }, metadata), status.RESOURCE_EXHAUSTED);
    gzip.close();
  },
  async 'health, without a token'() {
    const health = new Health(address, insecure);
    const none = new grpc.Metadata();
    assert.equal((await call(health, 'Check', {}, none)).status, 'SERVING');
    assert.equal((await call(health, 'Check', { service: 'livestream.testing.v1.Echo' }, none)).status, 'SERVING');
    await fails(call(health, 'Check', { service: 'nobody' }, none), status.NOT_FOUND);
    for (const [service, expected] of [['', 'SERVING'], ['nobody', 'SERVICE_UNKNOWN']]) {
      const watch = health.Watch({ service }, none);
      watch.on('error', () => {});
      assert.equal((await new Promise(resolve => watch.once('data', resolve))).status, expected);
      watch.cancel();
    }
    health.close();
  },
  async 'reflection'() {
    const reflection = new ServerReflection(address, insecure);
    const stream = reflection.ServerReflectionInfo(metadata);
    const ask = request => new Promise(resolve => { stream.once('data', resolve); stream.write(request); });
    const services = (await ask({ list_services: '*' })).list_services_response.service.map(s => s.name);
    for (const name of ['livestream.testing.v1.Echo', 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection']) assert.ok(services.includes(name), name);
    const { file_descriptor_proto: files } = (await ask({ file_containing_symbol: 'livestream.testing.v1.Echo.Say' })).file_descriptor_response;
    // The package reads what the server says of itself, and calls by that.
    const { default: loader } = await import('@grpc/proto-loader');
    const set = Buffer.concat(files.flatMap(file => [Buffer.from([0x0a]), varint(file.length), file]));
    const learned = grpc.loadPackageDefinition(loader.loadFileDescriptorSetFromBuffer(set)).livestream.testing.v1.Echo;
    assert.equal((await call(new learned(address, insecure), 'Say', { text: 'learned' }, metadata)).text, 'learned');
    assert.equal((await ask({ file_by_filename: 'nothing.proto' })).error_response.error_code, status.NOT_FOUND);
    const over = collect(stream);
    stream.end();
    assert.equal((await over).error, null);
    const { error } = await collect(reflection.ServerReflectionInfo(new grpc.Metadata()).on('data', () => {}));
    assert.equal(error.code, status.UNAUTHENTICATED);
    reflection.close();
  },
};

function varint(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

const failed = [];
for (const [name, check] of Object.entries(checks)) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('it did not end within 20 s')), 20_000); });
  await Promise.race([check(), late]).catch(error => failed.push(`${name}: ${error.message}`));
  clearTimeout(timer);
}
echo.close();
console.log(JSON.stringify({ passed: Object.keys(checks).length - failed.length, failed }));
process.exit(0);
