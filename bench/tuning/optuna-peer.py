"""Optuna's sampler behind a pipe: it says what to try, the other side answers with the loss, one JSON line each."""
import json
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def distribution(parameter):
    if parameter["type"] == "float":
        return optuna.distributions.FloatDistribution(parameter["low"], parameter["high"], log=parameter["log"])
    if parameter["type"] == "integer":
        return optuna.distributions.IntDistribution(parameter["low"], parameter["high"], log=parameter["log"])
    return optuna.distributions.CategoricalDistribution(parameter["choices"])


def run(request):
    space = {name: distribution(parameter) for name, parameter in request["space"].items()}
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=request["seed"]))
    for _ in range(request["trials"]):
        trial = study.ask(space)
        print(json.dumps(trial.params), flush=True)
        study.tell(trial, json.loads(sys.stdin.readline()))


while line := sys.stdin.readline():
    run(json.loads(line))
