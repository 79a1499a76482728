require('fs').writeFileSync('made.json', '{}');
