require('http').createServer((_, r) => r.end('honk')).listen(8000);
