import lzma
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        words = lzma.open(sys.argv[1], "rt").read().split()
        shell = Path("/proc/1/comm").read_text().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{','.join(words)} pid1={shell}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
