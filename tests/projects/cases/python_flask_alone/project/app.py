from flask import Flask

app = Flask(__name__)


@app.get("/")
def root():
    return "lit"


if __name__ == "__main__":
    app.run(debug=True, port=5050)
