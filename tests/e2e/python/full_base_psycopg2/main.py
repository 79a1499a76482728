from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg2
from psycopg2 import extensions


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"psycopg2 {psycopg2.__version__.split()[0]}, libpq {extensions.libpq_version() // 10000}".encode())


HTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
