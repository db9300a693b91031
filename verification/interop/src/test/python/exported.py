"""What a user would write with an exported file, told what to do by ExportedPeersInteropTest."""

import sys

import stage

END = -1


def parcel(producer, sequence):
    wide = sequence * 0x9E3779B97F4A7C15 ^ producer
    # A field takes no more than 64 bits of it.
    check = (wide + (1 << 63)) % (1 << 64) - (1 << 63)
    return stage.Parcel(producer=producer, sequence=sequence, check=check)


def is_whole(found):
    return found.check == parcel(found.producer, found.sequence).check


class Findings:
    def __init__(self):
        self.last = {}
        self.received = self.disordered = self.damaged = 0

    def see(self, found):
        """False at the end of the traffic."""
        if not is_whole(found):
            self.damaged += 1
            return True
        if found.producer == END:
            return False
        self.received += 1
        if found.sequence <= self.last.get(found.producer, -1):
            self.disordered += 1
        self.last[found.producer] = found.sequence
        return True

    def __str__(self):
        return "%d %d %d" % (self.received, self.disordered, self.damaged)


class Program:
    def __init__(self):
        self.roles = {}

    def role(self, name, take):
        """Taken once, for good."""
        if name not in self.roles:
            self.roles[name] = take()
        return self.roles[name]

    def open(self, path):
        segment = stage.StageZipcExample(path)
        self.rings = {"feed": segment.feed(), "history": segment.history()}
        self.numbers, self.newest = segment.numbers(), segment.newest()
        self.queues = {"jobs": segment.jobs(), "results": segment.results()}
        self.total = segment.total()

    def array_get(self, index):
        return self.numbers.get(int(index))

    def array_set(self, index, value):
        self.numbers.set(int(index), int(value))

    def state_get(self):
        found = self.newest.snapshot()
        return "none" if found is None else "%d %d %d" % (found.version, found.value.producer, found.value.sequence)

    def state_set(self, producer, first, count):
        writer = self.role("newest", self.newest.writer)
        ready()
        for sequence in range(int(first), int(first) + int(count)):
            writer.set(parcel(int(producer), sequence))
        return writer.version

    def state_watch(self, last):
        ready()
        looks = damaged = backwards = 0
        seen = 0
        for _, _, found in self.newest.changes():
            looks += 1
            damaged += not is_whole(found)
            backwards += found.sequence < seen
            seen = found.sequence
            if seen >= int(last):
                return "%d %d %d" % (looks, damaged, backwards)

    def ring_write(self, name, producer, first, count):
        writer = self.role(name, self.rings[name].writer)
        ready()
        for sequence in range(int(first), int(first) + int(count)):
            writer.put(parcel(int(producer), sequence))

    def ring_read(self, name, count):
        reader = self.role(name, self.rings[name].reader)
        ready()
        findings = Findings()
        for _ in range(int(count)):
            findings.see(reader.take())
        return findings

    def ring_follow(self, name):
        cursor = self.rings[name].cursor()
        ready()
        findings = Findings()
        while findings.see(cursor.take()):
            pass
        return "%s %d" % (findings, cursor.lost)

    def queue_push(self, name, producer, first, count):
        side = self.role(name, self.queues[name].producer)
        ready()
        for sequence in range(int(first), int(first) + int(count)):
            side.put(parcel(int(producer), sequence))

    def queue_take(self, name):
        side = self.role(name, self.queues[name].consumer)
        ready()
        findings = Findings()
        while findings.see(side.take()):
            pass
        return findings

    def counter_add(self, count):
        ready()
        for _ in range(int(count)):
            self.total.increment_and_get()

    def counter_get(self):
        return self.total.get()


def ready():
    print("ready", flush=True)


def main():
    program = Program()
    for line in sys.stdin:
        name, *arguments = line.split()
        try:
            answer = getattr(program, name.replace("-", "_"))(*arguments)
            print("ok" if answer is None else "ok %s" % answer, flush=True)
        except Exception as e:
            print("error " + str(e).replace("\n", " "), flush=True)


main()
