# SPDX-License-Identifier: Apache-2.0
"""Continuous batching, for model.py: what its modes do between two iterations."""

import math
from collections import deque


def rnd(x):
    return math.floor(x + 0.5)


class ContinuousMode:
    """Section 8: what both kinds of steps have in common."""

    def __init__(self, model):
        self.model, self.config = model, model.config
        self.wait = deque()
        self.run = [[] for _ in range(self.config['num_gpus'])]

    def arrived(self, r):
        self.wait.append(r)

    def arrived_all(self):
        pass

    def scaled(self):
        pass

    def dispatch(self, now, free, ends):
        for g in free:
            duration = self.begin(g, now)
            if duration is not None:
                self.model.count(self.run[g], duration)
                ends[g] = now + duration


class TokenMode(ContinuousMode):
    """Section 8.1."""

    def begin(self, g, now):
        run = self.run[g]
        was_empty = not run
        while self.wait and len(run) < self.model.most():
            r = self.wait[0]
            reserved = sum(x.p + x.q for x in run)
            if run and reserved + r.p + r.q > self.model.eta:
                break
            run.append(self.wait.popleft())
            r.start, r.gpu, r.left = now, g, r.p + r.o
        if not run:
            return None
        duration = self.model.step_time(len(run))
        if was_empty:
            duration += rnd(self.model.latency['alpha'] * 1e9)
        return duration

    def completed(self, g, now):
        for r in list(self.run[g]):
            r.left -= 1
            if r.left == r.o - 1:
                r.first = now
            if r.left == 0:
                r.completion = now
                self.run[g].remove(r)


class ChunkedMode(ContinuousMode):
    """Section 8.2."""

    def __init__(self, model):
        super().__init__(model)
        self.step = model.step_config
        self.paged = self.step['kv'] == 'paged'
        self.used = [0] * self.config['num_gpus']
        self.scheduled = {}

    def blk(self, x):
        return -(-x // self.step['block'])

    def arrived(self, r):
        r.pre, r.ctx, r.gen, r.resv = r.p, 0, 0, 0
        super().arrived(r)

    def continue_run(self, g, budget, scheduled):
        """Step 1. The budget that is left, and whether somebody was evicted."""
        run, cap, evicted = self.run[g], self.model.eta // self.step['block'], False
        at = 0
        while at < len(run) and budget > 0:
            r = run[at]
            c = min(r.pre - r.ctx, budget) if r.ctx < r.pre else 1
            if self.paged:
                gone = False
                while len(run) > 1 and self.used[g] - r.resv + self.blk(r.ctx + c) > cap:
                    v = run.pop()
                    self.used[g] -= v.resv
                    v.pre, v.ctx, v.resv = v.p + v.gen, 0, 0
                    self.wait.appendleft(v)
                    self.model.evictions += 1
                    evicted = True
                    if v is r:
                        gone = True
                        break
                if gone:
                    break
                self.used[g] += self.blk(r.ctx + c) - r.resv
                r.resv = self.blk(r.ctx + c)
            scheduled.append((r, c))
            budget -= c
            at += 1
        return budget, evicted

    def admit(self, g, now, budget, scheduled):
        """Step 2."""
        run = self.run[g]
        cap = self.model.eta // self.step['block'] if self.paged else self.model.eta
        while self.wait and budget > 0 and len(run) < self.model.most():
            r = self.wait[0]
            c = min(r.pre, budget)
            need = self.blk(c) if self.paged else r.p + r.q
            if run and self.used[g] + need > cap:
                return
            run.append(self.wait.popleft())
            r.resv = need
            self.used[g] += need
            if r.start is None:
                r.start, r.gpu = now, g
            scheduled.append((r, c))
            budget -= c

    def begin(self, g, now):
        scheduled = []
        budget, evicted = self.continue_run(g, self.step['token_budget'], scheduled)
        if not evicted:
            self.admit(g, now, budget, scheduled)
        if not scheduled:
            return None
        self.scheduled[g] = scheduled
        n = sum(c for _, c in scheduled)
        kv = sum(r.ctx for r, _ in scheduled if r.ctx >= r.pre)
        it = self.step
        return max(1, rnd((it['c0'] + max(it['w'], it['c_tok'] * n) + it['c_kv'] * kv) * 1e9))

    def completed(self, g, now):
        for r, c in self.scheduled.pop(g):
            r.ctx += c
            if r.ctx >= r.pre:
                r.gen += 1
                if r.gen == 1:
                    r.first = now
                if r.gen == r.o:
                    r.completion = now
                    self.used[g] -= r.resv
                    self.run[g].remove(r)
