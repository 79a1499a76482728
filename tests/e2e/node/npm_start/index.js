const http = require('http');
const ms = require('ms');

http
  .createServer((request, response) => {
    response.end(`${process.env.npm_package_name} ${process.env.npm_lifecycle_event} ${process.env.NODE_ENV} ${ms('2h')}`);
  })
  .listen(3000);
