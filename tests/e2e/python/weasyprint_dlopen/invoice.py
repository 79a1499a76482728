from http.server import BaseHTTPRequestHandler, HTTPServer

from weasyprint import HTML


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = HTML(string="<h1 style='font-family: DejaVu Sans'>Harbour dues</h1>").write_pdf(uncompressed_pdf=True)
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("", 8000), Handler).serve_forever()
