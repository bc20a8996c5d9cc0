"""What a person sees who uses MLflow's own Python client: prints it as JSON. Usage: see-as-client.py <tracking uri> <model>"""

import json
import os
import sys
import tempfile

import mlflow
from mlflow import MlflowClient

uri, model = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = MlflowClient()

seen = {"aliases": client.get_registered_model(model).aliases, "versions": [], "runs": []}
for version in sorted(client.search_model_versions(f"name='{model}'"), key=lambda version: int(version.version)):
    run = client.get_run(version.run_id)
    seen["versions"].append(
        {
            "number": int(version.version),
            "version": version.tags["taxiway.version"],
            "status": version.tags["taxiway.status"],
            "quarantined": version.tags.get("taxiway.quarantined"),
            "description": version.description,
            "run": run.info.run_name,
            "commit": run.data.tags["mlflow.source.git.commit"],
            "accuracy": run.data.metrics["accuracy"],
            "low": run.data.metrics["accuracy.low"],
            "high": run.data.metrics["accuracy.high"],
            "seed": run.data.params["seed"],
            "parameters": len(run.data.params),
            "dataset": run.inputs.dataset_inputs[0].dataset.digest,
            "files": sorted(file.path for file in client.list_artifacts(version.run_id)),
        }
    )
experiment = client.get_experiment_by_name(model)
seen["runs"] = len(client.search_runs([experiment.experiment_id]))
# The way a person takes the champion's model: by alias, then download.
champion = client.get_model_version_by_alias(model, "champion")
with tempfile.TemporaryDirectory() as folder:
    path = mlflow.artifacts.download_artifacts(run_id=champion.run_id, artifact_path="model.onnx", dst_path=folder)
    seen["champion"] = {"version": champion.tags["taxiway.version"], "bytes": os.path.getsize(path)}
best = client.search_runs([experiment.experiment_id], "metrics.`accuracy.low` > 0.5", order_by=["metrics.accuracy DESC"])
seen["best"] = best[0].info.run_name
print(json.dumps(seen))
