import { createServer } from 'node:http';
import { nextHighWater } from './tides';

const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ next: nextHighWater('2024-07-01T00:00:00Z') }));
});

server.listen(3000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
