"""The small image: Debian's kernel and a few programs, ready to answer over ssh some seconds after power on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from gureum.testimage import boot, contents, disk, elf, fingerprint, initrd, modules, packages
from gureum.testimage.host import BuildError, need, run, say

GUEST = Path(__file__).parent / "guest"
ROOT_SIZE = 80 * disk.MIB
_FIRST_SECTOR = 2048
_TOOLS = ("apt-cache", "apt-get", "as", "debugfs", "dpkg-deb", "ld", "mke2fs", "qemu-img", "sfdisk")


def build(output: Path, work: Path) -> Path:
    """Build the image at `output`, or do nothing when what is there is current; return `output`.

    `work` keeps downloaded packages between builds. Raises BuildError with what the machine lacks.
    """
    need(_TOOLS)
    kernel = packages.kernel_package()
    mark = fingerprint.of(Path(__file__).parent, packages.versions([kernel, *contents.PACKAGES]))
    if fingerprint.is_current(output, mark):
        say(f"{output} is up to date")
        return output
    say(f"downloading Debian packages ({kernel} and what the guest runs)")
    files = packages.download(packages.with_libraries([kernel, *contents.PACKAGES]), work / "packages")
    with tempfile.TemporaryDirectory(prefix="build-", dir=work) as folder:
        _make(files, output, Path(folder))
    fingerprint.remember(output, mark)
    say(f"{output} is ready, {output.stat().st_size / disk.MIB:.1f} MiB")
    return output


def _make(files: Iterable[Path], output: Path, scratch: Path) -> None:
    say("unpacking")
    unpacked = scratch / "packages"
    packages.unpack(files, unpacked)
    kernel = next(iter(sorted((unpacked / "boot").glob("vmlinuz-*"))), None)
    if kernel is None:
        raise BuildError("the kernel's package holds no kernel")
    release = kernel.name.removeprefix("vmlinuz-")
    say(f"putting the guest together, kernel {release}")
    tree = _root_tree(unpacked, release, scratch / "root")
    ramdisk = initrd.archive(_initrd_entries(unpacked, release))
    loaded = boot.payload(kernel.read_bytes(), ramdisk, contents.COMMAND_LINE, _FIRST_SECTOR)
    filesystem = scratch / "root.ext4"
    rights = disk.Rights(contents.OWNERS, contents.MODES, contents.CAPABILITIES)
    disk.make_ext4(tree, filesystem, ROOT_SIZE, "gureum-root", rights)
    code = boot.assemble(GUEST / "loader" / "loader.S", scratch)
    say("writing the disk image")
    raw = scratch / "disk.raw"
    _assemble_disk(raw, boot.boot_sector(code, loaded.table), loaded.data, filesystem)
    disk.publish_qcow2(raw, output)


def _assemble_disk(raw: Path, sector: bytes, payload: bytes, filesystem: Path) -> None:
    """Put boot sector, boot partition (15) and root partition (1, last, so that it can grow) together."""
    mib = disk.MIB // boot.SECTOR
    boot_sectors = -(-len(payload) // disk.MIB) * mib
    root_first = _FIRST_SECTOR + boot_sectors
    root_sectors = ROOT_SIZE // boot.SECTOR
    script = (
        "label: gpt\n"
        f"15: start={_FIRST_SECTOR}, size={boot_sectors}, type={disk.BIOS_BOOT}, name=boot\n"
        f"1: start={root_first}, size={root_sectors}, type={disk.LINUX_ROOT}, name=root\n"
    )
    disk.partition(raw, (root_first + root_sectors + mib) * boot.SECTOR, script)
    disk.write_at(raw, 0, sector)
    disk.write_at(raw, _FIRST_SECTOR * boot.SECTOR, payload)
    disk.copy_sparse(filesystem, raw, root_first * boot.SECTOR)


def merged(path: str) -> str:
    """Return where a package's file lives in a tree whose /bin, /sbin and /lib are links into /usr."""
    return f"usr/{path}" if path.split("/", 1)[0] in {"bin", "sbin", "lib", "lib64"} else path


def _root_tree(unpacked: Path, release: str, tree: Path) -> Path:
    for folder in contents.FOLDERS:
        (tree / folder).mkdir(parents=True, exist_ok=True)
    for applet in run([str(unpacked / "bin/busybox"), "--list-full"]).split():
        _link(tree / merged(applet), "/usr/bin/busybox")
    for place in (*contents.PROGRAMS, *contents.PLUGINS):
        _copy(unpacked / place, tree / merged(place))
    sources = [unpacked / place for place in (*contents.PROGRAMS, *contents.PLUGINS)]
    for library in _libraries(sources, unpacked).values():
        _copy(library, tree / merged(str(library.relative_to(unpacked))))
    _copy_modules(unpacked / "lib/modules" / release, tree / "usr/lib/modules" / release)
    _copy_guest(GUEST / "root", tree)
    (tree / "usr/lib/gureum/modules").write_text("\n".join(contents.START_MODULES) + "\n")
    for name, target in contents.LINKS.items():
        _link(tree / name, target)
    return tree


def _libraries(programs: Iterable[Path], unpacked: Path) -> Mapping[str, Path]:
    known: dict[str, Path] = {}
    for pattern in ("lib/**/*.so*", "usr/lib/**/*.so*", "usr/libexec/sudo/*.so*"):
        for path in sorted(unpacked.glob(pattern)):
            known.setdefault(path.name, path)
    try:
        return elf.closure(programs, known)
    except KeyError as error:
        raise BuildError(f"no package brings the library {error.args[0]}") from error


def _copy_modules(source: Path, target: Path) -> None:
    known, inside = modules.index(source), modules.built_in(source)
    wanted = [name for name in contents.DEMAND_MODULES if name in known]
    for names in contents.INITRD_MODULES.values():
        wanted += names
    order = modules.load_order([*wanted, *contents.START_MODULES], known, inside)
    for name in order:
        _copy(known[name], target / known[name].relative_to(source))
    (target / "modules.dep").write_text(modules.dep_file(order, known, source))
    (target / "modules.alias").write_text(modules.alias_file(order, known))


def _copy_guest(source: Path, tree: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = tree / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes()
            target.write_bytes(data)
            target.chmod(0o755 if data.startswith(b"#!") else 0o644)


def _copy(source: Path, target: Path) -> None:
    # A link with an absolute target would bring a file of this machine instead of the package's.
    if source.is_symlink() and source.readlink().is_absolute():
        raise BuildError(f"{source.name} is an absolute link")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if source.is_symlink() and "/" not in str(source.readlink()) and ".so" not in source.name:
        target.symlink_to(source.readlink())
    else:
        shutil.copyfile(source, target)
        target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)


def _link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def _initrd_entries(unpacked: Path, release: str) -> Iterable[initrd.Entry]:
    for name in ("bin", "dev", "modules", "proc", "root", "sys"):
        yield initrd.folder(name)
    yield initrd.file("bin/busybox", (unpacked / "bin/busybox").read_bytes(), 0o755)
    yield initrd.file("init", (GUEST / "initrd/init").read_bytes(), 0o755)
    for applet in ("cat", "insmod", "ls", "mount", "sh", "switch_root", "tr", "usleep"):
        yield initrd.link(f"bin/{applet}", "busybox")
    tree = unpacked / "lib/modules" / release
    known, inside = modules.index(tree), modules.built_in(tree)
    done: set[str] = set()
    for kind, wanted in contents.INITRD_MODULES.items():
        order = [name for name in modules.load_order(wanted, known, inside) if name not in done]
        done.update(order)
        yield initrd.file(f"modules/{kind}", ("\n".join(order) + "\n").encode())
        for name in order:
            yield initrd.file(f"modules/{name}.ko", known[name].read_bytes())
