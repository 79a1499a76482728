const ms = require("ms");

require("http")
  .createServer((request, response) => response.end(ms(60000) === "1m" ? "lit\n" : "dark\n"))
  .listen(process.env.PORT || 3000);
