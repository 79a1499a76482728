from http.server import BaseHTTPRequestHandler, HTTPServer

import markdown


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        page = markdown.markdown("# Ahoy\n\n| a | b |\n|---|---|\n| 1 | 2 |", extensions=["tables"])
        self.wfile.write(page.encode())


if __name__ == "__main__":
    HTTPServer(("", 8000), Handler).serve_forever()
