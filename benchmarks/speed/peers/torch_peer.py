"""PyTorch, one thread, behind the protocol of ../lib/protocol.ts: python3 peers/torch_peer.py"""
import base64
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
trainers = {}


def network(setup):
    if setup["sizes"] is None:
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(1568, 10),
        )
    layers = []
    sizes = setup["sizes"]
    for i in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def fill(net, setup):
    """Ours are [in, out] and [height, width, in, out]; rows of the last layer of images come in another order."""
    flat = torch.frombuffer(bytearray(base64.b64decode(setup["params"])), dtype=torch.float32)
    at = 0
    with torch.no_grad():
        for part, target in zip(setup["layout"], net.parameters()):
            size = target.numel()
            values = flat[at:at + size].reshape(part["shape"])
            at += size
            if values.dim() == 4:
                values = values.permute(3, 2, 0, 1)
            elif values.dim() == 2:
                if setup["sizes"] is None:
                    values = values.reshape(7, 7, 32, 10).permute(2, 0, 1, 3).reshape(1568, 10)
                values = values.t()
            target.copy_(values)


class Trainer:
    def __init__(self, setup):
        torch.manual_seed(1)
        self.net = network(setup)
        fill(self.net, setup)
        self.images = setup["sizes"] is None
        table = torch.frombuffer(bytearray(base64.b64decode(setup["pixels"])), dtype=torch.uint8)
        self.table = table.reshape(-1, setup["inputs"]).float() / 255
        adam = setup["optimiser"] == "adam"
        kind = torch.optim.Adam if adam else torch.optim.SGD
        self.optimiser = kind(self.net.parameters(), lr=setup["rate"])
        self.criterion = nn.CrossEntropyLoss()

    def ready(self, slots, labels):
        x = self.table[torch.tensor(slots)]
        return (x.reshape(-1, 1, 28, 28) if self.images else x), torch.tensor(labels)

    def step(self, x, y):
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.criterion(self.net(x), y)
        loss.backward()
        self.optimiser.step()
        return loss


for line in sys.stdin:
    asked = json.loads(line)
    if "setup" in asked:
        trainers[asked["setup"]] = Trainer(asked)
        answer = {"differs": "", "version": "PyTorch " + torch.__version__}
    else:
        trainer = trainers[asked["work"]]
        inputs = [trainer.ready(s, l) for s, l in zip(asked["slots"], asked["labels"])]
        start = time.perf_counter()
        for x, y in inputs:
            loss = trainer.step(x, y)
        answer = {"milliseconds": (time.perf_counter() - start) * 1000 / len(inputs), "loss": loss.item()}
    print(json.dumps(answer), flush=True)
