const http = require('http');
const { squeeze } = require('bindings')('squeeze');

http
  .createServer((request, response) => {
    const size = squeeze(Buffer.alloc(100000, 'sea '));
    response.end(size > 0 && size < 200 ? 'squeezed' : `broken: ${size}`);
  })
  .listen(4000);
