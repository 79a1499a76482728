const { spawn } = require('child_process');
const http = require('http');

http
  .createServer((request, response) => {
    const qr = spawn('qrencode', ['--type=SVG', '--output=-', decodeURIComponent(request.url.slice(1))]);
    qr.on('error', (error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
    response.setHeader('Content-Type', 'image/svg+xml');
    qr.stdout.pipe(response);
  })
  .listen(3000);
