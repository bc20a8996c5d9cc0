"""LightGBM on the rows of the bench. Fits every entry of the grid, chooses by the calibration rows' log-loss, and scores the test rows with the chosen one alone."""
import json
import sys

import lightgbm
import numpy

folder = sys.argv[1]
case = json.load(open(f"{folder}/case.json"))
columns = case["columns"]


def part(name):
    return numpy.fromfile(f"{folder}/{name}.bin", dtype=numpy.float64).reshape(len(columns), -1).T


def labels(name):
    return numpy.fromfile(f"{folder}/{name}-labels.bin", dtype=numpy.float64)


def log_loss(truth, scores):
    scores = numpy.clip(scores, 1e-15, 1 - 1e-15)
    return float(-numpy.mean(truth * numpy.log(scores) + (1 - truth) * numpy.log(1 - scores)))


fit, calibrate, test = part("fit"), part("calibrate"), part("test")
fit_labels, calibrate_labels = labels("fit"), labels("calibrate")
for name, chosen in case["sets"].items():
    at = [columns.index(column) for column in chosen]
    categories = [place for place, column in enumerate(chosen) if column in case["categories"]]
    best = None
    for entry in case["grid"]:
        parameters = {"objective": "binary", "verbose": -1, "num_threads": 2, "deterministic": True, "force_row_wise": True, "seed": 2013, "bagging_freq": 1, **entry}
        train = lightgbm.Dataset(fit[:, at], fit_labels, categorical_feature=categories)
        model = lightgbm.train(
            parameters, train, 1500, valid_sets=[lightgbm.Dataset(calibrate[:, at], calibrate_labels, reference=train)], callbacks=[lightgbm.early_stopping(50, verbose=False)]
        )
        scores = model.predict(calibrate[:, at])
        loss = log_loss(calibrate_labels, scores)
        if best is None or loss < best[0]:
            best = (loss, model, scores, entry)
    loss, model, scores, entry = best
    scores.tofile(f"{folder}/{name}-calibrate-scores.bin")
    if case["test"]:
        model.predict(test[:, at]).tofile(f"{folder}/{name}-test-scores.bin")
    print(json.dumps({"name": name, "logLoss": loss, "trees": model.best_iteration, "parameters": entry}), flush=True)
