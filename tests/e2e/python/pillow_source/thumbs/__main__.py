import io
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image, features


def thumbnail(kind):
    image = Image.radial_gradient("L").convert("RGB")
    image.thumbnail((64, 64))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/features":
            found = [name for name in ("jpg", "zlib") if features.check(name)]
            return self.answer("text/plain", " ".join(found).encode())
        kind = "PNG" if self.path.endswith(".png") else "JPEG"
        self.answer(f"image/{kind.lower()}", thumbnail(kind))

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", 8080), Handler).serve_forever()
