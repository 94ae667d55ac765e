#!/usr/bin/env python3
"""Check this evidence file:   python3 verify.py   (Python 3.8 or newer; nothing to install, no network)

A register is a row of events, numbered 1, 2, 3 ... Each is kept as it was written, to the byte. Two by two they are condensed
(SHA-256) into one value, the root: change, remove, add or swap anything, and the root is another one. The house that keeps the
register has signed the root. This program computes it anew from the events, and checks the signature:
  1. files: each is as it was put in (SHA256SUMS: this finds accidents; what follows finds intent);
  2. key: where it was changed, each key has signed for the next one;
  3. log of heads, in which the house notes each state of each of its registers: all of it has the root that is signed;
  4. register: its events have the root that is signed, and had each root that was noted before;
  5. chain: each event says its own number, its register, and an instant after the one before;
  6. documents: each has the hash by which an event tells of it. Of one that was erased the hash and the reason are left.
What cannot be seen from here is that the house shows somebody else another history. So put a checkpoint that you got earlier
(`registre checkpoint`, or group/checkpoint of an earlier evidence file) beside this program as `old-checkpoint`: the history must
go on from it. And compare key.pub with the key that you know. The program ends with 0 if all holds, and otherwise with 1. """
import base64, functools, hashlib, json, os, pathlib, struct, sys, time
LANG, wrong = "en", []
def say(french, english, *what): return (french if LANG == "fr" else english).format(*what)
def find(french, english, *what):
    wrong.append(say(french, english, *what))
    print("  !!", wrong[-1])
def read(path): return pathlib.Path(path).read_bytes()
def sha(data): return hashlib.sha256(data).digest()
def digest(path):  # of a file that may be large
    with open(path, "rb") as file:
        return functools.reduce(lambda sum, part: sum.update(part) or sum, iter(lambda: file.read(1 << 20), b""), hashlib.sha256()).hexdigest()
# Ed25519 (RFC 8032): a signature R, S holds if S*B = R + h*A. Points are (X, Y, Z, T), where x = X/Z, y = Y/Z, x*y = T/Z.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
def point(data):
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if (x * x - xx) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or y >= P:
        raise ValueError("no point of the curve")
    x = x if x % 2 == odd else P - x
    return x, y, 1, x * y % P
def add(p, q):
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P
def times(n, p):
    return functools.reduce(lambda q, bit: add(add(q, q), p) if bit == "1" else add(q, q), bin(n)[2:], (0, 1, 1, 0))
BASE = point(b"\x58" + 31 * b"\x66")
def holds(public, message, signature):
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, t = point(public)
    x, y, z, t = add(times(s, BASE), times(h, (P - x, y, z, P - t)))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return len(signature) == 64 and s < L and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
# Keys and signed checkpoints (C2SP signed-note, tlog-checkpoint). A checkpoint says the name of a log, its entries, its root.
def key(text):
    name, _, data = text.strip().split("+", 2)
    data = base64.b64decode(data)
    return name, data[:1], data[1:]  # its name, its type (1, or 4 of a witness), and the key itself
def signatures(note, name, kind, public):
    """What a note says, with what the key has signed it."""
    text, _, lines = note.partition(b"\n\n")
    for line in lines.decode().splitlines():
        _, by, data = line.split(" ")
        if by == name and base64.b64decode(data)[:4] == sha(name.encode() + b"\n" + kind + public)[:4]:
            yield text + b"\n", base64.b64decode(data)[4:]
def checkpoint(note, origin, keys, what):
    """The entries and the root that a checkpoint says, which one of the keys must have signed under the name of the log."""
    name, size, root = note.decode().split("\n")[:3]
    if name != origin or not any(holds(k, text, s) for k in keys for text, s in signatures(note, origin, b"\1", k)):
        find("{} : pas signé par la clé de la maison pour {}", "{}: not signed by the key of the house for {}", what, origin)
    return int(size), base64.b64decode(root)
# Trees (RFC 6962), and their files (C2SP tlog-tiles): entries in bundles of 256, hashes in tiles of 256.
class Tree:
    def __init__(self):
        self.edge, self.tiles = [], {}  # the perfect subtrees from the left; of each level of tiles its number and hashes so far
    def add(self, body, compare=lambda level, number, row: None):
        value, level = sha(b"\0" + body), 0
        while True:  # value stands for 2**level entries
            if level % 8 == 0:
                number, row = self.tiles.get(level // 8, (0, []))
                self.tiles[level // 8] = number, row + [value]
                if len(row) == 255:  # full
                    compare(level // 8, number, row + [value])
                    self.tiles[level // 8] = number + 1, []
            if not self.edge or self.edge[-1][0] != level:
                break
            value, level = sha(b"\1" + self.edge.pop()[1] + value), level + 1
        self.edge.append((level, value))
    def root(self):
        return functools.reduce(lambda right, left: sha(b"\1" + left + right), [value for _, value in reversed(self.edge)])
def file_of(folder, level, number, width):
    name = "%03d" % number if number < 1000 else "x%03d/%03d" % (number // 1000, number % 1000)  # below 256 million entries
    return "%s/tile/%s/%s%s" % (folder, level, name, "" if width == 256 else ".p/%d" % width)
def entries(folder, size):
    for first in range(0, size, 256):
        width = min(256, size - first)
        data, at = read(file_of(folder, "entries", first // 256, width)), 0
        for _ in range(width):
            length = struct.unpack_from(">H", data, at)[0]
            yield data[at + 2:at + 2 + length]
            at += 2 + length
        find("{} : la liasse {} est trop longue", "{}: bundle {} is too long", folder, first // 256) if at != len(data) else None
def check_log(folder, size, states, each):
    """Compute the tree of all entries, and compare its tiles, and its root at every size of which somebody says one."""
    def compare(level, number, row):
        if read(file_of(folder, level, number, len(row))) != b"".join(row):
            find("{} : la tuile {}/{} n'est pas faite des entrées", "{}: tile {}/{} is not made of the entries", folder, level, number)
    tree = Tree()
    for number, body in enumerate(entries(folder, size), 1):
        each(number, body)
        tree.add(body, compare)
        for who, root in states.pop(number, []):
            if root != tree.root():
                find("{} : à {} entrées, une autre racine que dans {}", "{}: at {} entries another root than in {}", folder, number, who)
    for level, (number, row) in tree.tiles.items():
        compare(level, number, row) if row else None
    for number in states:
        find("{} : {} dit {} entrées, il y en a {}", "{}: {} says {} entries, there are {}", folder, states[number][0][0], number, size)
def check_files():
    listed = dict(reversed(line.split("  ", 1)) for line in read("SHA256SUMS").decode().splitlines())
    there = {os.path.join(d, f)[2:].replace(os.sep, "/") for d, _, names in os.walk(".") for f in names} - {"SHA256SUMS", "old-checkpoint"}
    for name in sorted(there | set(listed)):
        if name not in listed or name not in there or digest(name) != listed[name]:
            find("{} : n'est pas ce qui fut mis dans ce fichier", "{}: is not what was put into this file", name)
    print(say("1. fichiers : {}", "1. files: {}", len(listed)))
    return {name[10:].split(".")[0]: listed[name] for name in listed if name.startswith("documents/")}
def check_keys(origin, heads, house):
    """All keys, the oldest first. rotations/N has the event that names the next key, and the last checkpoint of the one before."""
    keys, tree = [key(read("key.pub").decode())[2]], Tree()
    for n in range(len(os.listdir("rotations")) if os.path.isdir("rotations") else 0, 0, -1):
        what, (_, event, _, _, rest) = "rotations/%d" % n, read("rotations/%d" % n).split(b"\n", 4)
        old, new = (key(json.loads(event)["data"][which])[2] for which in ("old_key", "new_key"))
        size, root = checkpoint(rest.partition(b"\n\n")[2], origin, [old], what)
        find("{} : ne mène pas à la clé suivante", "{}: does not lead to the next key", what) if new != keys[0] else None
        keys.insert(0, old)
        heads.setdefault(size, []).append((what, root))
        house[n] = event, size
    for n in sorted(house):  # the events of the house's own register, whose state the key before must have signed for
        tree.add(house[n][0])
        house[n] = tree.root(), house[n][1]
    print(say("2. clé : {} ({} remplacée(s))", "2. key: {} ({} replaced)", read("key.pub").decode().strip(), len(house)))
    return keys
def main():
    global LANG
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    about = json.loads(read("about.json"))
    LANG, origin, group = about["lang"], about["origin"], about["group"]
    heads, states, house, sizes, instants, told = {}, {}, {}, [0], [""], {}  # what each log must have been; what was met so far
    documents = check_files()
    keys = check_keys(origin, heads, house)
    for name, log in ("heads/checkpoint", heads), ("group/checkpoint", states), ("witnessed", heads), ("old-checkpoint", heads):
        if "/" in name or os.path.exists(name):
            of_group = read(name).decode().startswith(origin + "/" + group + "\n")
            size, root = checkpoint(read(name), origin + "/" + group if of_group else origin, keys, name)
            (states if of_group else log).setdefault(size, []).append((name, root))
            about[name] = size
    def head(number, body):
        name, size, root = body.decode().split("\n")[:3]
        if name == origin + "/registre" and int(size) in house and number <= house[int(size)][1] and base64.b64decode(root) == house[int(size)][0]:
            del house[int(size)]
        if name == origin + "/" + group:
            find("heads : l'entrée {} recule", "heads: entry {} goes back", number) if int(size) <= sizes[-1] else None
            sizes.append(int(size))
            states.setdefault(int(size), []).append(("heads #%d" % number, base64.b64decode(root)))
    check_log("heads", about["heads/checkpoint"], heads, head)
    for n in house:  # what was not met
        find("rotations/{} : pas parmi ce que la clé d'avant a signé", "rotations/{}: not among what the key before has signed", n)
    print(say("3. journal des têtes : {} entrées, dont {} de {}", "3. log of heads: {} entries, {} of them of {}", about["heads/checkpoint"], len(sizes) - 1, group))
    def event(number, body):
        e = json.loads(body)
        if e["number"] != number or e["group"] != group or e["recorded"] <= instants[-1]:
            find("événement {} : n'est pas à sa place", "event {}: is not in its place", number)
        if json.dumps(e, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() != body:
            find("événement {} : il y en a une autre écriture", "event {}: there is another spelling of it", number)
        instants[:] = [e["recorded"]]
        told.update({e["data"]["sha256"]: e["type"]} if e["type"] in ("document-added", "document-erased") else {})
    size, root = about["group/checkpoint"], base64.b64encode(states[about["group/checkpoint"]][0][1]).decode()
    if size != sizes[-1]:
        find("group/checkpoint : {} événements, la maison en a noté {}", "group/checkpoint: {} events, the house has noted {}", size, sizes[-1])
    check_log("group", size, states, event)
    print(say("4. registre {} : {} événements, racine {}\n5. chaîne : du n° 1 au n° {}, enregistré le {}",
              "4. register {}: {} events, root {}\n5. chain: from number 1 to {}, recorded at {}", group, size, root, size, instants[-1]))
    for name in documents:
        if documents[name] != name or name not in told:
            find("documents/{} : aucun événement n'en parle, ou c'est une autre", "documents/{}: no event tells of it, or it is another one", name)
    away, ends = [told[name] for name in told if name not in documents], ("document-erased", "document-added")
    print(say("6. pièces : {} ici, {} effacée(s), {} absente(s)", "6. documents: {} here, {} erased, {} not here", len(documents), *map(away.count, ends)))
    witnesses = [key(line) for line in read("witnesses").decode().splitlines()] if os.path.exists("witnesses") else []
    for what in filter(os.path.exists, ("heads/checkpoint", "witnessed") if witnesses else ()):
        by = {}
        for (name, _, public), (text, data) in ((w, s) for w in witnesses for s in signatures(read(what), *w)):
            at = struct.unpack(">Q", data[:8])[0]
            good = holds(public, b"cosignature/v1\ntime %d\n" % at + text, data[8:])
            find("{} : la cosignature de {} ne tient pas", "{}: the cosignature of {} does not hold", what, name) if not good else by.update({name: at})
        print(say("   {} : cosigné par {} témoin(s) sur {} : {}", "   {}: cosigned by {} of {} witnesses: {}", what, len(by), len(witnesses), ", ".join("%s %s" % (name, time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(at))) for name, at in by.items())))
try:
    main()
except Exception as e:  # a file that is missing, or that is not of its form
    find("illisible : {}", "unreadable: {}", repr(e))
print(say("Tout tient.", "All holds.") if not wrong else say("{} défaut(s).", "{} fault(s).", len(wrong)))
sys.exit(1 if wrong else 0)
