import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root() -> dict[str, str]:
    return {"lamp": "lit"}


if __name__ == "__main__":
    uvicorn.run("main:app", host="0.0.0.0", port=9000)
