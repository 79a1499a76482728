from http.server import BaseHTTPRequestHandler, HTTPServer

from lxml import etree

ITEMS = etree.parse("items.xml")
STYLE = etree.XSLT(etree.parse("page.xsl"))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(bytes(STYLE(ITEMS)))


HTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
