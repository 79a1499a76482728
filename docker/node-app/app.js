'use strict';

const express = require('express');

const app = express();
const ports = { 1: 'Lisbon', 2: 'Porto', 3: 'Faro' };

app.get('/', (request, response) => {
  response.json({ service: 'node-app', message: 'hello' });
});

app.get('/health', (request, response) => {
  response.json({ status: 'ok' });
});

app.get('/ports/:id', (request, response) => {
  const name = ports[request.params.id];
  if (!name) {
    response.status(404).json({ error: `no port ${request.params.id}` });
    return;
  }
  response.json({ id: Number(request.params.id), name });
});

app.get('/digest', (request, response) => {
  // Required when first asked for.
  const { createHash } = require('node:crypto');
  response.json({ sha256: createHash('sha256').update('node-app').digest('hex') });
});

const server = app.listen(process.env.PORT || 3000, () => {
  console.log(`listening on ${server.address().port}`);
});

// As the first process of a container, Node.js gets no default handling of SIGTERM.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
