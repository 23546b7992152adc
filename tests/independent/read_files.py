"""Reads what Engram wrote with nothing but json and NumPy, by hand:

    engram export split-digits-class --only naive --to weights.safetensors
    engram export split-digits-class --only naive --to weights.npy
    python3 tests/independent/read_files.py weights.safetensors weights.npy

Prints every tensor, and whether the two files hold the same bits. For each it checks the rules of the format: a header that is padded to
8 bytes, tensors side by side, no byte left over.
"""
import hashlib
import json
import struct
import sys

import numpy as np


def safetensors(path):
    data = open(path, 'rb').read()
    (length,) = struct.unpack('<Q', data[:8])
    assert length % 8 == 0, length
    header = json.loads(data[8:8 + length])
    about = header.pop('__metadata__', {})
    body = data[8 + length:]
    end = 0
    out = {}
    for name, entry in header.items():
        start, stop = entry['data_offsets']
        assert start == end and entry['dtype'] == 'F32', (name, entry)
        out[name] = np.frombuffer(body[start:stop], '<f4').reshape(entry['shape'])
        end = stop
    assert end == len(body)
    return about, out


about, tensors = safetensors(sys.argv[1])
for key, value in about.items():
    print(f'{key}: {value}')
for name, values in tensors.items():
    print(f'{name} {list(values.shape)} from {values.min():.6g} to {values.max():.6g}')
flat = np.concatenate([values.reshape(-1) for values in tensors.values()])
assert hashlib.sha256(flat.astype('<f4').tobytes()).hexdigest() == about['sha256'], 'other bits than the digest names'
if len(sys.argv) > 2:
    vector = np.load(sys.argv[2])
    assert vector.dtype == np.float32 and vector.tobytes() == flat.tobytes(), 'the files differ'
    print(f'{sys.argv[2]}: the same {vector.size} numbers')
