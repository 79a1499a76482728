import ssl
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        legacy = bool(ssl.create_default_context().options & 4)  # SSL_OP_LEGACY_SERVER_CONNECT
        hosts = open("/opt/hosts.extra").read().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"legacy servers {legacy}, {hosts}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
