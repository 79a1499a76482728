import json
import sqlite3
from http.server import BaseHTTPRequestHandler, HTTPServer

DATABASE = sqlite3.connect("catalogue.db")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer([title for (title,) in DATABASE.execute("select title from charts order by id")])

    def do_POST(self):
        title = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with DATABASE:
            DATABASE.execute("insert into charts (title) values (?)", (title,))
        self.answer("stored")

    def answer(self, value):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())


HTTPServer(("", 8000), Handler).serve_forever()
