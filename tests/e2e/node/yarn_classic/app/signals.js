const http = require('http');
const colors = require('picocolors');

http
  .createServer((request, response) => response.end(colors.createColors(true).red('stop')))
  .listen(8000);
