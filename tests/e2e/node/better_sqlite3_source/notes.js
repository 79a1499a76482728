const http = require('http');
const Database = require('better-sqlite3');

const db = new Database('/tmp/notes.db');
db.exec('create table if not exists notes (text text)');

http
  .createServer((request, response) => {
    db.prepare('insert into notes values (?)').run(request.url);
    response.end(`${db.prepare('select count(*) as n from notes').get().n} notes`);
  })
  .listen(3000);
