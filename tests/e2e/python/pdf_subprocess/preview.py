"""The first page of a PDF as a PNG. Nothing here names pdftoppm: pdf2image calls it."""

import io
from http.server import BaseHTTPRequestHandler, HTTPServer

from pdf2image import convert_from_bytes, pdfinfo_from_bytes

PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]/Contents 4 0 R>>endobj\n"
    b"4 0 obj<</Length 26>>stream\n1 0 0 rg 10 10 80 40 re f \nendstream endobj\ntrailer<</Root 1 0 R>>\n"
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/info":
            body = f"pages={pdfinfo_from_bytes(PAGE)['Pages']}".encode()
        else:
            page = convert_from_bytes(PAGE, dpi=72)[0]
            red, green, blue = page.getpixel((50, 40))
            out = io.BytesIO()
            page.save(out, "PNG")
            body = f"size={page.size} red={red > 200 and green < 50} png={len(out.getvalue()) > 60}".encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("", 8000), Handler).serve_forever()
