"""Traces as text, and what two of them have in common."""
from frame import REGION, REGIONS


def read_trace(path):
    """Events without places, and the offset in the program of each place that is in it."""
    events = []
    with open(path) as trace:
        for line in trace:
            words = line.rstrip("\n").split(";")
            if words[0] in ("FENCEPOST", "SOURCE", "BUILD", "DEVICE", "SEGMENT", "NOTE", "END", "SITE"):
                if words[0] == "NOTE" and "incomplete" in words[1]:
                    events.append(("not complete",))
                continue
            if words[0] == "LOCK" and "program" not in line:
                # Of the C library: not seen by the compiled recorder.
                continue
            places = [word.split(":")[0] for word in words[1:] if ": " in word or word == "system call"]
            words = [word for word in words if ": " not in word and word != "system call"]
            if words[0] == "STORE":
                data = bytes.fromhex(words[2]) if not words[2].startswith("0x") else (
                    int(words[2], 16).to_bytes(int(words[3], 16), "little"))
                events.append(("STORE", int(words[1], 16), data, words[4], (places or [""])[0]))
            else:
                events.append(tuple(words))
    return events


def merged(events):
    """Stores of one instruction, one after the other in memory, are one."""
    result = []
    for event in events:
        last = result[-1] if result else None
        if last and event[0] == last[0] == "STORE" and event[3:] == last[3:]:
            if event[1] == last[1] + len(last[2]):
                result[-1] = ("STORE", last[1], last[2] + event[2]) + last[3:]
                continue
            if event[1] + len(event[2]) == last[1]:
                result[-1] = ("STORE", event[1], event[2] + last[2]) + last[3:]
                continue
        result.append(event)
    return result


def contents(events):
    """What orders, and which bytes were changed before each of it."""
    image = {}
    changed = {}
    result = []
    kind = None
    for event in events:
        if event[0] == "STORE":
            is_locked = event[3] == "lock"
            if event[3] != kind or is_locked:
                result.append((kind, {a: b for a, b in changed.items() if b is not None}))
                kind, changed = event[3], {}
            for offset, byte in enumerate(event[2]):
                address = event[1] + offset
                before = image.get(address, 0)
                if before != byte or address in changed:
                    changed[address] = byte
                image[address] = byte
        else:
            result.append((kind, changed))
            kind, changed = None, {}
            result.append(event)
    result.append((kind, changed))
    return joined(result)


def joined(parts):
    """Without what changed nothing, such as a masked store that keeps all bytes: what is around it is one then."""
    result = []
    for part in parts:
        if len(part) != 2 or not isinstance(part[1], dict):
            result.append(part)
        elif part[1]:
            last = result[-1] if result else None
            if part[0] != "lock" and last and len(last) == 2 and isinstance(last[1], dict) and last[0] == part[0]:
                result[-1] = (part[0], {**last[1], **part[1]})
            else:
                result.append(part)
    return result


def replayed(events):
    image = bytearray(REGION * REGIONS)
    for event in events:
        if event[0] == "STORE":
            image[event[1]:event[1] + len(event[2])] = event[2]
    return bytes(image)


def first_difference(left, right):
    for number in range(max(len(left), len(right))):
        a = left[number] if number < len(left) else None
        b = right[number] if number < len(right) else None
        if a != b:
            return "event %d:\n    Valgrind %s\n    compiled %s" % (number, show(a), show(b))
    return None


def show(event):
    if event and event[0] == "STORE":
        return "store %#x %s %s at %s" % (event[1], event[2].hex(), event[3], event[4])
    if event and len(event) == 2 and isinstance(event[1], dict):
        return "%s %s" % (event[0], {hex(a): b for a, b in sorted(event[1].items())})
    return str(event)
