import ssl
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        hosts = open("/opt/hosts.extra").read().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"security level {context.security_level}, {hosts}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
