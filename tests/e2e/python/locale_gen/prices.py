import locale
from http.server import BaseHTTPRequestHandler, HTTPServer

locale.setlocale(locale.LC_ALL, "")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        german = locale.currency(1234567.89, grouping=True)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"{german} {locale.getlocale()[0]}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
