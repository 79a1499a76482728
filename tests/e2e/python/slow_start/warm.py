"""Reads its tables for five seconds before it listens."""

import time
from http.server import BaseHTTPRequestHandler, HTTPServer

print("warming up", flush=True)
time.sleep(5)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"warm")


print("listening", flush=True)
HTTPServer(("", 8000), Handler).serve_forever()
