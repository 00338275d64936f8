import path from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const options = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true };
const load = file => grpc.loadPackageDefinition(loader.loadSync(path.join(root, file), options));

export const { Echo } = load('tests/unit/LiveStream.Rpc.Tests/Protos/echo.proto').livestream.testing.v1;
export const { Health } = load('tests/interop/grpc/health.proto').grpc.health.v1;
export const { ServerReflection } = load('tests/interop/grpc/reflection.proto').grpc.reflection.v1;

/** Metadata with a token. */
export function withToken(token) {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** The reply of a unary call. */
export const call = (client, method, message, metadata, options = {}) => new Promise((resolve, reject) =>
  client[method](message, metadata, options, (error, reply) => error ? reject(error) : resolve(reply)));

/** Everything that a stream brings, and the error that ended it. */
export const collect = stream => new Promise(resolve => {
  const messages = [];
  stream.on('data', message => messages.push(message));
  stream.on('error', error => resolve({ messages, error }));
  stream.on('end', () => resolve({ messages, error: null }));
});
