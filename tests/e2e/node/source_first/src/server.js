const http = require('http');
const etag = require('etag');
const ms = require('ms');

http.createServer((request, response) => {
  const body = `high water in ${ms(ms('6h'), { long: true })}`;
  response.setHeader('ETag', etag(body));
  response.end(body);
}).listen(3000, '0.0.0.0');
