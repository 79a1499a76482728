const http = require('http');
const { ship } = require('@fleet/names');

http.createServer((request, response) => response.end(ship(request.url))).listen(8000);
