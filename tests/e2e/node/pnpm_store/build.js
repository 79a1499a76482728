const fs = require('fs');
const { customAlphabet } = require('nanoid');

fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/build.json', JSON.stringify({ id: customAlphabet('01', 8)() }));
