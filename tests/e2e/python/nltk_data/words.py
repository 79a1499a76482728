from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from nltk.corpus import stopwords
from nltk.stem import PorterStemmer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = parse_qs(urlsplit(self.path).query).get("text", [""])[0]
        stop = set(stopwords.words("english"))
        words = [PorterStemmer().stem(word) for word in text.split() if word not in stop]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join(words).encode())


HTTPServer(("", 8000), Handler).serve_forever()
