"""MLServer has no runtime of its own for ONNX: this is the custom one its documentation describes."""
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse
import numpy
from onnx_model import feeds, open_session


class OnnxModel(MLModel):
    async def load(self) -> bool:
        self.session = open_session()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        numbers, strings = [], []
        for tensor in payload.inputs:
            if tensor.name == "num":
                numbers = NumpyCodec.decode_input(tensor)
            else:
                strings = numpy.reshape(StringCodec.decode_input(tensor), tensor.shape)
        probability = self.session.run(["probability"], feeds(numbers, strings))[0]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("probability", probability)])
