"""Takes the libraries and the C headers out of a TensorFlow wheel: unpack-tensorflow.py <folder with the wheel> <deps folder of tfjs-node>"""
import glob
import os
import shutil
import sys
import zipfile

source, target = sys.argv[1:]
os.makedirs(f"{target}/lib", exist_ok=True)
with zipfile.ZipFile(glob.glob(f"{source}/*.whl")[0]) as wheel:
    for entry in wheel.infolist():
        name = entry.filename
        if name.startswith("tensorflow/libtensorflow_") and ".so." in name:
            path = f"{target}/lib/{os.path.basename(name)}"
        elif name.startswith(tuple(f"tensorflow/include/{part}/" for part in ("tensorflow/c", "tensorflow/core/platform", "xla", "tsl"))) and name.endswith(".h"):
            path = f"{target}/{name.removeprefix('tensorflow/')}"
        else:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with wheel.open(entry) as packed, open(path, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
