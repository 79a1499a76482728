const fs = require("fs");

if (!require("isarray")([])) throw new Error("no development dependencies");
fs.mkdirSync("dist", { recursive: true });
fs.copyFileSync("src/server.js", "dist/server.js");
