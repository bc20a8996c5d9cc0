"""FastAPI + ONNX Runtime as its documentation advises for speed: a typed row, an async route, orjson for the answer; uvicorn with uvloop and httptools."""
from fastapi import FastAPI, Response
from onnx_model import CASE, NUMBERS, STRINGS, feeds, open_session
import orjson
from pydantic import create_model

numbers = {name: (float | None, ...) for name in NUMBERS}
strings = {name: (str | None, ...) for name in STRINGS}
labels = {name: (str | float, ...) for name in CASE["labels"]}
Row = create_model("Row", **labels, **strings, **numbers)
app = FastAPI()
session = open_session()
KEY = CASE["key"]
THRESHOLD = 0.5


@app.get("/health/ready")
async def ready():
    return {"status": "ready"}


@app.post("/predict")
async def predict(row: Row):
    values = row.__dict__
    given = feeds([[values[name] for name in NUMBERS]], [[values[name] or "" for name in STRINGS]])
    probability = float(session.run(["probability"], given)[0][0, 0])
    answer = {name: values[name] for name in KEY}
    answer.update(probability=probability, threshold=THRESHOLD, decision=int(probability >= THRESHOLD))
    return Response(orjson.dumps({"model": {"name": "flight-delay", "version": "1"}, "predictions": [answer]}), media_type="application/json")
