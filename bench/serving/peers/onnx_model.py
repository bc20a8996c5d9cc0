"""The model as every peer holds it: ONNX Runtime with one thread, as on one core. Columns come from the case that the benchmark wrote."""
import json
import os

import numpy
import onnxruntime

with open(os.environ["BENCH_CASE"], encoding="utf-8") as file:
    CASE = json.load(file)
NUMBERS = CASE["numbers"]
STRINGS = CASE["strings"]


def open_session():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(CASE["path"], options, providers=["CPUExecutionProvider"])


def feeds(numbers, strings):
    """Rows of numbers (None is a missing one) and rows of strings, as the model takes them."""
    given = {}
    if NUMBERS:
        given["num"] = numpy.array(numbers, dtype=numpy.float32)
    if STRINGS:
        given["cat"] = numpy.array(strings, dtype=object)
    return given
