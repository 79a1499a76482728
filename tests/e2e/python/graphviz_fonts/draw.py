import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer

import graphviz


def route():
    graph = graphviz.Digraph(node_attr={"fontname": "DejaVu Sans"})
    graph.edge("harbour", "open sea")
    return graph


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/font":
            done = subprocess.run(["dot", "-v", "-Tpng"], input=route().source.encode(), capture_output=True, check=True)
            body = b"\n".join(line for line in done.stderr.split(b"\n") if b"resolved" in line)
        elif self.path == "/route.png":
            body = route().pipe(format="png")
        else:
            body = route().pipe(format="svg")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("", 8000), Handler).serve_forever()
