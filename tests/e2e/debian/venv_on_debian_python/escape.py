import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import markupsafe
import markupsafe._speedups


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{sys.base_prefix} {sys.prefix} {markupsafe.escape('<')}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
