from http.server import BaseHTTPRequestHandler, HTTPServer

from vault.sodium import digest


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(digest(self.path.encode()).encode())


if __name__ == "__main__":
    HTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
