from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tabulate import tabulate


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        rows = [("token", Path("token.fingerprint").read_text().strip())]
        self.wfile.write(tabulate(rows, headers=("what", "fingerprint")).encode())


HTTPServer(("", 8000), Handler).serve_forever()
