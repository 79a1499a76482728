const express = require('express');

const app = express();
app.use(express.json());
app.get('/', (request, response) => response.send('Hello from the harbour'));
app.post('/weigh', (request, response) => response.json({ total: request.body.reduce((a, b) => a + b, 0) }));
app.listen(8080, '0.0.0.0', () => console.log('listening on 8080'));
