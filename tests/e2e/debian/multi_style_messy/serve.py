import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        words = [
            os.environ["Greeting"],
            os.environ["Name"],
            os.environ["Legacy"],
            Path("page one.txt").read_text().strip(),
            Path("form.txt").read_text().strip(),
            Path("archive/old.txt").read_text().strip(),
        ]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" | ".join(words).encode())


HTTPServer(("", 8000), Handler).serve_forever()
