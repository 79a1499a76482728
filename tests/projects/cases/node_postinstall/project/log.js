require('./made.json');
