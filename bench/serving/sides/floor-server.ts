import Fastify from 'fastify';

/** The least that any HTTP service in Node does: Fastify parses the same request and answers an object of the same shape. */
const app = Fastify({ logger: false });
const model = { name: 'flight-delay', version: '1', digest: `sha256:${'0'.repeat(64)}` };
app.get('/health/ready', () => ({ status: 'ready' }));
app.post('/predict', (request, reply) => {
  const { id } = request.body as { readonly id?: string };
  return reply.send({ model, predictions: [{ id: id ?? 'row', probability: 0.5, threshold: 0.5, decision: 1 }] });
});
process.once('SIGTERM', () => process.exit(0));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
