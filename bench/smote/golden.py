"""Writes test/golden/smote.json: what imbalanced-learn's SMOTE and SMOTENC do with given draws.

pip install imbalanced-learn==0.14.2; python bench/smote/golden.py > test/golden/smote.json
"""
import json

import imblearn
import numpy as np
from imblearn.over_sampling import SMOTE, SMOTENC
from sklearn.utils import check_random_state

MINORITY, MAJORITY, WIDTH, NEIGHBOURS, SEED = 40, 90, 4, 5, 11
random = np.random.RandomState(7)
dense = np.round(random.normal(size=(MINORITY + MAJORITY, WIDTH)) * [1, 2, 0.5, 3], 3)
ids = np.column_stack([random.randint(0, 3, MINORITY + MAJORITY), random.randint(0, 2, MINORITY + MAJORITY)])
labels = np.array([1] * MINORITY + [0] * MAJORITY)


def draws(neighbours):
    """The draws of BaseSMOTE._make_samples, which starts from the same seed."""
    state = check_random_state(SEED)
    places = state.randint(low=0, high=MINORITY * neighbours, size=MAJORITY - MINORITY)
    return places // neighbours, places % neighbours, state.uniform(size=MAJORITY - MINORITY)


def case(sampler, rows):
    made, _ = sampler.fit_resample(rows, labels)
    base, place, gap = draws(NEIGHBOURS)
    # The sampler's own search, fitted on the minority in the space that it measures in.
    near = sampler.nn_k_.kneighbors(sampler.nn_k_._fit_X, return_distance=False)[:, 1:]
    new = np.asarray(made[MINORITY + MAJORITY:], dtype=float)
    return {"neighbours": near.tolist(), "base": base.tolist(), "place": place.tolist(), "gap": gap.tolist(),
            "dense": new[:, :WIDTH].tolist(), "ids": new[:, WIDTH:].astype(int).tolist()}


print(json.dumps({
    "library": f"imbalanced-learn {imblearn.__version__}",
    "width": WIDTH,
    "dense": dense[:MINORITY].tolist(),
    "ids": ids[:MINORITY].tolist(),
    "smote": case(SMOTE(random_state=SEED, k_neighbors=NEIGHBOURS), dense),
    "smote-nc": case(SMOTENC(categorical_features=[WIDTH, WIDTH + 1], random_state=SEED, k_neighbors=NEIGHBOURS), np.column_stack([dense, ids])),
}))
