"""BentoML with one worker and without tracing: rows as lists, the lightest that its validation takes."""
from __future__ import annotations

import bentoml
from onnx_model import feeds, open_session


@bentoml.service(workers=1, traffic={"timeout": 60}, metrics={"enabled": True})
class OnnxService:
    def __init__(self) -> None:
        self.session = open_session()

    @bentoml.api
    async def predict(self, numbers: list[list[float | None]], strings: list[list[str]]) -> list[float]:
        return self.session.run(["probability"], feeds(numbers, strings))[0][:, 0].tolist()
