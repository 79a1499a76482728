const fs = require('fs');
const http = require('http');
const path = require('path');

http
  .createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : path.normalize(request.url);
    fs.readFile(path.join(__dirname, 'public', name), (error, body) => {
      response.writeHead(error ? 404 : 200);
      response.end(error ? 'not found' : body);
    });
  })
  .listen(5173, () => console.log(`uid ${process.getuid()}`));
