"""Runs a command at a terminal of its own. Lines on standard input: `type HEX`, `size ROWS COLUMNS`, `hang-up`.

What it draws goes to standard output. When it has ended, one line on standard error says how: its exit code, or what ended
it, and whether the terminal echoes and edits lines again, as one that a shell gets back must.
"""
import fcntl, json, os, pty, select, struct, subprocess, sys, termios

ROWS, COLUMNS = 40, 120


def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def own_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def act(line, master):
    word, *rest = line.split()
    if word == "type":
        os.write(master, bytes.fromhex(rest[0]))
    if word == "size":
        size(master, int(rest[0]), int(rest[1]))
    return word == "hang-up"


def main():
    master, slave = pty.openpty()
    size(master, ROWS, COLUMNS)
    # Not for the terminal: npm's own words would be among what is drawn.
    child = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal)
    lines, is_hung_up = b"", False
    while child.poll() is None:
        ready, _, _ = select.select([0] + ([] if is_hung_up else [master]), [], [], 0.05)
        if master in ready:
            os.write(1, os.read(master, 65536))
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                child.kill()
            lines += read
            *whole, lines = lines.split(b"\n")
            if any([act(line.decode(), master) for line in whole]):
                is_hung_up = True
                os.close(slave)
                os.close(master)
    if is_hung_up:
        print(json.dumps({"code": child.returncode, "isCooked": None}), file=sys.stderr)
        return
    while select.select([master], [], [], 0)[0]:
        os.write(1, os.read(master, 65536))
    flags = termios.tcgetattr(slave)[3]
    is_cooked = bool(flags & termios.ECHO and flags & termios.ICANON and flags & termios.ISIG)
    print(json.dumps({"code": child.returncode, "isCooked": is_cooked}), file=sys.stderr)


main()
