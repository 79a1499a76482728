"""Tells the type of what is sent to it. python-magic finds libmagic with ctypes.util.find_library."""

from http.server import BaseHTTPRequestHandler, HTTPServer

import magic


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(magic.from_buffer(data, mime=True).encode())


HTTPServer(("", 8000), Handler).serve_forever()
