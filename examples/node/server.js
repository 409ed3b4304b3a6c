// An Express server behind the gate: who may call is decided before a request arrives here.
import express from 'express';

const app = express();
// The gate is the one proxy in front: with this, addresses that Express builds are those that callers use.
app.set('trust proxy', 1);
app.use((request, _, next) => {
  console.log(`${request.method} ${request.originalUrl} from ${request.ip}`);
  next();
});

app.get('/api/health', (_, response) => response.json({ status: 'ok' }));

app.get('/api/caller', (request, response) => {
  response.json({
    caller: request.get('X-Client-Cert-Caller') ?? null,
    sha256: request.get('X-Client-Cert-Sha256'),
    url: `${request.protocol}://${request.host}${request.originalUrl}`,
  });
});

app.post('/api/orders', express.json(), (request, response) => {
  response.status(201).json({ ...request.body, orderedBy: request.get('X-Client-Cert-Sha256') });
});

app.listen(process.env.PORT, '127.0.0.1');
