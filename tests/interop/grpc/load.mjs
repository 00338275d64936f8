// Makes calls as fast as it can: node load.mjs HOST:PORT TOKEN SECONDS. Prints one line of JSON.
import grpc from '@grpc/grpc-js';
import { Echo, call, withToken } from './echo.mjs';

const [address, token, seconds] = process.argv.slice(2);
const inFlight = 64, streamed = 20_000;
const echo = new Echo(address, grpc.credentials.createInsecure());
const metadata = withToken(token);
const message = { text: 'the quick brown fox jumps over the lazy dog' };
const now = () => Number(process.hrtime.bigint()) / 1e9;

async function callFor(time, callers) {
  const times = [], end = now() + time;
  await Promise.all(Array.from({ length: callers }, async () => {
    while (now() < end) {
      const began = now();
      await call(echo, 'Say', message, metadata);
      times.push(now() - began);
    }
  }));
  return times.sort((a, b) => a - b);
}

async function stream() {
  const began = now();
  let seen = 0;
  for await (const _ of echo.Repeat({ ...message, count: streamed }, metadata)) seen++;
  return seen / (now() - began);
}

await callFor(2, inFlight);
await stream();
const many = await callFor(Number(seconds), inFlight);
const single = await callFor(Number(seconds) / 2, 1);
const percentile = (times, p) => times[Math.min(times.length - 1, Math.ceil(times.length * p) - 1)] * 1e3;
console.log(JSON.stringify({
  calls_per_second: many.length / Number(seconds), p99_busy_ms: percentile(many, 0.99),
  p50_ms: percentile(single, 0.5), p99_ms: percentile(single, 0.99), streamed_per_second: await stream(),
}));
process.exit(0);
