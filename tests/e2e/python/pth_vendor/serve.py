#!/usr/bin/env python3
from http.server import BaseHTTPRequestHandler, HTTPServer

from knots import KNOTS


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(", ".join(KNOTS).encode())


HTTPServer(("", 8000), Handler).serve_forever()
