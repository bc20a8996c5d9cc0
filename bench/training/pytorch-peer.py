"""The same network, loss, optimiser, averaging and rows in PyTorch eager, one thread. Reads "epoch" lines, answers each with CPU milliseconds and the loss."""
import json
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

folder = sys.argv[1]
case = json.load(open(f"{folder}/case.json"))
torch.set_num_threads(1)
torch.manual_seed(1)
torch.set_flush_denormal(True)


def load(name, kind, width):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", dtype=kind).reshape(-1, width))


dense = load("dense", numpy.float32, case["width"])
ids = load("ids", numpy.int32, len(case["embeddings"])).long()
observed = load("observed", numpy.float32, 1)
targets = load("targets", numpy.float32, 1)


class DelayNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(e["categories"] + 1, e["dimensions"]) for e in case["embeddings"])
        width = case["width"] + sum(e["dimensions"] for e in case["embeddings"])
        self.layers = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(width, 128), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(64, 2)
        )

    def forward(self, x, categories, delay):
        vectors = [table(categories[:, index]) for index, table in enumerate(self.tables)]
        output = self.layers(torch.cat([x, *vectors], 1))
        location = delay + 10 * output[:, :1] - 6
        scale = 1 + 3 * functional.softplus(output[:, 1:] + 2)
        return (location - 14.5) / scale


net = DelayNet()
decayed = [module.weight for module in net.layers if isinstance(module, nn.Linear)]
others = [p for p in net.parameters() if not any(p is d for d in decayed)]
groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=case["learningRate"], fused=True)
parameters = list(net.parameters())
average = [p.detach().clone() for p in parameters]
step = 0


def epoch():
    global step
    order = torch.randperm(len(dense))
    total = 0.0
    for rows in order.split(case["batchSize"]):
        logits = net(dense[rows], ids[rows], observed[rows])
        loss = functional.binary_cross_entropy_with_logits(logits, targets[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        decay = min(0.995, (step + 1) / (step + 10))
        step += 1
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 1 - decay)
        total += loss.detach() * len(rows)
    return float(total) / len(dense)


for line in sys.stdin:
    before = time.process_time()
    loss = epoch()
    print(json.dumps({"cpu": 1000 * (time.process_time() - before), "loss": loss, "torch": torch.__version__}), flush=True)
