const app = require("express")();

app.get("/", (request, response) => response.send("lit"));
app.listen(process.env.PORT || 3000);
