"""The network of pytorch-peer.py on a graphics card, a whole step captured as a CUDA graph, all rows on the card.
First answers with the card's copy bandwidth; then reads "epoch" lines and answers each with wall milliseconds and the loss."""
import json
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

folder = sys.argv[1]
case = json.load(open(f"{folder}/case.json"))
batch = case["batchSize"]
device = torch.device("cuda")
torch.manual_seed(1)


def load(name, kind, width):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", dtype=kind).reshape(-1, width)).to(device)


dense = load("dense", numpy.float32, case["width"])
ids = load("ids", numpy.int32, len(case["embeddings"])).long()
observed = load("observed", numpy.float32, 1)
targets = load("targets", numpy.float32, 1)
steps = len(dense) // batch


class DelayNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(e["categories"] + 1, e["dimensions"]) for e in case["embeddings"])
        width = case["width"] + sum(e["dimensions"] for e in case["embeddings"])
        self.layers = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(width, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 2)
        )

    def forward(self, x, categories, delay):
        vectors = [table(categories[:, index]) for index, table in enumerate(self.tables)]
        output = self.layers(torch.cat([x, *vectors], 1))
        location = delay + 10 * output[:, :1] - 6
        scale = 1 + 3 * functional.softplus(output[:, 1:] + 2)
        return (location - 14.5) / scale


net = DelayNet().to(device)
decayed = [module.weight for module in net.layers if isinstance(module, nn.Linear)]
others = [p for p in net.parameters() if not any(p is d for d in decayed)]
groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=case["learningRate"], fused=True, capturable=True)
parameters = list(net.parameters())
average = [p.detach().clone() for p in parameters]
# What a captured step reads and writes stays where it is.
rows = torch.zeros(batch, dtype=torch.long, device=device)
total = torch.zeros((), device=device)


def step():
    optimizer.zero_grad(set_to_none=True)
    logits = net(dense[rows], ids[rows], observed[rows])
    loss = functional.binary_cross_entropy_with_logits(logits, targets[rows])
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        torch._foreach_lerp_(average, parameters, 0.005)
        total.add_(loss.detach())


def capture():
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    captured = torch.cuda.CUDAGraph()
    with torch.cuda.graph(captured):
        step()
    return captured


def bandwidth():
    """Bytes read and written in a second by a large copy, the best of five."""
    source = torch.empty(2**28, dtype=torch.float32, device=device)
    target = torch.empty_like(source)
    best = 0.0
    for _ in range(6):
        torch.cuda.synchronize()
        before = time.perf_counter()
        target.copy_(source)
        torch.cuda.synchronize()
        best = max(best, 2 * source.nbytes / (time.perf_counter() - before))
    return best


def epoch(graph):
    total.zero_()
    order = torch.randperm(len(dense), device=device)
    torch.cuda.synchronize()
    before = time.perf_counter()
    for index in range(steps):
        rows.copy_(order[index * batch : (index + 1) * batch])
        graph.replay()
    torch.cuda.synchronize()
    return {"milliseconds": 1000 * (time.perf_counter() - before), "loss": float(total) / steps}


print(json.dumps({"bandwidth": bandwidth(), "device": torch.cuda.get_device_name(), "torch": torch.__version__}), flush=True)
graph = capture()
for line in sys.stdin:
    print(json.dumps(epoch(graph)), flush=True)
