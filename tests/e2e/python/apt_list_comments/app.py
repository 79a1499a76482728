import subprocess
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import yaml


def export():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cargo.yaml").write_text(yaml.dump({"rope": 3}, Dumper=yaml.CDumper))
        subprocess.run("zip -q cargo.zip cargo.yaml", shell=True, cwd=folder, check=True)
        return Path(folder, "cargo.zip").read_bytes()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = export()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"zip of " + body[30:40] + (b" by libyaml" if yaml.__with_libyaml__ else b""))


HTTPServer(("", 8000), Handler).serve_forever()
