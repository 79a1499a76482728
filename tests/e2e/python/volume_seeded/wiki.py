import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

PAGES = Path("/data/pages")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        page = PAGES / f"{os.path.basename(self.path) or 'start'}.txt"
        found = page.exists()
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(page.read_bytes() if found else b"no such page")

    def do_POST(self):
        page = PAGES / f"{os.path.basename(self.path)}.txt"
        page.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.end_headers()


HTTPServer(("", 8080), Handler).serve_forever()
