const { exec } = require('child_process');
const http = require('http');

http
  .createServer((request, response) => {
    const colour = /^\/[a-z]+$/.test(request.url) ? request.url.slice(1) : 'white';
    const options = `-size 8x8 xc:${colour}`;
    const command = `convert ${options} -compress none ppm:-`;
    exec(command, (error, stdout, stderr) => {
      response.statusCode = error ? 500 : 200;
      response.end(error ? stderr : stdout);
    });
  })
  .listen(3000);
