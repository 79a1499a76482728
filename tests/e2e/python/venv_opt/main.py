import sys

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="manifest")


class Crate(BaseModel):
    name: str
    weight: float


@app.get("/")
def index() -> dict[str, str]:
    return {"prefix": sys.prefix, "base": sys.base_prefix}


@app.post("/crates")
def weigh(crates: list[Crate]) -> dict[str, float]:
    return {"weight": sum(crate.weight for crate in crates)}
