# SPDX-License-Identifier: Apache-2.0
"""The rules of docs/batching.md as a slow, literal program.

It shares nothing with the simulator but the page, keeps to its order of words, and jumps over
nothing. model_test.py compares the two.
"""

import csv
import json
import math
from collections import deque

from model_iterations import ChunkedMode, TokenMode, rnd

DEFAULTS = {
    'num_gpus': 1, 'rps_scale': 1.0, 'd_sla_s': 1.0,
    'b_fixed': 8, 'b_min': 1, 'b_max': 128, 'kv_capacity_tokens': 262144,
    'mem_theta': 1.6448536269514722, 'k_bins': 4, 'bin_key': 'total', 'bin_boundaries': None,
    'bin_policy': 'round_robin',
}
LATENCY = {'kind': 'seed', 'alpha': 0.010, 'beta': 0.0002, 'gamma': 0.3}
CONTROL = {'target_s': 1.0, 'eps_s': 0.05, 'alpha': 4, 'delta': 4, 'window': 4, 'scope': 'per_bin'}


def clamp(x, low, high):
    return max(low, min(x, high))


class Request:
    def __init__(self, row):
        self.id = int(row['id'])
        self.arrival_us = int(row['arrival_us'])
        self.p = max(1, int(row['prompt_tokens']))
        self.o = max(1, int(row['output_tokens']))
        predicted = row.get('predicted_output_tokens') or row['output_tokens']
        self.q = max(1, int(predicted))
        self.start = self.completion = self.gpu = self.first = None


def read_requests(path, rps_scale):
    with open(path, encoding='utf-8', newline='') as file:
        requests = [Request(row) for row in csv.DictReader(file)]
    begin = min(r.arrival_us for r in requests)
    for r in requests:
        r.t = rnd((r.arrival_us - begin) * 1000.0 / rps_scale)
    return sorted(requests, key=lambda r: (r.t, r.id))


class Model:
    def __init__(self, requests, config, scales=()):
        self.scales, self.scale = list(scales), 1_000_000
        self.config = {**DEFAULTS, **config}
        self.latency = config.get('latency', {})
        if self.latency.get('kind', 'seed') == 'seed':
            self.latency = {**LATENCY, **self.latency}
        self.control = {**CONTROL, **config.get('ctl', {})}
        self.step_config = {'kind': 'token', 'block': 16, 'kv': 'reserve', **config.get('step', {})}
        self.requests = requests
        self.eta = self.config['kv_capacity_tokens']
        self.busy = self.batches = self.members = self.max_batch = self.overflow = 0
        self.padded = self.evictions = 0

    def batch_time(self, b, length):
        it = self.latency
        if it['kind'] == 'seed':
            seconds = it['alpha'] + it['beta'] * length * (1.0 + it['gamma'] * (b - 1) / b)
        else:
            seconds = it['alpha'] + length * (it['beta'] + it['beta_b'] * b)
        return max(1, rnd(seconds * 1e9))

    def step_time(self, b):
        it = self.latency
        if it['kind'] == 'seed':
            seconds = it['beta'] * (1.0 + it['gamma'] * (b - 1) / b)
        else:
            seconds = it['beta'] + it['beta_b'] * b
        return max(1, rnd(seconds * 1e9))

    def most(self):
        return max(self.config['b_min'], self.config['b_max'] * self.scale // 1_000_000)

    def fixed(self):
        b_fixed = self.config['b_fixed']
        return max(min(self.config['b_min'], b_fixed), b_fixed * self.scale // 1_000_000)

    def loop(self, policy):
        """Ends, then a scale, arrivals and starts, at each time at which something happens."""
        gpus = range(self.config['num_gpus'])
        ends = {}
        waiting = deque(self.requests)
        while any(r.completion is None for r in self.requests):
            pending = list(ends.values()) + ([waiting[0].t] if waiting else [])
            pending += [t for t, _ in self.scales[:1]]
            now = min(pending)
            for g in gpus:
                if ends.get(g) == now:
                    del ends[g]
                    policy.completed(g, now)
            if self.scales and self.scales[0][0] == now:
                self.scale = self.scales.pop(0)[1]
                policy.scaled()
            arrived = False
            while waiting and waiting[0].t == now:
                arrived = True
                policy.arrived(waiting.popleft())
            if arrived and not waiting:
                policy.arrived_all()
            policy.dispatch(now, [g for g in gpus if g not in ends], ends)

    def count(self, members, duration):
        self.busy += duration
        self.batches += 1
        self.members += len(members)
        self.max_batch = max(self.max_batch, len(members))
        self.overflow += sum(r.p + r.o for r in members) > self.eta

    def run(self):
        if self.config['mode'] != 'continuous':
            self.loop(BatchModes(self))
        elif self.step_config['kind'] == 'token':
            self.loop(TokenMode(self))
        else:
            self.loop(ChunkedMode(self))
        return self.figures()

    def figures(self):
        """Section 9, the whole numbers and the digest."""
        done = self.requests
        n = len(done)
        latencies = sorted(r.completion - r.t for r in done)

        def percentile(values, percent):
            return values[math.ceil(percent * n / 100) - 1]

        late = sum(x > rnd(self.config['d_sla_s'] * 1e9) for x in latencies)
        digest = 0xcbf29ce484222325
        for r in sorted(done, key=lambda r: r.id):
            for byte in f'{r.id} {r.start} {r.completion} {r.gpu}\n'.encode():
                digest = (digest ^ byte) * 0x100000001b3 % 2**64
        figures = {
            'n': n, 'makespan_ns': max(r.completion for r in done),
            'sum_latency_ns': sum(latencies), 'p50_ns': percentile(latencies, 50),
            'p95_ns': percentile(latencies, 95), 'p99_ns': percentile(latencies, 99),
            'max_ns': latencies[-1], 'sum_queue_ns': sum(r.start - r.t for r in done),
            'sla_violations': late, 'busy_ns': self.busy, 'batches': self.batches,
            'max_batch': self.max_batch, 'mem_overflow_batches': self.overflow,
            'digest': f'{digest:016x}'}
        if self.config['mode'] == 'continuous':
            first = sorted(r.first - r.t for r in done)
            figures.update(preemptions=self.evictions, ttft_p50_ns=percentile(first, 50),
                           ttft_p99_ns=percentile(first, 99))
        return figures


class Feedback:
    """Section 7.1 and 7.2."""

    def __init__(self, config, control):
        self.config, self.control = config, control
        self.n = self.s1 = self.s2 = 0
        self.low, self.high = config['b_min'], config['b_max']
        self.pairs = []

    def b_mem(self):
        if self.n == 0:
            return self.config['b_max']
        n, s1, s2 = self.n, self.s1, self.s2
        mu = s1 / n
        sg = math.sqrt((n * s2 - s1 * s1) / (float(n) * float(n)))
        st = sg * self.config['mem_theta']
        eta = self.config['kv_capacity_tokens']
        r = (math.sqrt(st * st + 4.0 * mu * eta) - st) / (2.0 * mu)
        return clamp(math.floor(r * r + 1e-9), self.config['b_min'], self.config['b_max'])

    def target(self):
        return min((self.low + self.high) // 2, self.b_mem())

    def completed(self, members, duration):
        for r in members:
            self.n += 1
            self.s1 += r.p + r.o
            self.s2 += (r.p + r.o) ** 2
        it = self.control
        b_min, b_max = self.config['b_min'], self.config['b_max']
        self.pairs = (self.pairs + [(duration, len(members))])[-it['window']:]
        tau = sum(t for t, _ in self.pairs) // len(self.pairs)
        bb = sum(b for _, b in self.pairs) // len(self.pairs)
        lo, hi = self.low, self.high
        target, slack = rnd(it['target_s'] * 1e9), rnd(it['eps_s'] * 1e9)
        if tau > target + slack:
            self.high = max(bb, lo + it['alpha'])
            self.low = max(lo - it['delta'], b_min)
        elif tau < target - slack:
            self.low = min(bb, hi - it['alpha'])
            self.high = min(hi + it['delta'], b_max)
        else:
            self.high = min(bb + it['alpha'] // 2, b_max)
            self.low = max(bb - it['alpha'] // 2, b_min)
        self.low = clamp(self.low, b_min, b_max)
        self.high = clamp(self.high, self.low, b_max)


class BatchModes:
    """Sections 5 to 7."""

    def __init__(self, model):
        self.model, self.config = model, model.config
        self.mode = self.config['mode']
        self.k = self.config['k_bins'] if self.mode.startswith('multi_bin') else 1
        self.bins = [deque() for _ in range(self.k)]
        self.formed = deque()
        self.rr = 0
        self.running = {}
        shared = model.control['scope'] == 'shared'
        one = Feedback(self.config, model.control)
        self.feedback = [one if shared else Feedback(self.config, model.control)
                         for _ in range(self.k)]
        self.boundaries = self.config['bin_boundaries']
        if self.boundaries is None:
            keys = sorted(self.key(r) for r in model.requests)
            self.boundaries = [keys[(i * len(keys)) // self.k] for i in range(1, self.k)]

    def key(self, r):
        return r.p + r.q if self.config['bin_key'] == 'total' else r.q

    def arrived(self, r):
        b = sum(bound <= self.key(r) for bound in self.boundaries) if self.k > 1 else 0
        self.bins[b].append(r)
        self.scaled()

    def scaled(self):
        """A bin that holds so many is full."""
        if self.mode == 'multi_bin_fixed':
            for b, requests in enumerate(self.bins):
                while len(requests) >= self.model.fixed():
                    self.formed.append((b, [requests.popleft()
                                            for _ in range(self.model.fixed())]))

    def arrived_all(self):
        if self.mode == 'multi_bin_fixed':
            for b, requests in enumerate(self.bins):
                if requests:
                    self.formed.append((b, list(requests)))
                    requests.clear()

    def pick_bin(self):
        full = [b for b in range(self.k) if self.bins[b]]
        if not full:
            return None
        policy = self.config['bin_policy']
        if policy == 'oldest':
            return min(full, key=lambda b: (self.bins[b][0].t, self.bins[b][0].id))
        if policy == 'longest':
            return max(full, key=lambda b: (len(self.bins[b]), -b))
        taken = min(full, key=lambda b: (b - self.rr) % self.k)
        self.rr = (taken + 1) % self.k
        return taken

    def form(self):
        if self.mode == 'multi_bin_fixed':
            if not self.formed:
                return None
            b, requests = self.formed.popleft()
            rest = requests[self.model.fixed():]
            if rest:
                self.formed.appendleft((b, rest))
            return b, requests[:self.model.fixed()]
        b = self.pick_bin() if self.mode == 'multi_bin_dynamic' else 0
        if b is None or not self.bins[b]:
            return None
        queue, batch = self.bins[b], []
        if self.mode == 'static_fifo':
            return b, [queue.popleft() for _ in range(min(self.model.fixed(), len(queue)))]
        kv, target = 0, min(self.feedback[b].target(), self.model.most())
        while queue and len(batch) < target:
            need = queue[0].p + queue[0].q
            if batch and kv + need > self.model.eta:
                break
            kv += need
            batch.append(queue.popleft())
        return b, batch

    def dispatch(self, now, free, ends):
        for g in free:
            formed = self.form()
            if formed is None:
                return
            b, batch = formed
            duration = self.model.batch_time(len(batch), max(r.p + r.o for r in batch))
            self.model.count(batch, duration)
            for r in batch:
                r.start, r.gpu = now, g
            self.running[g] = (b, batch, duration)
            ends[g] = now + duration

    def completed(self, g, now):
        b, batch, duration = self.running.pop(g)
        for r in batch:
            r.completion = now
        self.feedback[b].completed(batch, duration)


def figures_of(requests, config, scales=()):
    """What penstock-sim batching must print of these two files, the whole numbers of it."""
    with open(config, encoding='utf-8') as file:
        read = json.load(file)
    changes = [(rnd(float(seconds) * 1e9), math.floor(float(scale) * 1_000_000 + 0.5))
               for seconds, scale in scales]
    return Model(read_requests(requests, read.get('rps_scale', 1.0)), read, changes).run()
