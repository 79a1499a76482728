const slugify = require('slugify');

exports.ship = (text) => slugify(`MS ${decodeURIComponent(text)}`, { lower: true });
