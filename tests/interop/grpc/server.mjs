// Serves the echo service on a free port of loopback until its input ends: node server.mjs TOKEN. Prints the port, then a line
// for each call that was cancelled.
import grpc from '@grpc/grpc-js';
import { Echo } from './echo.mjs';

const [token] = process.argv.slice(2);
const { status } = grpc;
const refused = { code: status.UNAUTHENTICATED, details: 'another token' };
const allowed = call => call.metadata.get('authorization')[0] === `Bearer ${token}`;
const left = call => call.on('cancelled', () => console.log('left'));
let busy = 0;

const unary = handler => (call, reply) => allowed(call) ? handler(call, reply) : reply(refused);
const stream = handler => call => allowed(call) ? handler(call) : call.emit('error', refused);
const repeat = call => { for (let count = 0; count < call.request.count; count++) call.write({ ...call.request, count }); };

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(Echo.service, {
  Say: unary((call, reply) => reply(null, call.request.text === 'twice as much' ? { ballast: Buffer.alloc(8 * 1024 * 1024) } : call.request)),
  // Busy at every call but the third, counted over all.
  Ask: unary((call, reply) => ++busy % 3 ? reply({ code: status.UNAVAILABLE, details: 'not now' }) : reply(null, { ...call.request, count: busy })),
  Fail: unary((call, reply) => reply({ code: call.request.code, details: call.request.message })),
  Wait: unary(call => left(call)),
  Repeat: stream(call => { repeat(call); call.end(); }),
  RepeatAndWait: stream(call => { left(call); repeat(call); }),
  RepeatAndFail: stream(call => { repeat(call); call.emit('error', { code: status.ABORTED, details: '100 % genug: ü' }); }),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
